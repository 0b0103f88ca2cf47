import { FRAGMENT_HEADER_LENGTH, fragmentMessage } from "../../protocol/framing/mod.ts";
import { MAX_DATAGRAM_PAYLOAD } from "../../protocol/transport/mod.ts";
import type { RandomStream } from "../stimulus/random_stream.ts";
import type { DatagramContract } from "./due_answers.ts";
import type { Sent } from "./volley.ts";

/** Letters of payloads, in the order of their bytes; no name of them is `exit`. */
const LETTERS = "abcdefghijklmnopqrsuvwyz";
/** Letters that number a payload. */
const NUMBERED = 5;

/** Makes payloads and fragments of one case, no two of them alike. */
export class Messages {
  readonly #random: RandomStream;
  readonly #contract: DatagramContract;
  #made = 0;

  /** Draws from `random` for a target that keeps `contract`. */
  constructor(random: RandomStream, contract: DatagramContract) {
    this.#random = random;
    this.#contract = contract;
  }

  /** The most bytes of a message, up to `most`, so that its answer fits as well. */
  atMost(most: number): number {
    const { maxFrame = most, expectation, framing } = this.#contract;
    const growth = expectation.answer(new Uint8Array(0)).length;
    return Math.min(most, maxFrame, framing === "datagram" ? MAX_DATAGRAM_PAYLOAD - growth : most);
  }

  /** Letters; the first says the place, 0 to 23, so that the order of payloads shows in them; the next ones a number. */
  text(length: number, place = 0): Uint8Array {
    let number = this.#made++;
    return Uint8Array.from({ length: this.atMost(length) }, (_, i) => {
      if (i === 0) return letterAt(place);
      if (i > NUMBERED) return letterAt(this.#random.below(LETTERS.length));
      const digit = number % LETTERS.length;
      number = Math.floor(number / LETTERS.length);
      return letterAt(digit);
    });
  }

  /** Any bytes. */
  bytes(length: number): Uint8Array {
    return Uint8Array.from({ length: this.atMost(length) }, () => this.#random.below(256));
  }

  /** A message id that was not drawn before. */
  id(): bigint {
    return BigInt(this.#random.next()) << 32n | BigInt(this.#random.next());
  }

  /** A message as `count` fragments of `size` bytes. */
  fragments(count: number, size = 8, messageId = this.id()): Uint8Array[] {
    const maxDatagram = FRAGMENT_HEADER_LENGTH + size;
    return fragmentMessage(this.text(count * size), { messageId, maxDatagram });
  }

  /** The same of any bytes. */
  randomFragments(count: number, size: number): Uint8Array[] {
    const maxDatagram = FRAGMENT_HEADER_LENGTH + size;
    return fragmentMessage(this.bytes(count * size), { messageId: this.id(), maxDatagram });
  }

  /** A whole message, as plainly as the target takes one: in one datagram. */
  plain(length = 7): Uint8Array {
    if (this.#contract.framing === "datagram") return this.text(length);
    const [whole = new Uint8Array(0)] = this.fragments(1, this.atMost(length));
    return whole;
  }
}

/** Datagrams from one of our sockets. */
export function from(socket: number, datagrams: readonly Uint8Array[]): Sent[] {
  return datagrams.map((bytes) => ({ bytes, socket }));
}

function letterAt(digit: number): number {
  return LETTERS.charCodeAt(digit % LETTERS.length);
}
