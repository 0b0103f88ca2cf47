/**
 * Which permissions the programs use, as the runtime itself writes them down (`DENO_AUDIT_PERMISSIONS`), is what
 * docs/OPERATING.md says.
 * @module
 */
import { assert, assertEquals } from "@std/assert";
import { projectPath } from "../tools/project.ts";
import { RunningServer, runProgram } from "./testing.ts";

const unix = { ignore: Deno.build.os === "windows" };

/** A use of a permission. */
interface Use {
  readonly permission: string;
  readonly value: string;
}

/** A directory with a place for audits; `with` is what starts a program so that it is audited. */
class Audit implements AsyncDisposable {
  readonly folder: string;
  #count = 0;

  private constructor(folder: string) {
    this.folder = folder;
  }

  static async begin(): Promise<Audit> {
    const folder = await Deno.realPath(await Deno.makeTempDir());
    await Deno.mkdir(`${folder}/root`);
    await Deno.writeTextFile(`${folder}/file.txt`, "text");
    return new Audit(folder);
  }

  /** A command line that audits the one behind it, and what it found. */
  next(): { readonly parent: readonly string[]; readonly uses: () => Use[] } {
    const path = `${this.folder}/audit${this.#count++}.jsonl`;
    return {
      parent: ["env", `DENO_AUDIT_PERMISSIONS=${path}`],
      uses: () =>
        Deno.readTextFileSync(path).split("\n").filter(Boolean).map(useOf).filter(isTelling),
    };
  }

  [Symbol.asyncDispose](): Promise<void> {
    return Deno.remove(this.folder, { recursive: true });
  }
}

function useOf(line: string): Use {
  const { permission, value }: { permission?: unknown; value?: unknown } = JSON.parse(line);
  return { permission: String(permission), value: String(value) };
}

/**
 * Every program looks for the variables of its own options, and for names that are nearly theirs; one that runs from its
 * sources may import packages.
 */
function isTelling({ permission, value }: Use): boolean {
  return permission !== "import" &&
    (permission !== "env" || !/^NONSTICK_(SERVER|CLIENT)_/.test(value));
}

/** The kinds of what was used. Of a path the runtime notes `read` and `write`, whichever it was: both are `files` here. */
function kinds(uses: readonly Use[]): string {
  const kind = ({ permission }: Use) => isPath(permission) ? "files" : permission;
  return [...new Set(uses.map(kind))].sort().join(", ") || "none";
}

function isPath(permission: string): boolean {
  return permission === "read" || permission === "write";
}

/** What OPERATING.md says that each command, or server with such options, uses. */
function told(heading: string): Map<string, string> {
  const text = Deno.readTextFileSync(projectPath("docs/OPERATING.md"));
  const [, behind = ""] = text.split(`\n${heading}\n`);
  const [section = ""] = behind.split("\n#");
  return new Map(
    [...section.matchAll(/^\| `([^`]+)` +\| ([a-z, ]+?) +\|/gm)].map(([, name = "", uses = ""]) =>
      [name, uses] as const
    ),
  );
}

Deno.test(
  "each command of the client uses the permissions that OPERATING.md says",
  unix,
  async () => {
    await using audit = await Audit.begin();
    const { folder } = audit;
    const args = ["--listen", "tcp://:0", "--root", `${folder}/root`, "--allow-write"];
    await using server = await RunningServer.start([...args, "--allow-exec", "true"], 1);
    const to = ["--to", server.urls[0] ?? ""];
    const commands: Readonly<Record<string, readonly string[]>> = {
      ping: ["ping"],
      echo: ["echo", "hi"],
      upper: ["upper", "hi"],
      hello: ["hello", "Ada"],
      chat: ["chat", "lobby", "--as", "ann"],
      exec: ["exec", "--", "true"],
      put: ["put", `${folder}/file.txt`],
      get: ["get", "file.txt", "--into", `${folder}/got`],
      ls: ["ls"],
      addr: ["addr", "127.0.0.1"],
    };
    await Deno.mkdir(`${folder}/got`);
    const used = new Map<string, string>();
    for (const [name, words] of Object.entries(commands)) {
      const { parent, uses } = audit.next();
      const { code, stderr } = await runProgram("client", [...to, ...words], "", parent);
      assertEquals(code, 0, `${name}: ${stderr}`);
      const all = uses();
      used.set(name, kinds(all));
      for (const { permission, value } of all) {
        // One server, and what the command line names.
        if (permission === "net") assert(to[1]?.endsWith(value), `${name}: net ${value}`);
        const path = permission === "read" || permission === "write";
        if (path) assert(value.includes(folder), `${name}: ${permission} ${value}`);
      }
    }
    assertEquals(used, told("### What the client's commands use"));
  },
);

Deno.test("a server uses the permissions that OPERATING.md says", unix, async () => {
  await using audit = await Audit.begin();
  const { folder } = audit;
  const services: Readonly<Record<string, readonly string[]>> = {
    "nonstick-server": [],
    "--root DIR": ["--root", `${folder}/root`],
    "--root DIR --allow-write": ["--root", `${folder}/root`, "--allow-write"],
    "--allow-exec PROG": ["--allow-exec", "true"],
  };
  const used = new Map<string, string>();
  for (const [name, options] of Object.entries(services)) {
    const { parent, uses } = audit.next();
    const args = ["--listen", "tcp://127.0.0.1:0", ...options];
    await using server = await RunningServer.start(args, 1, undefined, parent);
    const to = ["--to", server.urls[0] ?? ""];
    const words: (readonly string[])[] = [["echo", "hi"], ["hello", "Ada"]];
    if (options.includes("--allow-write")) words.push(["put", `${folder}/file.txt`]);
    if (options.includes("--root")) words.push(["ls"], ["get", "file.txt", "-o", "-"]);
    if (options.includes("--allow-exec")) words.push(["exec", "--", "true"]);
    for (const line of words) await runProgram("client", [...to, ...line]);
    server.kill("SIGTERM");
    assertEquals((await server.ended()).code, 0);
    const all = uses();
    used.set(name, kinds(all));
    for (const { permission, value } of all) {
      if (permission === "net") assertEquals(value, "127.0.0.1:0");
      if (isPath(permission)) assert(value.includes(folder), `${name}: ${permission} ${value}`);
    }
  }
  assertEquals(used, told("### What a server uses"));
});
