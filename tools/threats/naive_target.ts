import { projectPath } from "../project.ts";
import { mayEnter } from "./naive/allow.ts";
import { textConnection } from "./attack.ts";
import { Process } from "./process.ts";
import type { Served, StartOptions, Target } from "./target.ts";

/** The tutorials, written down in TypeScript. */
export const NAIVE: Target = {
  name: "naive",
  serve: async (options = {}) => await NaiveServer.start(options),
  launch: async (options, sandbox = []) => await launch(options, await Deno.makeTempDir(), sandbox),
  get: (port, name, into) => client("get", `${port}`, name, into),
  resume: (_, port, name, into) => client("get", `${port}`, name, into),
  resumePort: (served) => served.port("files"),
  fetch: (url, path) => client("fetch", url, path),
  overTls: (port, text) => client("tls", `${port}`, text),
  mayEnter,
  async join(served, name) {
    const conn = await textConnection(served.port("chat"));
    await conn.say(name);
    await conn.until(/^welcome .*\n/);
    return {
      say: (text) => conn.say(text),
      heard: () => conn.until(/^[^]+\n/),
      async [Symbol.asyncDispose]() {
        await conn[Symbol.asyncDispose]();
      },
    };
  },
};

class NaiveServer implements Served {
  readonly process: Process;
  readonly root: string;

  private constructor(process: Process, root: string) {
    this.process = process;
    this.root = root;
  }

  static async start(options: StartOptions): Promise<NaiveServer> {
    const directory = await Deno.realPath(await Deno.makeTempDir());
    await Deno.mkdir(`${directory}/root`);
    const process = launch(options, `${directory}/root`);
    const server = new NaiveServer(process, `${directory}/root`);
    await process.until(/^ready$/m);
    return server;
  }

  port(lesson: string): number {
    return Number(new RegExp(`^listening ${lesson} (\\d+)$`, "m").exec(this.process.said)?.[1]);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.process[Symbol.asyncDispose]();
    await Deno.remove(`${this.root}/..`, { recursive: true });
  }
}

function launch(
  { hostname = "127.0.0.1", password = "", unixPath, files }: StartOptions,
  root: string,
  sandbox: readonly string[] = [],
): Process {
  const path = unixPath === undefined ? [] : [unixPath];
  return Process.start(
    [...deno("server.ts", sandbox), hostname, root, password, ...path],
    files,
  );
}

function client(...args: string[]): Promise<Process> {
  return Promise.resolve(Process.start([...deno("client.ts"), ...args]));
}

function deno(script: string, flags: readonly string[] = []): string[] {
  return [
    ...[Deno.execPath(), "run", "--quiet", "--no-config", "--unstable-net", "-A", ...flags],
    projectPath(`tools/threats/naive/${script}`),
  ];
}
