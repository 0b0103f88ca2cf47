import { createHmac, randomBytes, timingSafeEqual } from "node:crypto";

/** Bytes of a nonce. */
const NONCE_LENGTH = 32;

/** Whose proof it is; the two differ, so that neither can be sent back as the other. */
export type Prover = "client" | "server";

/** A fresh nonce, in hex. */
export function freshNonce(): string {
  return randomBytes(NONCE_LENGTH).toString("hex");
}

/** Whether a text is a nonce: as many bytes as ours, in lower-case hex. */
export function isNonce(text: string): boolean {
  return text.length === 2 * NONCE_LENGTH && /^[0-9a-f]+$/.test(text);
}

/**
 * The proof that a side knows the token, in hex: HMAC-SHA-256 (RFC 2104, FIPS 180-4) over both nonces (PROTOCOL.md, clause
 * 3.2). The token itself never crosses the wire.
 */
export function proofOf(
  token: Uint8Array,
  prover: Prover,
  nonces: { readonly server: string; readonly client: string },
): string {
  const text = `nonstick/1 ${prover}\n${nonces.server}\n${nonces.client}\n`;
  return createHmac("sha256", token).update(text).digest("hex");
}

/** Whether two proofs are the same; how long it takes tells nothing of where they differ. */
export function sameProof(one: string, other: string): boolean {
  const a = new TextEncoder().encode(one), b = new TextEncoder().encode(other);
  return a.length === b.length && timingSafeEqual(a, b);
}
