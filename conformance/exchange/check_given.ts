import { checkPlaces } from "../cases/given_stream.ts";
import type { GivenStream } from "../run_options.ts";

/**
 * Checks the places of a given stream.
 *
 * @throws {PlacesError} if they are not rising or not inside of it.
 */
export function checkGiven({ bytes, cuts = [], waits = [] }: GivenStream): void {
  checkPlaces("cuts", cuts, bytes.length - 1);
  checkPlaces("waits", waits, bytes.length);
}
