/**
 * All framings by name, in the order of the documentation. A new one is one new file and one line here.
 * @module
 */
import { COBS_FRAMING } from "./cobs.ts";
import { CONTENT_LENGTH_FRAMING } from "./content_length.ts";
import { DELIM_FRAMING, LINE_FRAMING } from "./delimited.ts";
import { ENVELOPE_FRAMINGS } from "./envelope.ts";
import { FIXED_FRAMING } from "./fixed.ts";
import type { Framing } from "./framing.ts";
import { INTEGER_FRAMINGS } from "./length_field.ts";
import { MARKED_FRAMING } from "./marked.ts";
import { NETSTRING_FRAMING } from "./netstring.ts";
import { SLIP_FRAMING } from "./slip.ts";
import { FramingSpecError, Spec } from "./spec.ts";
import { VARINT_FRAMING } from "./varint.ts";

/** How one framing is written and made. */
export interface FramingFamily {
  /** The name in front of `:` or `?`. */
  readonly name: string;
  /** How its spec string is written. */
  readonly form: string;
  /** What it looks like on the wire, in a few words. */
  readonly wire: string;
  /** Reads the options of a spec with this name. */
  parse(spec: Spec): Framing;
}

/** Every framing there is. */
export const FRAMING_FAMILIES: readonly FramingFamily[] = [
  ...INTEGER_FRAMINGS,
  VARINT_FRAMING,
  LINE_FRAMING,
  DELIM_FRAMING,
  NETSTRING_FRAMING,
  MARKED_FRAMING,
  SLIP_FRAMING,
  COBS_FRAMING,
  FIXED_FRAMING,
  CONTENT_LENGTH_FRAMING,
  ...ENVELOPE_FRAMINGS,
];

/**
 * The framing that `spec` describes.
 *
 * @example
 * ```ts
 * import { framing } from "@nonstick/nonstick/framing";
 *
 * const frame = framing("u32be").createEncoder().encode(new TextEncoder().encode("hi"));
 * console.log(frame); // 00 00 00 02 68 69
 * ```
 *
 * @throws {FramingSpecError} if the spec cannot be used; the message says which part is wrong and what is possible.
 */
export function framing(spec: string): Framing {
  const parsed = new Spec(spec);
  const family = FRAMING_FAMILIES.find((family) => family.name === parsed.name);
  if (family === undefined) {
    const forms = FRAMING_FAMILIES.map((family) => family.form).join(", ");
    throw new FramingSpecError(spec, parsed.name, `is not a framing; there are: ${forms}`);
  }
  const made = family.parse(parsed);
  parsed.finish();
  return made;
}
