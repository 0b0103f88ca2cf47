import type { RawDatagram } from "./datagram_port.ts";

/** How much may wait: as much as a usual receive buffer of the system holds, and then some. */
const MAX_COUNT = 4096, MAX_BYTES = 4 * 1024 * 1024;

/** Datagrams that wait for somebody to take them. What does not fit is dropped, as the system does it. */
export class DatagramQueue {
  #waiting: RawDatagram[] = [];
  #taken = 0;
  #bytes = 0;
  #dropped = 0;
  #closed = false;
  #taker: ((datagram: RawDatagram | null) => void) | null = null;

  /** How many did not fit. */
  get dropped(): number {
    return this.#dropped;
  }

  /** Hands it to who waits, or keeps it; false when it does not fit. */
  push(datagram: RawDatagram): boolean {
    if (this.#closed) return false;
    const taker = this.#taker;
    if (taker !== null) {
      this.#taker = null;
      taker(datagram);
      return true;
    }
    const count = this.#waiting.length - this.#taken;
    if (count >= MAX_COUNT || this.#bytes + datagram.bytes.length > MAX_BYTES) {
      this.#dropped++;
      return false;
    }
    this.#bytes += datagram.bytes.length;
    this.#waiting.push(datagram);
    return true;
  }

  /** The next one; null when closed. One taker at a time. */
  take(): Promise<RawDatagram | null> {
    const next = this.#waiting[this.#taken];
    if (next !== undefined) {
      this.#taken++;
      this.#bytes -= next.bytes.length;
      // An array that is shifted once per datagram moves all the others each time.
      if (this.#taken === this.#waiting.length || this.#taken >= MAX_COUNT) {
        this.#waiting = this.#waiting.slice(this.#taken);
        this.#taken = 0;
      }
      return Promise.resolve(next);
    }
    if (this.#closed) return Promise.resolve(null);
    return new Promise((resolve) => this.#taker = resolve);
  }

  /** Drops what waits and wakes the taker with null. */
  close(): void {
    this.#closed = true;
    this.#waiting = [];
    this.#taken = 0;
    this.#taker?.(null);
    this.#taker = null;
  }
}
