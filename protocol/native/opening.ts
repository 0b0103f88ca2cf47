import { ProtocolError } from "./errors.ts";

/** How the first header of each side begins (PROTOCOL.md, clause 2.1). */
const MAGIC = new TextEncoder().encode('{"nonstick"');
/** The length in front of it: its two upper bytes are zero, because no header has 64 KiB or more. */
const LENGTH = 4, ZERO = 2;
/** First byte of a TLS record with a handshake (RFC 8446, 5.1). */
const TLS_HANDSHAKE = 0x16;

/** What the first bytes of a peer seem to be. */
export type Stranger = "tls" | "text" | "binary";

/** The first bytes of a connection are those of another protocol. */
export class StrangerError extends ProtocolError {
  /** The class of the error. */
  override readonly name = "StrangerError";
  /** What they seem to be. */
  readonly stranger: Stranger;

  /** Makes an error from what the bytes seem to be. */
  constructor(stranger: Stranger) {
    super(`The first bytes are not nonstick/1: ${LOOKS[stranger]}`, "not-nonstick");
    this.stranger = stranger;
  }
}

const LOOKS: Readonly<Record<Stranger, string>> = {
  tls: "they look like TLS, which this port does not speak",
  text: "they look like a text protocol such as HTTP",
  binary: "they are of no known protocol",
};

/** Watches the first bytes of a connection, so that another protocol is noticed with its first wrong byte. */
export class Opening {
  #at = 0;
  #first = 0;

  /**
   * Looks at a chunk.
   *
   * @throws {StrangerError} at the first byte that cannot be nonstick's.
   */
  check(chunk: Uint8Array): void {
    for (let i = 0; i < chunk.length && this.#at < LENGTH + MAGIC.length; i++, this.#at++) {
      const byte = chunk[i] ?? 0;
      if (this.#at === 0) this.#first = byte;
      if (this.#at < ZERO && byte !== 0) throw new StrangerError(this.#looks());
      if (this.#at >= LENGTH && byte !== MAGIC[this.#at - LENGTH]) {
        throw new StrangerError(this.#looks());
      }
    }
  }

  /** What a peer looks like is told by its first byte alone, so that it does not depend on chunks. */
  #looks(): Stranger {
    if (this.#first === TLS_HANDSHAKE) return "tls";
    return this.#first >= 0x20 && this.#first < 0x7f ? "text" : "binary";
  }
}

const REFUSAL = "This port speaks nonstick/1 and nothing else. Use the nonstick client.";

/** What a stranger is told, in a form that it can read. */
export function refusal(stranger: Stranger): Uint8Array {
  switch (stranger) {
    case "tls":
      // | alert | TLS 1.2 | length | fatal | protocol_version |   (RFC 5246, 7.2)
      return Uint8Array.of(0x15, 3, 3, 0, 2, 2, 70);
    case "text":
      return new TextEncoder().encode(
        "HTTP/1.1 400 Bad Request\r\nContent-Type: text/plain\r\nConnection: close\r\n" +
          `Content-Length: ${REFUSAL.length + 1}\r\n\r\n${REFUSAL}\n`,
      );
    case "binary":
      return new TextEncoder().encode(`${REFUSAL}\n`);
  }
}
