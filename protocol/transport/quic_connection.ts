import type { Connection } from "./connection.ts";
import { doneWithin, linger, QUIC_END } from "./quic.ts";

/** Bytes read from the runtime at once. */
const READ_SIZE = 65_536;

/** Longest wait for the reason of a failure, in ms. */
const REASON_MS = 100;

type Reader = ReadableStreamBYOBReader;
type Writer = WritableStreamDefaultWriter<Uint8Array>;

/** Where a connection is, and who is told of its end. */
export interface QuicEnds {
  /** This end, as an endpoint string. */
  readonly local: string;
  /** The other end, as an endpoint string. */
  readonly remote: string;
  /** Told when nothing is left of the connection. */
  readonly onEnd: () => void;
}

/**
 * A QUIC connection as a {@linkcode Connection}: each side writes to a stream of its own. A stream that goes both ways would do for
 * clients that speak first; a server hears of it with its first byte (RFC 9000, 2.1), so it could never be the first to speak.
 */
export class QuicConnection implements Connection {
  readonly local: string;
  readonly remote: string;
  readonly #connection: Deno.QuicConn;
  readonly #onEnd: () => void;
  readonly #output: Writer;
  /** Looked for when it is wanted: until then nothing keeps the program from ending. */
  #input: Promise<Reader> | undefined;
  /** Calls off what is under way. */
  readonly #waiting = new Set<(reason: Error) => void>();
  /** What was read and not taken yet. */
  #rest: Uint8Array = new Uint8Array(0);
  #buffer = new Uint8Array(READ_SIZE);
  #outputEnded = false;
  #open = true;

  /** Takes over a connection whose handshake is done, and the stream to write to. */
  constructor(
    connection: Deno.QuicConn,
    output: Deno.QuicSendStream,
    { local, remote, onEnd }: QuicEnds,
  ) {
    this.local = local;
    this.remote = remote;
    this.#connection = connection;
    this.#onEnd = onEnd;
    this.#output = output.getWriter();
  }

  async read(target: Uint8Array): Promise<number | null> {
    if (this.#rest.length === 0) {
      const bytes = await this.#during(this.#receive());
      if (bytes === null) return null;
      this.#rest = bytes;
    }
    const count = Math.min(target.length, this.#rest.length);
    target.set(this.#rest.subarray(0, count));
    this.#rest = this.#rest.subarray(count);
    return count;
  }

  async write(source: Uint8Array): Promise<number> {
    await this.#during(this.#output.write(source));
    return source.length;
  }

  async closeWrite(): Promise<void> {
    if (this.#outputEnded) return;
    this.#outputEnded = true;
    await this.#during(
      this.#output.close().catch(async (error) => {
        if (!await this.#peerIsDone()) throw error;
      }),
    );
  }

  close(): void {
    if (this.#end("The connection was closed")) void this.#endGently();
  }

  reset(): void {
    if (!this.#end("The connection was reset")) return;
    this.#connection.close({ closeCode: QUIC_END.reset, reason: "" });
    this.#onEnd();
  }

  /** What comes next; null at the end. */
  async #receive(): Promise<Uint8Array | null> {
    try {
      return await this.#receiveNext();
    } catch (error) {
      if (await this.#peerIsDone()) return null;
      throw error;
    }
  }

  /**
   * Whether the connection is over because the peer has closed it and all that it wrote was read. That may be seen here before
   * the end of its stream is.
   */
  async #peerIsDone(): Promise<boolean> {
    const closed = this.#connection.closed.catch(() => null);
    return await doneWithin(closed, REASON_MS) && (await closed)?.closeCode === QUIC_END.done;
  }

  async #receiveNext(): Promise<Uint8Array | null> {
    const reader = await (this.#input ??= firstStream(this.#connection));
    const { done, value } = await reader.read(this.#buffer);
    // The runtime takes the buffer and gives it back with what came.
    if (value !== undefined) this.#buffer = new Uint8Array(value.buffer);
    return done || value === undefined ? null : value;
  }

  /** Ends what is under way, once. */
  #end(why: string): boolean {
    if (!this.#open) return false;
    this.#open = false;
    this.#rest = new Uint8Array(0);
    const error = new Deno.errors.BadResource(why);
    for (const reject of this.#waiting) reject(error);
    return true;
  }

  /** What was written still arrives: to close a QUIC connection is to throw that away (RFC 9000, 10.2). */
  async #endGently(): Promise<void> {
    const ignore = () => {};
    // The stream's end, unless it was said before.
    if (!this.#outputEnded) this.#output.abort().catch(ignore);
    this.#input ??= firstStream(this.#connection);
    this.#input.then((reader) => reader.cancel()).catch(ignore);
    // The peer lets one stream be open, and the next one once it has read that to its end or refused to (RFC 9000, 4.6).
    await linger(
      this.#connection,
      this.#connection.createUnidirectionalStream({ waitUntilAvailable: true }),
    );
    this.#onEnd();
  }

  /** `work`, unless the connection is closed meanwhile. */
  #during<Result>(work: Promise<Result>): Promise<Result> {
    return new Promise((resolve, reject) => {
      if (!this.#open) {
        work.catch(() => {});
        reject(new Deno.errors.BadResource("The connection is closed"));
        return;
      }
      this.#waiting.add(reject);
      work.then(resolve, reject).finally(() => this.#waiting.delete(reject));
    });
  }
}

/** What the peer writes to. */
async function firstStream(connection: Deno.QuicConn): Promise<Reader> {
  const streams = connection.incomingUnidirectionalStreams.getReader();
  const { value } = await streams.read();
  streams.releaseLock();
  if (value !== undefined) return value.getReader({ mode: "byob" });
  throw new Deno.errors.ConnectionReset("The peer closed the connection before it said anything");
}
