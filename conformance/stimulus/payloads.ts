import { framing } from "../../protocol/framing/mod.ts";
import { canCarry, type Contract, payloadRange } from "./contract.ts";
import type { RandomStream } from "./random_stream.ts";
import { framePart, type Part, Stimulus } from "./stimulus.ts";

/** What payloads are like: as hard as can be, but for what a target turned out not to handle at all. */
export interface PayloadStyle {
  /** Any bytes, or letters only. */
  readonly letters: "binary" | "text";
  /** Whether there are empty ones. */
  readonly empty: boolean;
  /** Whether a stream is one frame, for targets that close the connection after each answer. */
  readonly single?: boolean;
}

const LETTERS = "etaoinshrdluETAOINSHRDLU0123456789 .-";
/** Bytes around a small payload, in framings whose headers could be much longer. */
const USUAL_OVERHEAD = 32;
/** How often a payload is drawn anew before the last resort is used. */
const TRIES = 64;

/** No payload could be made that the framing carries, for itself and for its answer. */
export class UncarriableError extends Error {
  /** The class of the error. */
  override readonly name = "UncarriableError";
}

/**
 * Makes payloads and streams for one contract. All randomness comes from the given stream.
 *
 * @example
 * ```ts
 * import { framing } from "../../protocol/framing/mod.ts";
 * import { EXPECTATIONS } from "./expectation.ts";
 * import { PayloadSource } from "./payloads.ts";
 * import { RandomStream } from "./random_stream.ts";
 *
 * const contract = { framing: framing("u32be"), expectation: EXPECTATIONS.echo };
 * const source = new PayloadSource(contract, new RandomStream(1, "example"), {
 *   letters: "binary",
 *   empty: true,
 * });
 * console.log(source.stream(300).bytes.length); // 300
 * ```
 */
export class PayloadSource {
  readonly #contract: Contract;
  readonly #random: RandomStream;
  readonly #letters: string | undefined;
  readonly #least: number;
  readonly #single: boolean;
  /** Bytes that no payload may have, where the framing has such bytes; found out when a payload could not be carried. */
  #barred: ReadonlySet<number> | undefined;

  /** Makes a source. */
  constructor(contract: Contract, random: RandomStream, style: PayloadStyle) {
    const { letters = style.letters === "text" ? LETTERS : undefined } = contract.expectation;
    this.#contract = contract;
    this.#random = random;
    this.#letters = letters;
    this.#least = style.empty ? 0 : 1;
    this.#single = style.single ?? false;
  }

  /**
   * A payload of `size` bytes, or of the nearest size that the framing, the target and its promise allow.
   *
   * @throws {UncarriableError} if the framing can carry no such payload.
   */
  payload(size: number): Uint8Array {
    const { least, most } = payloadRange(this.#contract, Math.max(size, 1));
    const length = Math.min(Math.max(size, least, this.#least), most);
    for (let tries = 0; tries < TRIES; tries++) {
      const payload = this.#truthful(length);
      if (canCarry(this.#contract, payload)) return payload;
      this.#barred ??= this.#findBarred();
    }
    // A short delimiter of frequent bytes: a payload of one letter that is not in it.
    for (const letter of this.#letters ?? LETTERS) {
      const payload = new Uint8Array(length).fill(letter.charCodeAt(0));
      if (canCarry(this.#contract, payload)) return payload;
    }
    const { framing, expectation } = this.#contract;
    throw new UncarriableError(
      `${framing.spec} cannot carry a payload of ${length} bytes and what ${expectation.name} answers`,
    );
  }

  /** A frame with a payload of about `size` bytes; see {@linkcode PayloadSource.payload}. */
  frame(size: number): Part & { kind: "frame" } {
    return framePart(this.#contract, this.payload(size));
  }

  /** Frames with payloads of these sizes. */
  frames(sizes: readonly number[]): Stimulus {
    return new Stimulus(this.#contract, sizes.map((size) => this.frame(size)));
  }

  /**
   * A stream of frames of many sizes, empty ones and neighbours of the header length among them: `length` bytes
   * where the framing allows it, else a little more. Payloads are `atMost` bytes or less.
   */
  stream(length: number, atMost = 40): Stimulus {
    if (this.#single) return new Stimulus(this.#contract, [this.#frameOf(length)]);
    const parts: Part[] = [];
    const overhead = this.#overhead;
    const sizes = [5, 0, 1, 17, 3];
    for (let left = length; left > 0;) {
      // Room for one more frame is left, so that the last one can end where it should.
      const most = Math.min(atMost, Math.max(0, left - 2 * overhead - 4));
      const size = sizes.shift() ?? this.#random.below(atMost + 1);
      const part = this.#lastFrame(left, atMost) ?? this.frame(Math.min(size, most));
      parts.push(part);
      left -= part.wire.length;
    }
    return new Stimulus(this.#contract, parts);
  }

  get #overhead(): number {
    return Math.min(this.#contract.framing.maxOverhead, USUAL_OVERHEAD);
  }

  /** One frame of `length` bytes, where the framing has one, else a little less. */
  #frameOf(length: number): Part {
    let part = this.frame(length);
    for (let size = length; size > 0 && part.wire.length > length; size--) {
      part = this.frame(size - 1);
    }
    return part;
  }

  /** The frame that takes exactly `left` bytes, when the stream is about to end. */
  #lastFrame(left: number, atMost: number): Part | undefined {
    const overhead = this.#overhead;
    if (left > Math.min(atMost, 24) + overhead) return undefined;
    for (let size = left; size >= Math.max(0, left - overhead - 8); size--) {
      const part = this.frame(size);
      if (part.wire.length === left) return part;
    }
    return undefined;
  }

  /**
   * A payload of `length` bytes. What `?strip=N` leaves of a header is part of it and has to say the truth, so there
   * it begins with the header that an encoder would write.
   */
  #truthful(length: number): Uint8Array {
    const { spec, minPayload, createDecoder } = this.#contract.framing;
    if (!/[?&]strip=\d/.test(spec)) return this.#draw(length);
    const body = this.#draw(Math.max(0, length - minPayload));
    const whole = spec.replace(/([?&])strip=\d+(&|$)/, (_, before, after) => after && before);
    const wire = framing(whole).createEncoder().encode(body);
    return createDecoder().push(wire)?.copy(0) ?? body;
  }

  #draw(length: number): Uint8Array {
    const payload = new Uint8Array(length);
    for (let i = 0; i < length; i++) {
      do payload[i] = this.#byte(); while (this.#barred?.has(payload[i] ?? 0));
    }
    return payload;
  }

  /**
   * Delimiters of one byte, as those of `line`: a long payload drawn from all bytes would never be without them. Bytes
   * that are barred at an edge only, as the CR of `line?strip=cr` is, stay in use.
   */
  #findBarred(): ReadonlySet<number> {
    for (const letter of this.#letters ?? LETTERS) {
      const around = letter.charCodeAt(0);
      const carries = (byte: number) =>
        canCarry(this.#contract, Uint8Array.of(around, byte, around));
      if (!carries(around)) continue;
      return new Set(
        Array.from({ length: 256 }, (_, byte) => byte).filter((byte) => !carries(byte)),
      );
    }
    // Payloads of three bytes do not fit; nothing is known.
    return new Set();
  }

  /** Half of the bytes of binary payloads are such that they look like lengths, delimiters and escapes. */
  #byte(): number {
    if (this.#letters !== undefined) {
      return this.#letters.charCodeAt(this.#random.below(this.#letters.length));
    }
    return this.#random.below(2) === 0 ? this.#random.below(256) : this.#random.pick(TELLING);
  }
}

const TELLING = [
  0x00,
  0x01,
  0x02,
  0x03,
  0x04,
  0x0a,
  0x0d,
  0x2c,
  0x31,
  0x3a,
  0x61,
  0x7a,
  0x80,
  0xc0,
  0xdb,
  0xff,
];
