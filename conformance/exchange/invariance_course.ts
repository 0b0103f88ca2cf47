import { framing } from "../../protocol/framing/mod.ts";
import { ConformanceUsageError, type RunOptions } from "../run_options.ts";
import { checkGiven } from "./check_given.ts";
import { learnAnswers } from "./controls.ts";
import { Mask } from "./mask.ts";
import type { PreparedCourse } from "./run_exchange.ts";
import { atSeams, contractOf, RAW, requestStimulus } from "./stimuli.ts";

/** What reports call a stream whose framing is not known. */
const RAW_NAME = "raw";

/**
 * Prepares `expect: "invariance"`: the stream, its requests apart where `waits` says so, is its own expectation.
 *
 * @throws {ConformanceUsageError} if there is no stream, or a mask is no regular expression.
 * @throws {PlacesError} if places are not rising or not inside of the stream.
 * @throws {FramingSpecError} if the framing cannot be used.
 */
export function invarianceCourse(options: RunOptions): PreparedCourse {
  const { stream } = options;
  if (stream === undefined || stream.bytes.length === 0) {
    throw new ConformanceUsageError("Invariance needs --stream, the requests to send");
  }
  checkGiven(stream);
  const { bytes, cuts = [], waits = [], end = "none" } = stream;
  const { framing: spec = RAW_NAME } = options;
  const form = spec === RAW_NAME ? undefined : framing(spec);
  const comparing = { mask: maskOf(options), ...(form ? { framing: form } : {}) };
  const seams = waits.filter((at) => at < bytes.length);
  const requests = [...seams, bytes.length].map((to, i) => bytes.subarray(seams[i - 1] ?? 0, to));
  const stimulus = requestStimulus(requests, form === undefined ? RAW : contractOf(form));
  const base = atSeams({ stimulus, cuts: [], waits: [], end: "none" }, seams);
  return {
    framing: form?.spec ?? RAW_NAME,
    course: (stage, patience) => ({
      expect: "invariance",
      base,
      seams,
      free: [],
      pipelining: false,
      framed: form !== undefined,
      learn: (what) => learnAnswers(stage, what, comparing, patience),
    }),
    ...(cuts.length > 0 || end !== "none" ? { given: { stimulus, cuts, waits, end } } : {}),
  };
}

function maskOf({ mask = [] }: RunOptions): Mask {
  try {
    return new Mask(mask);
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    throw new ConformanceUsageError(`Cannot use --mask: ${error.message}`);
  }
}
