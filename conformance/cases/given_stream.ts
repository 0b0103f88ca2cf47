import type { Contract } from "../stimulus/contract.ts";
import { readStimulus } from "../stimulus/read_stimulus.ts";
import { these } from "../strategy/deliveries.ts";
import { deliver, type EndEvent } from "../strategy/delivery.ts";
import type { ConformanceCase } from "./case.ts";

/** The case that plays one delivery given by the user, as a report prints it. */
export function givenStream(
  contract: Contract,
  given: {
    readonly bytes: Uint8Array;
    readonly cuts?: readonly number[];
    readonly waits?: readonly number[];
    readonly end?: EndEvent;
  },
): ConformanceCase {
  const { bytes, cuts = [], waits = [], end = "none" } = given;
  checkPlaces("cuts", cuts, bytes.length - 1);
  checkPlaces("waits", waits, bytes.length);
  const delivery = deliver(readStimulus(contract, bytes), cuts, { waits, end });
  return {
    id: "stream",
    title: "the given stream",
    level: "MUST",
    requirement: "The given stream is answered as it should be, cut as given.",
    why: "It is what you asked for.",
    fix: "See the case that printed it.",
    plan: () => ({
      kind: "deliveries",
      resets: end === "reset",
      deliveries: these([delivery]),
    }),
  };
}

/** Places in a stream that are not rising or not inside of it. */
export class PlacesError extends Error {
  /** The class of the error. */
  override readonly name = "PlacesError";
}

/**
 * Checks that places in a stream rise and are at most `most`.
 *
 * @throws {PlacesError} if they do not.
 */
export function checkPlaces(what: string, places: readonly number[], most: number): void {
  places.forEach((at, i) => {
    const least = (places[i - 1] ?? 0) + 1;
    if (Number.isInteger(at) && at >= least && at <= most) return;
    throw new PlacesError(
      `Cannot use ${what} ${places.join()}: ${at} is not a place from ${least} to ${most}`,
    );
  });
}
