import { hexBytes } from "../../protocol/framing/hex.ts";
import type { Counterexample } from "../campaign/result.ts";

/** Most bytes of a stream that are drawn. */
const MOST_BYTES = 64;
/** Bytes in one row. */
const ROW = 16;

/**
 * A small failing stream as a picture: its bytes with a bar at every cut, and below each byte what it is.
 *
 * ```
 *   00 00 | 00 02  68 69
 *   h  h  | h  h   b  b         h header   b body   . neither
 * ```
 *
 * Empty for streams that are too long to look at.
 */
export function picture({ stream, cuts, frames }: Counterexample): string[] {
  const bytes = hexBytes(stream) ?? new Uint8Array(0);
  if (bytes.length === 0 || bytes.length > MOST_BYTES) return [];
  const lines: string[] = [];
  for (let from = 0; from < bytes.length; from += ROW) {
    let upper = "", lower = "";
    for (let at = from; at < Math.min(from + ROW, bytes.length); at++) {
      if (at > 0) {
        const bar = cuts.includes(at) ? "| " : "";
        upper += bar;
        lower += bar;
      }
      upper += `${(bytes[at] ?? 0).toString(16).padStart(2, "0")} `;
      lower += `${kindOf(at, frames)}  `;
    }
    lines.push(upper.trimEnd(), lower.trimEnd());
  }
  lines.push("h header  b body  f frame  . incomplete or bad  | chunk edge");
  return lines;
}

function kindOf(at: number, frames: Counterexample["frames"]): string {
  const frame = frames.find(({ start, end }) => at >= start && at < end);
  if (frame === undefined) return ".";
  if (frame.body === undefined) return "f";
  return at < frame.body ? "h" : "b";
}
