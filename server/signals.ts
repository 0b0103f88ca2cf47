/** The signals that end the server, with the exit codes that shells use for them. */
const ENDING: readonly (readonly [Deno.Signal, number])[] = Deno.build.os === "windows"
  ? [["SIGINT", 130], ["SIGBREAK", 149]]
  : [["SIGINT", 130], ["SIGTERM", 143]];

/** Longest that the last things before an end at once may take, in ms. */
const HURRY_MS = 1000;

/** Waits for a signal that asks the program to end. */
export interface SignalWatch {
  /** Resolves to the first one, or to null when `ended` resolves before. */
  until(ended: Promise<unknown>): Promise<Deno.Signal | null>;
  /** Resolves unless a second one came: then the program ends with the code of that. */
  unhurried(): Promise<void>;
}

/**
 * Begins to watch: nobody who sees the server listen can end it rudely by being quick. From the first signal on, a second
 * one ends the program at once, but for what `hurry` does then; a third one does not wait for that.
 */
export function watchSignals(hurry: () => Promise<unknown>): SignalWatch {
  const asked = Promise.withResolvers<Deno.Signal>();
  let count = 0;
  const listeners = ENDING.map(([signal, code]) => {
    const listener = () => {
      count++;
      if (count === 1) return asked.resolve(signal);
      if (count > 2) Deno.exit(code);
      setTimeout(() => Deno.exit(code), HURRY_MS);
      void hurry().finally(() => Deno.exit(code));
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
    unhurried: () => count > 1 ? new Promise(() => {}) : Promise.resolve(),
  };
}
