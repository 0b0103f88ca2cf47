import { concat } from "@std/bytes/concat";

/** How long a connection that was refused or answered stays open for the peer to take the answers, in ms. */
const LINGER_MS = 1000;
/** Answers are collected up to so many bytes before they are written. */
const BATCH = 64 * 1024;

/** One connection of a server of the rivals' zoo: writes in order, encodes answers, ends politely. */
export class Link {
  /** The socket itself, for servers that do something wrong with it. */
  readonly socket: Deno.TcpConn;
  /** The frame of a payload. */
  readonly encode: (payload: Uint8Array) => Uint8Array;
  #written: Promise<void> = Promise.resolve();
  readonly #closed = Promise.withResolvers<void>();

  /** A link over `socket`. */
  constructor(socket: Deno.TcpConn, encode: (payload: Uint8Array) => Uint8Array) {
    this.socket = socket;
    this.encode = encode;
  }

  /** Writes all of `bytes` behind everything that was written before. */
  write(bytes: Uint8Array): Promise<void> {
    const writing = this.#written.then(() => this.#writeAll(bytes));
    // Whoever wrote hears of it; the next one finds out for himself.
    this.#written = writing.catch(() => {});
    return writing;
  }

  /** Answers each frame with itself, in order. */
  async echo(frames: readonly Uint8Array[]): Promise<void> {
    let waiting: Uint8Array[] = [];
    let size = 0;
    for (const [i, frame] of frames.entries()) {
      const wire = this.encode(frame);
      waiting.push(wire);
      size += wire.length;
      if (size < BATCH && i < frames.length - 1) continue;
      await this.write(concat(waiting));
      waiting = [];
      size = 0;
    }
  }

  /**
   * Says the end, then drops what still comes until the peer has ended, too: closing with unread bytes would make the
   * kernel send RST, which destroys answers under way.
   */
  async end(): Promise<void> {
    const timer = setTimeout(() => this.close(), LINGER_MS);
    const waste = new Uint8Array(BATCH);
    try {
      await this.#written;
      await this.socket.closeWrite();
      while (await this.socket.read(waste) !== null);
    } catch {
      // The peer is gone, or the time is over.
    } finally {
      clearTimeout(timer);
      this.close();
    }
  }

  /** Settles when this side has closed. */
  get closed(): Promise<void> {
    return this.#closed.promise;
  }

  /** Closes at once. */
  close(): void {
    this.#closed.resolve();
    try {
      this.socket.close();
    } catch (error) {
      if (!(error instanceof Deno.errors.BadResource)) throw error;
    }
  }

  async #writeAll(bytes: Uint8Array): Promise<void> {
    for (let at = 0; at < bytes.length;) at += await this.socket.write(bytes.subarray(at));
  }
}
