/**
 * The in-process proof: does a decoder, ours or anyone's, keep the laws of framing under every chunking?
 *
 * @module
 */
export { type Delivery, type Dress, parseReplay, type Replay, replayLine } from "./delivery.ts";
export { CUT_STRATEGIES, type CutStrategy } from "./cut_strategies.ts";
export { CHECK_NAMES, CHECKS_ABOUT } from "./checks.ts";
export { formatVerification } from "./format.ts";
export { type Breach, type Law, LAW_NUMBERS, LAWS } from "./law.ts";
export { play, type Seen, type SeenError, type SeenFrame } from "./play.ts";
export type { ExpectedError, ExpectedFrame, Sample } from "./sample.ts";
export type { DecoderUnderTest, Settings, Subject, Way } from "./subject.ts";
export {
  type CheckResult,
  type Failure,
  type LawResult,
  toSubject,
  type Verification,
  verifyDecoder,
  type VerifyOptions,
} from "./verify_decoder.ts";
