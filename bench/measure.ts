/** One thing to measure: `run` does `units` units of work. */
export interface Contender {
  readonly name: string;
  readonly units: number;
  readonly run: () => void | Promise<void>;
}

/** A measured contender: units per second, median of the rounds, and the lowest and highest round. */
export interface Figure {
  readonly name: string;
  readonly median: number;
  readonly low: number;
  readonly high: number;
}

/**
 * Measures contenders in turn, A B C A B C …, so that a machine that gets slower or busier does so for all of them.
 * Quote ratios of one call, never figures of two.
 */
export async function measure(
  contenders: readonly Contender[],
  rounds: number,
  roundMs: number,
): Promise<Figure[]> {
  const rates = contenders.map((): number[] => []);
  for (const { run } of contenders) await run();
  for (let round = 0; round < rounds; round++) {
    for (const [i, { units, run }] of contenders.entries()) {
      const start = performance.now();
      let done = 0, elapsed = 0;
      do {
        await run();
        done += units;
        elapsed = performance.now() - start;
      } while (elapsed < roundMs);
      rates[i]?.push(done / elapsed * 1000);
    }
  }
  return contenders.map(({ name }, i) => {
    const sorted = (rates[i] ?? []).sort((a, b) => a - b);
    const at = (share: number) => sorted[Math.floor(share * (sorted.length - 1))] ?? NaN;
    return { name, median: at(0.5), low: at(0), high: at(1) };
  });
}

/** A number with three digits and a unit prefix: 12.3M. */
export function short(value: number): string {
  const [scale, unit] = value >= 1e9
    ? [1e9, "G"]
    : value >= 1e6
    ? [1e6, "M"]
    : value >= 1e3
    ? [1e3, "k"]
    : [1, ""];
  return `${(value / scale).toPrecision(3)}${unit}`;
}

/** Figures as a table; ratios are to the first contender whose name starts with `reference`. */
export function table(title: string, figures: readonly Figure[], reference: string): string {
  const base = figures.find(({ name }) => name.startsWith(reference))?.median ?? NaN;
  const rows = figures.map(({ name, median, low, high }) =>
    `  ${name.padEnd(44)} ${short(median).padStart(7)}/s  (${short(low)}–${short(high)})  ${
      (median / base).toFixed(2)
    }×`
  );
  return [title, ...rows].join("\n");
}
