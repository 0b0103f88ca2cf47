import { framing } from "../../protocol/framing/mod.ts";
import type { RunAbout } from "../history/recorded.ts";
import type { Contract } from "../stimulus/contract.ts";
import { EXPECTATIONS } from "../stimulus/expectation.ts";

/**
 * What the target of a recorded run was taken to speak; null when its answers were judged by something that is not in
 * the history, such as a scenario.
 *
 * @throws {FramingSpecError} if the framing is none of ours.
 */
export function recordedContract(about: RunAbout): Contract | null {
  const { expect, maxFrame, overLimit, atEof, halfClose } = about;
  const expectation = Object.values(EXPECTATIONS).find(({ name }) => name === expect);
  if (expectation === undefined) return null;
  return {
    framing: framing(about.framing),
    expectation,
    ...(maxFrame === undefined ? {} : { maxFrame }),
    ...(overLimit === undefined ? {} : { overLimit }),
    ...(atEof === undefined ? {} : { atEof }),
    ...(halfClose === undefined ? {} : { halfClose }),
  };
}
