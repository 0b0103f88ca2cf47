/**
 * Runs deno in place of this process.
 *
 * @module
 */

/** How {@linkcode runDeno} starts the child. */
export interface ChildOptions {
  /** Working directory; this process's own if not given. */
  readonly cwd?: string;
  /** Another deno than the one running. */
  readonly deno?: string;
}

/**
 * Runs deno with these arguments and this process's stdin, stdout and stderr; resolves to its exit code
 * (128 + the signal's number if a signal ended it). SIGINT and SIGTERM reach the child once.
 */
export async function runDeno(
  args: readonly string[],
  options: ChildOptions = {},
): Promise<number> {
  const { deno = Deno.execPath(), cwd } = options;
  const child = new Deno.Command(deno, {
    args: [...args],
    ...(cwd === undefined ? {} : { cwd }),
    stdin: "inherit",
    stdout: "inherit",
    stderr: "inherit",
  }).spawn();

  // Ctrl-C in a terminal goes to the child as well as to us, and `deno task` passes it on to us once
  // more. A child that ends in peace at the first and at once at the second must see just one.
  const atTerminal = [Deno.stdin, Deno.stdout, Deno.stderr].some((stream) => stream.isTerminal());
  const onInterrupt = (): void => {
    if (!atTerminal) pass("SIGINT");
  };
  const onTerminate = (): void => pass("SIGTERM");
  const pass = (signal: Deno.Signal): void => {
    try {
      child.kill(signal);
    } catch (error) {
      // It has ended in the meantime.
      if (!(error instanceof TypeError || error instanceof Deno.errors.NotFound)) throw error;
    }
  };
  const canTerminate = Deno.build.os !== "windows";
  Deno.addSignalListener("SIGINT", onInterrupt);
  if (canTerminate) Deno.addSignalListener("SIGTERM", onTerminate);
  try {
    return (await child.status).code;
  } finally {
    Deno.removeSignalListener("SIGINT", onInterrupt);
    if (canTerminate) Deno.removeSignalListener("SIGTERM", onTerminate);
  }
}
