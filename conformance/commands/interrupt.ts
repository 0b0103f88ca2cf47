/** The signals that end a run, with the exit codes that shells use for them. */
const ENDING: readonly (readonly [Deno.Signal, number])[] = Deno.build.os === "windows"
  ? [["SIGINT", 130], ["SIGBREAK", 149]]
  : [["SIGINT", 130], ["SIGTERM", 143]];

/** The run was ended by a signal. */
export class InterruptedError extends Error {
  /** The class of the error. */
  override readonly name = "InterruptedError";
  /** As shells use it: 130 for SIGINT, 143 for SIGTERM. */
  readonly exitCode: number;

  /** Makes an error from the signal and its exit code. */
  constructor(signal: Deno.Signal, exitCode: number) {
    super(`Ended by ${signal}`);
    this.exitCode = exitCode;
  }
}

/** Turns the first signal into an abort, so that a target that we started is ended; the second one ends us at once. */
export class Interrupt implements Disposable {
  readonly #controller = new AbortController();
  readonly #listeners = ENDING.map(([signal, code]) => {
    const listener = () => {
      if (this.#controller.signal.aborted) Deno.exit(code);
      this.#controller.abort(new InterruptedError(signal, code));
    };
    Deno.addSignalListener(signal, listener);
    return { signal, listener };
  });

  /** Aborted by the first signal, with an {@linkcode InterruptedError}. */
  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  /** Stops listening for signals. */
  [Symbol.dispose](): void {
    for (const { signal, listener } of this.#listeners) Deno.removeSignalListener(signal, listener);
  }
}
