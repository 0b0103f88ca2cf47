import { networkOf } from "../../cli/address.ts";
import { NativeClient } from "../../protocol/native/mod.ts";
import { connect } from "../../protocol/transport/mod.ts";
import { Doorkeeper } from "../../server/doorkeeper.ts";
import { permissionFlags, programs } from "../programs.ts";
import { projectPath } from "../project.ts";
import { stdFlags } from "../std.ts";
import { Process } from "./process.ts";
import type { Lesson, Served, StartOptions, Target } from "./target.ts";

/** How each lesson is told to `nonstick-server`; the chat of the tutorials has no names, so that is nonstick/1. */
const LISTEN: Readonly<Record<Lesson, string>> = {
  files: "tcp://HOST:0?speak=files-json",
  exec: "tcp://HOST:0?speak=exec-i32le",
  echo: "tcp://HOST:0?speak=echo&framing=i32le",
  chat: "tcp://HOST:0",
  udp: "udp://HOST:0?speak=echo",
};
const LESSONS = ["files", "exec", "echo", "chat", "udp"] as const;
/** So short that a probe need not wait long for it to pass, in s. */
const PATIENCE_S = "1";

/** `nonstick-server` and `nonstick`, from their sources and with their own permissions. */
export const OURS: Target = {
  name: "ours",
  serve: async (options = {}) => await OurServer.start(options),
  launch: async (options, sandbox = []) => await launch(options, await Deno.makeTempDir(), sandbox),
  get: (port, name, into) => client(`tcp://127.0.0.1:${port}?speak=files-json`, get(name, into)),
  resume: (_, port, name, into) => client(`tcp://127.0.0.1:${port}`, get(name, into)),
  resumePort: (served) => served.port("chat"),
  fetch: (url, path) => client("tcp://127.0.0.1:1", ["fetch", url, "-o", path]),
  overTls: (port, text) => client(`tls://localhost:${port}?speak=echo`, ["echo", text]),
  mayEnter(address, allow, deny) {
    const networks = (rules: readonly string[]) =>
      rules.map((rule) => networkOf(rule) ?? unusable(rule));
    const rules = { allow: networks(allow), deny: networks(deny), exempt: [], mostPerSource: 9 };
    const door = new Doorkeeper(rules);
    return door.enter(`tcp://${address.includes(":") ? `[${address}]` : address}:1`) === null;
  },
  async join(served, name) {
    const client = await NativeClient.over(await connect(`tcp://127.0.0.1:${served.port("chat")}`));
    try {
      const exchange = await client.open("chat", { op: "join", room: "lobby", name });
      // The server lets in, or refuses.
      let event = await exchange.receive();
      while (event && event.about?.["kind"] !== "welcome") event = await exchange.receive();
      return {
        say: (text) => exchange.tell({ kind: "say", text }),
        async heard() {
          for (;;) {
            const about = (await exchange.receive())?.about;
            if (about?.["kind"] === "said") return String(about["text"]);
            if (about?.["kind"] === "left" || about === undefined) return "";
          }
        },
        [Symbol.asyncDispose]() {
          client.close();
          return Promise.resolve();
        },
      };
    } catch (error) {
      client.close();
      throw error;
    }
  },
};

class OurServer implements Served {
  readonly process: Process;
  readonly root: string;

  private constructor(process: Process, root: string) {
    this.process = process;
    this.root = root;
  }

  static async start(options: StartOptions): Promise<OurServer> {
    const directory = await Deno.realPath(await Deno.makeTempDir());
    await Deno.mkdir(`${directory}/root`);
    const process = await launch(options, `${directory}/root`);
    await process.until(new RegExp(`(^listening [^]*){${LESSONS.length}}`, "m"));
    return new OurServer(process, `${directory}/root`);
  }

  port(lesson: Lesson): number {
    const ports = [...this.process.said.matchAll(/^listening (?:tcp|udp):.*?:(\d+)(?:\?.*)?$/gm)];
    return Number(ports[LESSONS.indexOf(lesson)]?.[1]);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.process[Symbol.asyncDispose]();
    await Deno.remove(`${this.root}/..`, { recursive: true });
  }
}

async function launch(
  { hostname = "127.0.0.1", password, unixPath, files }: StartOptions,
  root: string,
  sandbox: readonly string[] = [],
): Promise<Process> {
  const listen = LESSONS.map((lesson) => LISTEN[lesson].replace("HOST", hostname));
  if (unixPath !== undefined) listen.push(`unix://${unixPath}?speak=echo`);
  const args = [
    ...listen.flatMap((url) => ["--listen", url]),
    ...["--root", root, "--allow-write", "--allow-exec", "printf,sleep"],
    ...["--handshake-timeout", PATIENCE_S, "--frame-timeout", PATIENCE_S],
    ...["--exec-timeout", PATIENCE_S],
  ];
  if (files !== undefined) args.push("--max-connections", `${Math.floor(files / 2)}`);
  if (password !== undefined) {
    await Deno.writeTextFile(`${root}/../token`, password, { mode: 0o600 });
    args.push("--token-file", `${root}/../token`);
  }
  return Process.start([...await deno("server", sandbox), ...args], files);
}

async function client(to: string, words: readonly string[]): Promise<Process> {
  const known = ["--known-hosts", projectPath("tools/threats/no_known_hosts")];
  return Process.start([...await deno("client"), "--to", to, ...known, ...words]);
}

function get(name: string, into: string): string[] {
  return ["get", name, "--into", into, "--retries", "0"];
}

async function deno(
  name: "server" | "client",
  sandbox: readonly string[] = [],
): Promise<string[]> {
  const program = programs[name];
  const flags = [...permissionFlags(program), ...sandbox, "--config", projectPath("deno.json")];
  return [Deno.execPath(), "run", ...flags, ...await stdFlags(), projectPath(program.main)];
}

function unusable(rule: string): never {
  throw new Error(`${rule} is no network`);
}
