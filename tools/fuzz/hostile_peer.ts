import { type MemoryConnection, memoryPair } from "../../protocol/transport/mod.ts";

/** Bytes that may be under way in each direction. */
const CAPACITY = 65_536;

/** Says its bytes, reads everything that comes back and forgets it. */
export class HostilePeer {
  readonly #own: MemoryConnection;
  readonly #reading: Promise<number>;
  /** The other end, for the code under test. */
  readonly there: MemoryConnection;

  constructor() {
    const [own, there] = memoryPair({ capacity: CAPACITY });
    this.#own = own;
    this.there = there;
    this.#reading = this.#readAll();
  }

  /** Writes the chunks; what cannot be written any more is left. */
  async say(chunks: readonly Uint8Array[]): Promise<void> {
    try {
      for (const chunk of chunks) {
        for (let at = 0; at < chunk.length;) at += await this.#own.write(chunk.subarray(at));
      }
    } catch {
      // The other side has closed, as it may.
    }
  }

  /** Ends what it says. */
  async end(): Promise<void> {
    await this.#own.closeWrite();
  }

  /** Closes both ends and tells how many bytes came back. */
  async close(): Promise<number> {
    this.there.close();
    this.#own.close();
    return await this.#reading;
  }

  async #readAll(): Promise<number> {
    const buffer = new Uint8Array(4096);
    let received = 0;
    try {
      for (let count; (count = await this.#own.read(buffer)) !== null;) received += count;
    } catch {
      // Closed.
    }
    return received;
  }
}
