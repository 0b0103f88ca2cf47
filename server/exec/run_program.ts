import { ExchangeError } from "../../protocol/native/mod.ts";

/** What may be run, and how much of it. */
export interface ExecGrant {
  /** Names as they must be written in a request, or `any`. */
  readonly programs: ReadonlySet<string> | "any";
  /** Most bytes of output of one program, both streams together. */
  readonly maxOutput: number;
  /** Longest run of one program, in ms. */
  readonly deadlineMs: number;
}

/** Which of its two outputs a program has written to. */
export type OutputStream = "out" | "err";

/** Where the bytes of a program come from and go to. */
export interface ProgramIo {
  /** Its standard input; without one it is empty. */
  readonly input?: AsyncIterable<Uint8Array>;
  /** Gets what it writes, as it comes; the program waits while this does. */
  readonly onOutput: (stream: OutputStream, bytes: Uint8Array) => Promise<void>;
  /** Ends the program and everything it has started. */
  readonly signal?: AbortSignal;
}

/** How a program ended. */
export interface ProgramEnd {
  /** Its exit code; 128 + N when signal N ended it. */
  readonly code: number;
  /** The signal that ended it. */
  readonly signal?: string;
  /** Whether it was ended because it wrote more than is allowed. */
  readonly truncated: boolean;
}

/** All that a program finds in its environment: nothing of the server's own. */
const ENVIRONMENT: Readonly<Record<string, string>> = Deno.build.os === "windows"
  ? { SystemRoot: "C:\\Windows", PATH: "C:\\Windows\\System32;C:\\Windows" }
  : { PATH: "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin", LANG: "C.UTF-8" };

/** Files that Windows gives to a shell, which no quoting is safe from (CVE-2024-24576). */
const SHELL_FILE = /\.(bat|cmd)[ .]*$/i;
/** How long the output of a program is waited for after its end, when a child of it holds it open, in ms. */
const LINGER_MS = 200;

/**
 * Runs a program with its arguments, never a shell. It has its own process group, and when it ends for whatever reason
 * everything in the group is ended with it.
 *
 * @throws {ExchangeError} `invalid` for what is no command, `denied` for a program that is not allowed, `not-found` for
 * one that is not there, `timeout` when it ran too long, `cancelled` when the signal was aborted.
 */
export async function runProgram(
  argv: readonly string[],
  grant: ExecGrant,
  io: ProgramIo,
): Promise<ProgramEnd> {
  const child = start(checked(argv, grant), io.input !== undefined);
  let why: ExchangeError | undefined;
  let written = 0, truncated = false;
  const stop = (reason?: ExchangeError) => {
    why ??= reason;
    killGroup(child.pid);
  };
  const onAbort = () => stop(new ExchangeError("cancelled", "The program was stopped"));
  io.signal?.addEventListener("abort", onAbort);
  if (io.signal?.aborted) onAbort();
  const deadline = setTimeout(() => {
    stop(new ExchangeError("timeout", `The program ran longer than ${grant.deadlineMs} ms`));
  }, grant.deadlineMs);
  const pump = async (name: OutputStream, stream: ReadableStream<Uint8Array>) => {
    for await (const bytes of stream) {
      const room = grant.maxOutput - written;
      written += bytes.length;
      if (room <= 0 && truncated) continue;
      if (bytes.length > room) {
        truncated = true;
        stop();
      }
      if (room > 0) await io.onOutput(name, bytes.subarray(0, room));
    }
  };
  const outputs = Promise.all([pump("out", child.stdout), pump("err", child.stderr)]);
  // A failure to hand on output ends the program; it is thrown below.
  outputs.catch(() => stop());
  const feeder = io.input === undefined ? null : feed(child.stdin, io.input);
  try {
    const status = await child.status;
    await within(outputs.catch(() => {}), LINGER_MS);
    killGroup(child.pid);
    await outputs;
    if (why !== undefined) throw why;
    return { code: status.code, ...(status.signal ? { signal: status.signal } : {}), truncated };
  } finally {
    clearTimeout(deadline);
    io.signal?.removeEventListener("abort", onAbort);
    killGroup(child.pid);
    await feeder?.stop();
  }
}

/** Whether a program may be run. */
export function isAllowed(program: string, { programs }: ExecGrant): boolean {
  return programs === "any" || programs.has(program);
}

function checked(argv: readonly string[], grant: ExecGrant): readonly [string, ...string[]] {
  const [program, ...args] = argv;
  if (program === undefined || program === "") {
    throw new ExchangeError("invalid", "No program is named");
  }
  if (argv.some((word) => word.includes("\0"))) {
    throw new ExchangeError("invalid", "An argument has a zero byte");
  }
  if (!isAllowed(program, grant) || SHELL_FILE.test(program)) {
    throw new ExchangeError("denied", `The program ${program} is not allowed here`);
  }
  return [program, ...args];
}

function start(
  [program, ...args]: readonly [string, ...string[]],
  fed: boolean,
): Deno.ChildProcess {
  try {
    return new Deno.Command(program, {
      args,
      clearEnv: true,
      env: { ...ENVIRONMENT },
      stdin: fed ? "piped" : "null",
      stdout: "piped",
      stderr: "piped",
      detached: true,
    }).spawn();
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) {
      throw new ExchangeError("not-found", `There is no program ${program}`);
    }
    const why = error instanceof Error ? error.message : String(error);
    throw new ExchangeError("io", `The program ${program} cannot be started`, {}, { cause: why });
  }
}

/**
 * Writes the input as it comes. A program may end without reading it all; then nobody waits for the rest of it, which may
 * never come.
 */
function feed(
  stdin: WritableStream<Uint8Array>,
  input: AsyncIterable<Uint8Array>,
): { stop(): Promise<void> } {
  const writer = stdin.getWriter();
  // The pipe is closed as soon as nobody reads it; that the program does so early shows nowhere else.
  const stop = () => writer.abort().catch(() => {});
  void (async () => {
    try {
      for await (const bytes of input) await writer.write(bytes);
      await writer.close();
    } catch {
      await stop();
    }
  })();
  return { stop };
}

/** Ends everything in the process group of a program; nothing is left of most by then. */
function killGroup(pid: number): void {
  try {
    if (Deno.build.os === "windows") Deno.kill(pid, "SIGKILL");
    else Deno.kill(-pid, "SIGKILL");
  } catch (error) {
    if (error instanceof Deno.errors.NotFound || error instanceof TypeError) return;
    // ESRCH and EPERM (a zombie on some systems): nobody is left to end.
    if (error instanceof Error && "code" in error) return;
    throw error;
  }
}

async function within(done: Promise<unknown>, ms: number): Promise<void> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const late = new Promise<void>((resolve) => {
    timer = setTimeout(resolve, ms);
  });
  await Promise.race([done, late]);
  clearTimeout(timer);
}
