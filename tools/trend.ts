/** A figure and when it was measured, in ms. */
export interface Sample {
  readonly at: number;
  readonly value: number;
}

/** How much a figure grows per minute, by least squares over the second half of its samples. */
export function slopePerMinute(samples: readonly Sample[]): number {
  const half = samples.slice(Math.floor(samples.length / 2));
  const mean = (of: (sample: Sample) => number) =>
    half.reduce((sum, sample) => sum + of(sample), 0) / half.length;
  const at = mean((sample) => sample.at), value = mean((sample) => sample.value);
  let above = 0, below = 0;
  for (const sample of half) {
    above += (sample.at - at) * (sample.value - value);
    below += (sample.at - at) ** 2;
  }
  return below === 0 ? 0 : above / below * 60_000;
}
