/**
 * Every server of the rivals' zoo. A new bug is one entry in the table of its kind.
 * @module
 */
import { DECODER_MUTANTS, RIGHT_SERVERS } from "./decoder_mutants.ts";
import { serverBug } from "./server_bug.ts";
import { END_BUGS } from "./servers/ends.ts";
import { NETSTRING_BUGS } from "./servers/netstrings.ts";
import { READING_BUGS } from "./servers/reading.ts";
import { REPLY_BUGS } from "./servers/replies.ts";
import { RESOURCE_BUGS } from "./servers/resources.ts";
import { STATE_BUGS } from "./servers/state.ts";
import type { SocketSpecimen } from "./specimen.ts";

/** Servers whose decoder is right. */
const SERVER_MUTANTS: readonly SocketSpecimen[] = [
  ...STATE_BUGS,
  ...READING_BUGS,
  ...REPLY_BUGS,
  ...END_BUGS,
  ...RESOURCE_BUGS,
  ...NETSTRING_BUGS,
].map(serverBug);

/** All servers with a planted bug. */
export const MUTANTS: readonly SocketSpecimen[] = [...DECODER_MUTANTS, ...SERVER_MUTANTS];

/** Right servers of the same make: whoever blames one of these kills nothing, but is wrong. */
export const RIGHT: readonly SocketSpecimen[] = RIGHT_SERVERS;

/**
 * The server with this name.
 *
 * @throws {RangeError} if there is none.
 */
export function specimenNamed(name: string): SocketSpecimen {
  const found = [...MUTANTS, ...RIGHT].find((one) => one.name === name);
  if (found === undefined) throw new RangeError(`There is no server "${name}"`);
  return found;
}
