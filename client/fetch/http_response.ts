import { framing, FramingError } from "../../protocol/framing/mod.ts";
import type { Connection } from "../../protocol/transport/mod.ts";
import { IntegrityError, RemoteError } from "../errors.ts";
import type { Patience } from "../patience.ts";

/** Most bytes of a head, and of a line between two chunks. */
const LONGEST_HEAD = 65_536, LONGEST_LINE = 4096;
/** Bytes read at once. */
const READ = 65_536;

/** The head of a response (RFC 9112, 4 and 5). */
export interface HttpHead {
  readonly status: number;
  readonly reason: string;
  /** The fields by their names in small letters; values of one name joined with commas (RFC 9110, 5.3). */
  readonly fields: ReadonlyMap<string, string>;
}

/** A response as it comes: the head is a frame that a blank line ends, the body is what its fields say. */
export class HttpResponse {
  readonly #connection: Connection;
  readonly #patience: Patience;
  /** What was read and not used yet. */
  #rest: Uint8Array = new Uint8Array(0);

  constructor(connection: Connection, patience: Patience) {
    this.#connection = connection;
    this.#patience = patience;
  }

  /**
   * The head; those of interim responses are passed over (RFC 9110, 15.2).
   *
   * @throws {RemoteError} if what comes is no head.
   */
  async head(): Promise<HttpHead> {
    for (;;) {
      const head = headOf(await this.#frame("delim:0d0a0d0a", LONGEST_HEAD));
      if (head.status >= 200) return head;
    }
  }

  /**
   * The body, as far as it is whole (RFC 9112, 6.3).
   *
   * @throws {IntegrityError} if it ends too early.
   */
  async *body({ status, fields }: HttpHead): AsyncGenerator<Uint8Array, void> {
    if (status === 204 || status === 304) return;
    const coding = fields.get("transfer-encoding"), length = fields.get("content-length");
    if (coding !== undefined) {
      if (length !== undefined) {
        throw new RemoteError(
          "The response has two lengths (RFC 9112, 6.1); that is how requests are smuggled",
        );
      }
      if (coding.trim().toLowerCase() !== "chunked") {
        throw new RemoteError(`The transfer coding ${coding} is not known`);
      }
      yield* this.#chunks();
    } else if (length !== undefined) yield* this.#exactly(lengthOf(length));
    else for (let part = await this.#read(); part !== null; part = await this.#read()) yield part;
  }

  /** | size in hex | CRLF | bytes | CRLF | … | 0 | CRLF | trailers | blank line |   (RFC 9112, 7.1) */
  async *#chunks(): AsyncGenerator<Uint8Array, void> {
    for (;;) {
      const line = ascii(await this.#frame("delim:0d0a", LONGEST_LINE));
      const size = /^([0-9a-f]{1,12})[ \t]*(;.*)?$/i.exec(line)?.[1];
      if (size === undefined) throw new RemoteError("The length of a chunk cannot be read");
      if (Number.parseInt(size, 16) === 0) break;
      yield* this.#exactly(Number.parseInt(size, 16));
      if ((await this.#frame("delim:0d0a", LONGEST_LINE)).length > 0) {
        throw new IntegrityError("A chunk is longer than it said");
      }
    }
    while ((await this.#frame("delim:0d0a", LONGEST_LINE)).length > 0);
  }

  async *#exactly(length: number): AsyncGenerator<Uint8Array, void> {
    for (let left = length; left > 0;) {
      const part = await this.#read(left);
      if (part === null) {
        throw new IntegrityError(`The server ended the body ${left} bytes too early`);
      }
      left -= part.length;
      yield part;
    }
  }

  /** The next frame. It is fed byte by byte, so that what is behind it stays where it is. */
  async #frame(spec: string, maxFrameLength: number): Promise<Uint8Array> {
    const decoder = framing(spec).createDecoder({ maxFrameLength });
    try {
      for (;;) {
        const byte = await this.#read(1);
        if (byte === null) throw new IntegrityError("The server ended the response too early");
        const batch = decoder.push(byte);
        if (batch !== null) return batch.copy(0);
      }
    } catch (error) {
      if (!(error instanceof FramingError)) throw error;
      throw new RemoteError(`The response is not HTTP: ${error.message}`);
    }
  }

  async #read(most = Infinity): Promise<Uint8Array | null> {
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
}

function headOf(bytes: Uint8Array): HttpHead {
  const [first = "", ...lines] = ascii(bytes).split("\r\n");
  const found = /^HTTP\/1\.[01] (\d{3})(?: (.*))?$/.exec(first);
  if (found === null) {
    throw new RemoteError(`The response is not HTTP/1: it begins with ${first.slice(0, 60)}`);
  }
  const fields = new Map<string, string>();
  for (const line of lines) {
    const colon = line.indexOf(":");
    // A blank in front of the colon, or a line that goes on with the last one, is refused (RFC 9112, 5.1 and 5.2).
    if (colon < 1 || /\s/.test(line.slice(0, colon))) {
      throw new RemoteError(`A field of the response cannot be read: ${line.slice(0, 60)}`);
    }
    const name = line.slice(0, colon).toLowerCase(), value = line.slice(colon + 1).trim();
    const before = fields.get(name);
    fields.set(name, before === undefined ? value : `${before}, ${value}`);
  }
  return { status: Number(found[1]), reason: found[2] ?? "", fields };
}

/** The same length several times is one (RFC 9112, 6.3). */
function lengthOf(value: string): number {
  const lengths = new Set(value.split(",").map((one) => one.trim()));
  const [length = ""] = lengths;
  if (lengths.size === 1 && /^\d{1,15}$/.test(length)) return Number(length);
  throw new RemoteError(`The length of the body cannot be read: ${value.slice(0, 60)}`);
}

function ascii(bytes: Uint8Array): string {
  return new TextDecoder("latin1").decode(bytes);
}
