import { hexText } from "../../protocol/framing/hex.ts";

/** Bytes of a payload that a sentence shows. */
const SHOWN = 16;

/** A payload in a sentence: `5 bytes 68656c6c6f`, long ones cut. */
export function showBytes(bytes: Uint8Array): string {
  if (bytes.length === 0) return "an empty frame";
  const more = bytes.length > SHOWN ? "…" : "";
  const unit = bytes.length === 1 ? "byte" : "bytes";
  return `${bytes.length} ${unit} ${hexText(bytes.subarray(0, SHOWN))}${more}`;
}
