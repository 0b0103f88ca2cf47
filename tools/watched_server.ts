/**
 * A `nonstick-server` to be put under load and looked at from outside, by what Linux tells of a process.
 * @module
 */
import { type CoreTime, coreTime } from "./core_time.ts";
import { permissionFlags, programs } from "./programs.ts";
import { projectPath } from "./project.ts";
import { stdFlags } from "./std.ts";

/** Longest wait for it to listen, and to end, in ms. */
const START_MS = 30_000, END_MS = 15_000;

/** What a process holds. */
export interface Holdings {
  /** Memory that is resident, in KiB. */
  readonly rss: number;
  /** Open descriptors by what they are: `socket`, `pipe`, `anon_inode`, or `file`. */
  readonly open: Readonly<Record<string, number>>;
  /** Processes that it has started and that are still there. */
  readonly children: number;
}

/** Started from the sources, with its own permissions and so many open files at most. */
export class WatchedServer implements AsyncDisposable {
  /** Where it listens, in the order of the `--listen` options. */
  readonly urls: readonly string[];
  readonly #child: Deno.ChildProcess;
  readonly #log: { readonly lines: string[]; count: number };

  private constructor(
    child: Deno.ChildProcess,
    urls: readonly string[],
    log: { readonly lines: string[]; count: number },
  ) {
    this.#child = child;
    this.urls = urls;
    this.#log = log;
  }

  /** Starts it; `files` is its `ulimit -n`, that of this process without it. */
  static async start(args: readonly string[], files?: number): Promise<WatchedServer> {
    const { main } = programs.server;
    const flags = [...permissionFlags(programs.server), "--config", projectPath("deno.json")];
    const limit = files === undefined ? "" : `ulimit -n ${files}; `;
    const child = new Deno.Command("sh", {
      args: [
        ...["-c", `${limit}exec "$0" "$@"`, Deno.execPath()],
        ...["run", ...flags, ...await stdFlags(), projectPath(main), ...args],
      ],
      stdin: "null",
      stdout: "piped",
      stderr: "piped",
    }).spawn();
    const log = { lines: [] as string[], count: 0 };
    void keep(child.stderr, log);
    const count = args.filter((arg) => arg === "--listen").length;
    try {
      const urls = await within(START_MS, listening(child.stdout, count));
      return new WatchedServer(child, urls, log);
    } catch (error) {
      child.kill("SIGKILL");
      await child.status;
      throw new Error(`The server did not start:\n${log.lines.join("\n")}`, { cause: error });
    }
  }

  /** Lines of its log so far. */
  get logged(): number {
    return this.#log.count;
  }

  /** The last lines of its log. */
  get lastLines(): readonly string[] {
    return this.#log.lines;
  }

  /** Looks at it. */
  async look(): Promise<Holdings> {
    const { pid } = this.#child;
    const status = await Deno.readTextFile(`/proc/${pid}/status`);
    const open: Record<string, number> = {};
    for await (const { name } of Deno.readDir(`/proc/${pid}/fd`)) {
      const kind = kindOf(await Deno.readLink(`/proc/${pid}/fd/${name}`).catch(() => ""));
      if (kind !== "") open[kind] = (open[kind] ?? 0) + 1;
    }
    return {
      rss: Number(/^VmRSS:\s+(\d+)/m.exec(status)?.[1] ?? NaN),
      open,
      children: (await descendants(pid)).length,
    };
  }

  /** What its main thread had of the cores so far. */
  coreTime(): Promise<CoreTime> {
    return coreTime(this.#child.pid);
  }

  /** Asks it to end, as a service manager does; its exit code. */
  async end(): Promise<number> {
    try {
      this.#child.kill("SIGTERM");
    } catch (error) {
      // It has ended already.
      if (!(error instanceof TypeError)) throw error;
    }
    const { code } = await within(END_MS, this.#child.status);
    return code;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    try {
      this.#child.kill("SIGKILL");
    } catch (error) {
      if (!(error instanceof TypeError)) throw error;
    }
    await this.#child.status;
  }
}

/** All open descriptors. */
export function total({ open }: Holdings): number {
  return Object.values(open).reduce((sum, count) => sum + count, 0);
}

function kindOf(link: string): string {
  return link.startsWith("/") ? "file" : link.split(":")[0] ?? "";
}

/** Processes below `pid`. Whose parent has gone is found by its group, which a program that is run has of its own. */
async function descendants(pid: number): Promise<number[]> {
  const found: number[] = [];
  for await (const { name } of Deno.readDir(`/proc/${pid}/task`)) {
    const path = `/proc/${pid}/task/${name}/children`;
    const own = await Deno.readTextFile(path).catch(() => "");
    for (const child of own.split(" ").filter((text) => text.trim() !== "").map(Number)) {
      found.push(child, ...await descendants(child).catch(() => []));
    }
  }
  return found;
}

/** What the server says it listens on, once it is `count` places. */
async function listening(
  stdout: ReadableStream<Uint8Array<ArrayBuffer>>,
  count: number,
): Promise<string[]> {
  let text = "";
  for await (const part of stdout.pipeThrough(new TextDecoderStream())) {
    text += part;
    const urls = [...text.matchAll(/^listening (\S+)$/gm)].map((match) => match[1] ?? "");
    if (urls.length === count) return urls;
  }
  throw new Error("It ended");
}

/** Reads a log as fast as it is written, and keeps the last lines of it. */
async function keep(
  stream: ReadableStream<Uint8Array<ArrayBuffer>>,
  log: { readonly lines: string[]; count: number },
): Promise<void> {
  let rest = "";
  for await (const part of stream.pipeThrough(new TextDecoderStream())) {
    const lines = (rest + part).split("\n");
    rest = lines.pop() ?? "";
    log.count += lines.length;
    log.lines.push(...lines);
    log.lines.splice(0, log.lines.length - 20);
  }
}

/** Waits for `promise`, but no longer than `ms`. */
async function within<Value>(ms: number, promise: Promise<Value>): Promise<Value> {
  const late = Promise.withResolvers<never>();
  const timer = setTimeout(() => late.reject(new Error(`Nothing came in ${ms} ms`)), ms);
  try {
    return await Promise.race([promise, late.promise]);
  } finally {
    clearTimeout(timer);
  }
}
