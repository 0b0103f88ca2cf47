import { Duplex } from "node:stream";

/**
 * A TCP connection of the runtime as a stream of Node, for its TLS to stand on. Over its own sockets Node's TLS loses the end of
 * the stream whenever reading has paused (seen with Deno 2.9.6).
 */
export class ConnDuplex extends Duplex {
  readonly #conn: Deno.TcpConn;
  /** What was asked for while nothing was to be read, in bytes. */
  #asked = 0;
  /**
   * Whether whoever stands on this stream has enough for now. Its TLS does not say so by itself: it would take everything
   * that comes, and keep it.
   */
  isFull: () => boolean = () => false;

  constructor(conn: Deno.TcpConn) {
    super({ allowHalfOpen: true });
    this.#conn = conn;
  }

  /** There may be room again. */
  wake(): void {
    if (this.#asked === 0 || this.isFull()) return;
    const size = this.#asked;
    this.#asked = 0;
    this._read(size);
  }

  override _read(size: number): void {
    if (this.isFull()) {
      this.#asked = size;
      return;
    }
    const buffer = new Uint8Array(size);
    this.#conn.read(buffer).then(
      (count) => this.push(count === null ? null : buffer.subarray(0, count)),
      (error) => this.destroy(error),
    );
  }

  override _write(chunk: Uint8Array, _encoding: string, done: (error?: Error) => void): void {
    this.#writeAll(chunk).then(() => done(), done);
  }

  override _final(done: (error?: Error) => void): void {
    this.#conn.closeWrite().then(() => done(), () => done());
  }

  override _destroy(error: Error | null, done: (error?: Error | null) => void): void {
    try {
      this.#conn.close();
    } catch {
      // It was closed before.
    }
    done(error);
  }

  async #writeAll(bytes: Uint8Array): Promise<void> {
    for (let at = 0; at < bytes.length;) at += await this.#conn.write(bytes.subarray(at));
  }
}
