import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { canRun, RunningServer, runProgram } from "../cli/testing.ts";
import { projectPath } from "./project.ts";

const UNITS = [
  "nonstick-server.service",
  "nonstick-activated.service",
  "nonstick-activated.socket",
];
/** The highest exposure that `systemd-analyze security` may find, of 100. */
const MOST_EXPOSED: Readonly<Record<string, number>> = {
  "nonstick-server.service": 15,
  "nonstick-activated.service": 5,
};

const ignore = Deno.build.os !== "linux" || !await canRun("systemd-analyze");

function unitText(name: string): Promise<string> {
  return Deno.readTextFile(projectPath(`tools/systemd/${name}`));
}

async function analyze(...args: string[]): Promise<void> {
  const { code, stdout, stderr } = await new Deno.Command("systemd-analyze", { args }).output();
  const said = new TextDecoder().decode(stderr) + new TextDecoder().decode(stdout);
  assertEquals(code, 0, said);
  // What it does not know it only warns of.
  if (args[0] === "verify") assertEquals(said, "");
}

Deno.test({
  name: "systemd finds nothing wrong with the units, and little that they expose",
  ignore,
  async fn() {
    const folder = await Deno.makeTempDir();
    // It looks for the program, which need not be installed here.
    for (const name of UNITS) {
      const text = (await unitText(name)).replace("/usr/bin/nonstick-server", "/bin/true");
      await Deno.writeTextFile(`${folder}/${name}`, text);
    }
    await analyze("verify", "--man=no", ...UNITS.map((name) => `${folder}/${name}`));
    for (const [name, most] of Object.entries(MOST_EXPOSED)) {
      const threshold = `--threshold=${most}`;
      await analyze("security", "--offline=true", threshold, "--no-pager", `${folder}/${name}`);
    }
    await Deno.remove(folder, { recursive: true });
  },
});

Deno.test("both services are hardened in the same way", async () => {
  const hardening = async (name: string) => {
    const text = await unitText(name);
    const from = text.indexOf("\n# It can do nothing else");
    assert(from > 0);
    return text.slice(from).split("\n\n[")[0]?.trim();
  };
  const [first = "", second = ""] = UNITS;
  assertEquals(await hardening(first), await hardening(second));
});

Deno.test({
  name: "the server does all its work with the system calls that its unit allows",
  ignore: ignore || Deno.build.arch !== "x86_64" || !await canRun("python3"),
  async fn() {
    const filter = [
      ...["python3", projectPath("tools/testdata/under_filter.py")],
      projectPath(`tools/systemd/${UNITS[0]}`),
    ];
    const folder = await Deno.makeTempDir();
    await Deno.writeTextFile(`${folder}/a.txt`, "here");
    const args = ["--listen", "tcp://:0", "--listen", `unix://${folder}/s`, "--root", folder];
    args.push("--allow-write", "--allow-exec", "cat");
    await using server = await RunningServer.start(args, 2, undefined, filter);
    const [tcp = "", unix = ""] = server.urls;
    const own = projectPath("deno.json");
    const put = await runProgram("client", ["--to", tcp, "put", own]);
    assertEquals(put.code, 0, put.stderr);
    const get = await runProgram("client", ["--to", unix, "get", "a.txt", "-o", "-"]);
    assertEquals([get.code, get.stdout], [0, "here"], get.stderr);
    const exec = await runProgram("client", ["--to", tcp, "exec", "--", "cat"], "through");
    assertEquals([exec.code, exec.stdout], [0, "through"], exec.stderr);
    assertEquals(
      await Deno.readTextFile(`${folder}/deno.json`),
      await Deno.readTextFile(own),
    );
    server.kill("SIGTERM");
    const { code, stderr } = await server.ended();
    assertEquals(code, 0, stderr);
    await Deno.remove(folder, { recursive: true });
    // The filter is there: what it does not allow fails.
    const [command = "", ...rest] = [...filter, "python3", "-c"];
    const denied = "import os; os.sched_setaffinity(0, {0})";
    const python = await new Deno.Command(command, { args: [...rest, denied] }).output();
    assertStringIncludes(new TextDecoder().decode(python.stderr), "PermissionError");
  },
});
