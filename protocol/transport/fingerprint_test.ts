import { assertEquals, assertThrows } from "@std/assert";
import { fingerprintOf, parseFingerprint } from "./fingerprint.ts";

// SHA-256 of nothing (FIPS 180-4).
const EMPTY = "E3:B0:C4:42:98:FC:1C:14:9A:FB:F4:C8:99:6F:B9:24:" +
  "27:AE:41:E4:64:9B:93:4C:A4:95:99:1B:78:52:B8:55";

Deno.test("a fingerprint is read in every form that programs write", () => {
  assertEquals(fingerprintOf(new Uint8Array()), EMPTY);
  const hex = EMPTY.replaceAll(":", "");
  const base64 = "47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=";
  for (
    const form of [
      EMPTY,
      EMPTY.toLowerCase(),
      hex,
      ` ${hex.toLowerCase()}\n`,
      `sha256:${hex}`,
      `SHA256=${EMPTY}`,
      `sha256 Fingerprint=${EMPTY}`,
      `SHA256:${base64}`,
      base64.slice(0, -1),
    ]
  ) {
    assertEquals(parseFingerprint(form), EMPTY, form);
  }
});

Deno.test("what is no SHA-256 fingerprint is refused", () => {
  const bad = ["", "AB:CD", EMPTY.slice(0, -1), `${EMPTY}:00`, `MD5:${EMPTY}`, "x".repeat(64)];
  for (const text of bad) assertThrows(() => parseFingerprint(text), RangeError, "64 hexadecimal");
});
