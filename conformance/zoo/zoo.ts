/**
 * Decoders with one planted bug each, and the right ones they were made from. A new framing is one new file in
 * `families/` and one line here; a new bug is one entry in the list of its framing.
 * @module
 */
import { type Breed, breed, type Specimen } from "./family.ts";
import { COBS_FAMILY } from "./families/cobs.ts";
import { CONTENT_LENGTH_FAMILY } from "./families/content_length.ts";
import { DELIMITER_FAMILIES } from "./families/delimiter.ts";
import { LENGTH_PREFIX_FAMILIES } from "./families/length_prefix.ts";
import { NETSTRING_FAMILY } from "./families/netstring.ts";
import { SLIP_FAMILY } from "./families/slip.ts";
import { VARINT_FAMILY } from "./families/varint.ts";

/** All families. */
export const BREEDS: readonly Breed[] = [
  ...LENGTH_PREFIX_FAMILIES.map(breed),
  breed(VARINT_FAMILY),
  ...DELIMITER_FAMILIES.map(breed),
  breed(NETSTRING_FAMILY),
  breed(CONTENT_LENGTH_FAMILY),
  breed(SLIP_FAMILY),
  breed(COBS_FAMILY),
];

/** All planted bugs. */
export const SPECIMENS: readonly Specimen[] = BREEDS.flatMap((breed) => breed.specimens);
