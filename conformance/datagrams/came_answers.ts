import { FragmentAssembler, FragmentError } from "../../protocol/framing/mod.ts";
import type { DatagramFraming } from "./volley.ts";

/** A message that came back. */
export interface CameAnswer {
  /** To which of our sockets. */
  readonly socket: number;
  /** Its bytes. */
  readonly bytes: Uint8Array;
}

/** A datagram that came back. */
export interface CameDatagram {
  /** To which of our sockets. */
  readonly socket: number;
  /** Its bytes. */
  readonly bytes: Uint8Array;
}

/** Finds the messages in what comes back: each datagram is one, or they are put together from fragments. */
export class AnswerReader {
  readonly #assembler: FragmentAssembler | undefined;
  readonly #answers: CameAnswer[] = [];
  /** Why what came is no messages, if so. */
  undecodable: string | undefined;

  /** Makes a reader for one volley. */
  constructor(framing: DatagramFraming) {
    if (framing === "fragment") {
      // Nothing is too long or too old here: whether it is right, the judge says.
      this.#assembler = new FragmentAssembler({
        maxMessageLength: 2 ** 26,
        maxMemory: 2 ** 28,
        maxMemoryPerPeer: 2 ** 28,
        now: () => 0,
      });
    }
  }

  /** The messages so far. */
  get answers(): readonly CameAnswer[] {
    return this.#answers;
  }

  /** Takes a datagram. */
  push({ socket, bytes }: CameDatagram): void {
    try {
      const message = this.#assembler === undefined
        ? bytes
        : this.#assembler.push(bytes, `socket ${socket}`);
      if (message !== null) this.#answers.push({ socket, bytes: message });
    } catch (error) {
      if (!(error instanceof FragmentError)) throw error;
      this.undecodable ??= `an answer is no fragment: ${error.message}`;
    }
  }
}
