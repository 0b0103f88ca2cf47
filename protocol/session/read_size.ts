/** Least and most bytes that one read asks for. */
const LEAST = 1_024, MOST = 262_144;
/** How fast the size grows, and how many quiet reads in a row shrink it. */
const GROWTH = 8, QUIET_READS = 8;

/**
 * How much to ask for in the next read: little while a connection is quiet, so that ten thousand of them stay cheap, and
 * much while reads come back full, so that a busy one needs few system calls.
 */
export class ReadSize {
  /** Bytes to ask for. */
  bytes: number = LEAST;
  #quiet = 0;

  /** Learns from a read that brought `count` bytes into `room` bytes of room. */
  learn(count: number, room: number): void {
    if (count === room) this.bytes = Math.min(MOST, this.bytes * GROWTH);
    if (count * 16 > this.bytes) this.#quiet = 0;
    else if (++this.#quiet >= QUIET_READS) {
      this.bytes = LEAST;
      this.#quiet = 0;
    }
  }
}
