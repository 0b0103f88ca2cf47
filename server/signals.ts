/** The signals that end the server, with the exit codes that shells use for them. */
const ENDING: readonly (readonly [Deno.Signal, number])[] = Deno.build.os === "windows"
  ? [["SIGINT", 130], ["SIGBREAK", 149]]
  : [["SIGINT", 130], ["SIGTERM", 143]];

/** Waits for a signal that asks the program to end. */
export interface SignalWatch {
  /** Resolves to the first one, or to null when `ended` resolves before. */
  until(ended: Promise<unknown>): Promise<Deno.Signal | null>;
}

/**
 * Begins to watch: nobody who sees the server listen can end it rudely by being quick. From the first signal on, a second
 * one ends the program at once.
 */
export function watchSignals(): SignalWatch {
  const asked = Promise.withResolvers<Deno.Signal>();
  let draining = false;
  const listeners = ENDING.map(([signal, code]) => {
    const listener = () => {
      if (draining) Deno.exit(code);
      draining = true;
      asked.resolve(signal);
    };
    Deno.addSignalListener(signal, listener);
    return { signal, listener };
  });
  return {
    async until(ended) {
      const first = await Promise.race([asked.promise, ended.then(() => null)]);
      if (first === null) {
        for (const { signal, listener } of listeners) Deno.removeSignalListener(signal, listener);
      }
      return first;
    },
  };
}
