import { VERSION } from "../cli/version.ts";
import { isSince } from "../protocol/transport/runtime_version.ts";
import type { Counts, FamilyFacts } from "./metrics.ts";

/** The first runtime that can be asked for a meter whether it has one or not. */
const METERS = [2, 8] as const;

/** What is used of OpenTelemetry's API for metrics; the runtime has it, without a package. */
interface Meter {
  createObservableCounter(name: string, about: { readonly description: string }): Instrument;
  createObservableUpDownCounter(name: string, about: { readonly description: string }): Instrument;
  addBatchObservableCallback(
    callback: (result: ObservableResult) => Promise<void>,
    instruments: readonly Instrument[],
  ): void;
}
interface Instrument {
  readonly addCallback: unknown;
}
interface ObservableResult {
  observe(
    instrument: Instrument,
    value: number,
    attributes: Readonly<Record<string, string>>,
  ): void;
}

/**
 * Hands what is counted to the runtime's OpenTelemetry, under the same names; it asks `counts` each time when it exports. Where it
 * is off, or the runtime is older than Deno 2.8, this does nothing. What is exported goes its own way: no permission is needed for it, or given up with the others.
 */
export function exportCounts(
  families: readonly FamilyFacts[],
  counts: () => Promise<Counts>,
  meter: Meter | null = runtimeMeter(),
): void {
  if (meter === null) return;
  const instruments = families.map(({ name, type, help: description }) =>
    type === "counter"
      ? meter.createObservableCounter(name, { description })
      : meter.createObservableUpDownCounter(name, { description })
  );
  meter.addBatchObservableCallback(async (result) => {
    // A worker that is too busy to tell, or has ended, is no reason to end: the next export will have it.
    const now = await counts().catch(() => null);
    if (now === null) return;
    families.forEach(({ name, labels }, i) => {
      const instrument = instruments[i];
      if (instrument === undefined) return;
      for (const [values, count] of now[name] ?? []) {
        const pairs = labels.map((label, j) => [label, values[j] ?? ""]);
        result.observe(instrument, count, Object.fromEntries(pairs));
      }
    });
  }, instruments);
}

function runtimeMeter(): Meter | null {
  // Where it is off, runtimes before that do not throw but end the process (tried with 2.6.10).
  if (!isSince(METERS)) return null;
  try {
    return Deno.telemetry.meterProvider.getMeter("nonstick-server", VERSION);
  } catch {
    // That is how it says that it is off.
    return null;
  }
}
