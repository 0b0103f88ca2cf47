import { createHash, type Hash } from "node:crypto";

/** Bytes of a block: what is sent again at most after a break (PROTOCOL.md, clause 8.5). */
export const BLOCK_SIZE = 4 * 1024 * 1024;
/** Bytes of a SHA-256 digest (FIPS 180-4). */
export const DIGEST_SIZE = 32;

/**
 * Hashes a stream block by block as it passes, each block with SHA-256. The root, SHA-256 over the digests of all blocks,
 * stands for the whole, so that a transfer that broke off goes on without hashing again what it had.
 */
export class BlockHasher {
  readonly #size: number;
  #hash: Hash = createHash("sha256");
  #inBlock = 0;
  readonly #root: Hash = createHash("sha256");

  /** Goes on behind blocks with the digests `known`. */
  constructor(blockSize: number, known: readonly Uint8Array[] = []) {
    this.#size = blockSize;
    for (const digest of known) this.#root.update(digest);
  }

  /** Bytes that the block under way can still take. */
  get room(): number {
    return this.#size - this.#inBlock;
  }

  /** Whether a block is under way. */
  get open(): boolean {
    return this.#inBlock > 0;
  }

  /** Takes bytes of one block: `room` at most. */
  update(bytes: Uint8Array): void {
    this.#hash.update(bytes);
    this.#inBlock += bytes.length;
  }

  /** Ends the block, and returns its digest. */
  endBlock(): Uint8Array {
    const digest = this.#hash.digest();
    this.#hash = createHash("sha256");
    this.#inBlock = 0;
    this.#root.update(digest);
    return digest;
  }

  /** The root over all blocks that were ended, in hex. */
  root(): string {
    return this.#root.copy().digest("hex");
  }
}

/** The digests in a list of them laid end to end. */
export function splitDigests(bytes: Uint8Array): Uint8Array[] {
  const count = Math.floor(bytes.length / DIGEST_SIZE);
  return Array.from(
    { length: count },
    (_, i) => bytes.slice(i * DIGEST_SIZE, (i + 1) * DIGEST_SIZE),
  );
}
