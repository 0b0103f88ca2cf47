import type { AtEofPolicy, HalfClosePolicy, OverLimitPolicy } from "../stimulus/contract.ts";
import type { Fields } from "./fields.ts";

/** What a target was declared to do where it has a choice. */
export interface Policies {
  /** With what is over its limit. */
  readonly overLimit?: OverLimitPolicy;
  /** With an incomplete frame at FIN. */
  readonly atEof?: AtEofPolicy;
  /** With requests that are not answered when FIN comes. */
  readonly halfClose?: HalfClosePolicy;
}

/**
 * Reads what a target was declared to do.
 *
 * @throws {RecordError} if one of them is none of its words.
 */
export function readPolicies(fields: Fields): Policies {
  return {
    ...fields.maybe("overLimit", (name) => fields.word(name, ["close", "skip", "any"])),
    ...fields.maybe("atEof", (name) => fields.word(name, ["drop", "error", "any"])),
    ...fields.maybe("halfClose", (name) => fields.word(name, ["reply", "drop", "any"])),
  };
}
