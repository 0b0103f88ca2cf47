import { createHash } from "node:crypto";

/** What can be written for a fingerprint, for messages. */
const FORMS = "64 hexadecimal digits, with or without colons, or SHA256: and base64";

/**
 * The SHA-256 of a certificate (DER), as `AB:CD:…`: how a certificate without an authority is known.
 *
 * @example
 * ```ts
 * import { fingerprintOf } from "@nonstick/nonstick/transport";
 *
 * console.log(fingerprintOf(new Uint8Array()).slice(0, 11)); // E3:B0:C4:42
 * ```
 */
export function fingerprintOf(certificate: Uint8Array): string {
  return colons(createHash("sha256").update(certificate).digest("hex"));
}

/**
 * Reads a SHA-256 fingerprint as programs write it, and gives it as {@linkcode fingerprintOf} does: hexadecimal digits with or
 * without colons, what `openssl x509 -fingerprint -sha256` prints, `SHA256:` and base64.
 *
 * @example
 * ```ts
 * import { parseFingerprint } from "@nonstick/nonstick/transport";
 *
 * console.log(parseFingerprint("sha256:" + "ab".repeat(32)).slice(0, 5)); // AB:AB
 * ```
 *
 * @throws {RangeError} if it is none; the message says what is.
 */
export function parseFingerprint(text: string): string {
  const bare = text.trim().replace(/^sha-?256(?: fingerprint=|:|=)/i, "");
  const hex = /^[0-9a-f]{2}(?::[0-9a-f]{2})*$/i.test(bare) ? bare.replaceAll(":", "") : bare;
  if (/^[0-9a-f]{64}$/i.test(hex)) return colons(hex);
  // 32 bytes are 43 characters of base64, with or without padding.
  if (/^[A-Za-z0-9+/]{43}=?$/.test(bare)) {
    const bytes = Uint8Array.from(atob(bare), (character) => character.charCodeAt(0));
    return colons([...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join(""));
  }
  throw new RangeError(`it is not a SHA-256 fingerprint: ${FORMS}`);
}

function colons(hex: string): string {
  return hex.toUpperCase().replace(/..(?=.)/g, "$&:");
}
