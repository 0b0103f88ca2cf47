import { type Framing, FramingError } from "../../protocol/framing/mod.ts";

/** What surrounds payloads in a framing. */
export interface FrameLayout {
  /** Whether a header stands in front of the payload. */
  readonly hasHeader: boolean;
  /** Whether payloads are written in another form than they have, as in SLIP. */
  readonly escaped: boolean;
  /** Most bytes of what stands behind the payload, such as a delimiter; 0 for none. */
  readonly trailer: number;
}

/**
 * What surrounds payloads, as our own encoder shows it.
 *
 * @example
 * ```ts
 * import { framing } from "../../protocol/framing/mod.ts";
 * import { frameLayout } from "./frame_layout.ts";
 *
 * console.log(frameLayout(framing("netstring"))); // { hasHeader: true, escaped: false, trailer: 1 }
 * console.log(frameLayout(framing("delim:0d0a"))); // { hasHeader: false, escaped: false, trailer: 2 }
 * ```
 */
export function frameLayout(framing: Framing): FrameLayout {
  const payload = new Uint8Array(Math.max(1, framing.minPayload)).fill("x".charCodeAt(0));
  let pieces: Uint8Array[];
  try {
    pieces = framing.createEncoder().encodeParts(payload);
  } catch (error) {
    if (!(error instanceof FramingError)) throw error;
    // Only framings that make parts of the header a part of the payload refuse a plain one.
    return { hasHeader: true, escaped: false, trailer: 0 };
  }
  const at = pieces.indexOf(payload);
  if (at < 0) return { hasHeader: false, escaped: true, trailer: 1 };
  const hasHeader = pieces.slice(0, at).some(({ length }) => length > 0);
  const behind = pieces.slice(at + 1).reduce((sum, { length }) => sum + length, 0);
  // What a decoder takes for a delimiter may be longer than what an encoder writes: CR LF for LF.
  return { hasHeader, escaped: false, trailer: hasHeader ? behind : framing.maxOverhead };
}
