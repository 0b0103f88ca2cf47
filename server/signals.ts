/** The signals that end the server, with the exit codes that shells use for them. */
const ENDING: readonly (readonly [Deno.Signal, number])[] = Deno.build.os === "windows"
  ? [["SIGINT", 130], ["SIGBREAK", 149]]
  : [["SIGINT", 130], ["SIGTERM", 143]];

/**
 * Resolves to the first signal that asks the program to end, or to null when `ended` resolves before. From the first
 * signal on, a second one ends the program at once.
 */
export async function untilSignal(ended: Promise<unknown>): Promise<Deno.Signal | null> {
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
  const first = await Promise.race([asked.promise, ended.then(() => null)]);
  if (first === null) {
    for (const { signal, listener } of listeners) Deno.removeSignalListener(signal, listener);
  }
  return first;
}
