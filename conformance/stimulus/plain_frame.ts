import { ConformanceUsageError } from "../run_options.ts";
import type { Contract } from "./contract.ts";
import { PayloadSource, type PayloadStyle, UncarriableError } from "./payloads.ts";
import { RandomStream } from "./random_stream.ts";
import type { Stimulus } from "./stimulus.ts";

/** One frame that every target answers which is alive. */
export function plainFrame(contract: Contract, seed: number): Stimulus {
  try {
    const style: PayloadStyle = { letters: "text", empty: false };
    return new PayloadSource(contract, new RandomStream(seed, "plain"), style).frames([7]);
  } catch (error) {
    if (error instanceof UncarriableError) throw new ConformanceUsageError(error.message);
    throw error;
  }
}
