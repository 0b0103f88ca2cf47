import { concat } from "@std/bytes/concat";
import type { CommandContext } from "../commands/command.ts";
import { RemoteError } from "../errors.ts";

/** Bytes read at once. */
const READ = 65_536;

/** The bytes of a connection, read exactly, as far as a header says, or for as long as they come. */
export class RawStream {
  readonly #connection: CommandContext["connection"];
  readonly #patience: CommandContext["patience"];
  #rest = new Uint8Array(0);

  constructor({ connection, patience }: Pick<CommandContext, "connection" | "patience">) {
    this.#connection = connection;
    this.#patience = patience;
  }

  /** Sends all of it. */
  async write(bytes: Uint8Array): Promise<void> {
    for (let at = 0; at < bytes.length;) {
      at += await this.#patience.during(this.#connection.write(bytes.subarray(at)));
    }
  }

  /** What comes next, at most `most` bytes; null at the end. */
  async some(most = Infinity): Promise<Uint8Array | null> {
    if (this.#rest.length === 0) {
      const buffer = new Uint8Array(READ);
      const count = await this.#patience.during(this.#connection.read(buffer));
      if (count === null) return null;
      this.#rest = buffer.subarray(0, count);
    }
    const bytes = this.#rest.subarray(0, most);
    this.#rest = this.#rest.subarray(bytes.length);
    return bytes;
  }

  /**
   * The next `length` bytes, piece by piece.
   *
   * @throws {RemoteError} if the stream ends before.
   */
  async *pieces(length: number): AsyncGenerator<Uint8Array, void> {
    for (let left = length; left > 0;) {
      const bytes = await this.some(left);
      if (bytes === null) {
        throw new RemoteError(`The server ended the stream ${left} bytes too early`);
      }
      left -= bytes.length;
      yield bytes;
    }
  }

  /** The next `length` bytes; as {@linkcode RawStream.pieces}. */
  async exactly(length: number): Promise<Uint8Array> {
    return concat(await Array.fromAsync(this.pieces(length)));
  }

  /**
   * What comes next, until nothing has come for `quietMs`: all that can be done where nothing says how long an answer is.
   * A read stays under way behind it, so it is the last one.
   */
  async *untilQuiet(quietMs: number): AsyncGenerator<Uint8Array, void> {
    const first = await this.some();
    if (first === null) throw new RemoteError("The server closed the connection without an answer");
    yield first;
    for (;;) {
      const buffer = new Uint8Array(READ);
      const count = await within(this.#connection.read(buffer), quietMs);
      if (count === null) return;
      yield buffer.subarray(0, count);
    }
  }
}

/** What `reading` gives, or null when it gives nothing in time. */
async function within(reading: Promise<number | null>, ms: number): Promise<number | null> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const late = new Promise<null>((resolve) => {
    timer = setTimeout(() => resolve(null), ms);
  });
  try {
    return await Promise.race([reading, late]);
  } finally {
    clearTimeout(timer);
    reading.catch(() => {});
  }
}
