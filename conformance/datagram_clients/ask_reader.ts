import { AnswerReader } from "../datagrams/came_answers.ts";
import type { DatagramFraming } from "../datagrams/volley.ts";
import type { PlayedRead } from "../player/play.ts";
import type { AskedMessage } from "./client_play.ts";

/** Finds the messages in the datagrams that a client sends. */
export class AskReader {
  readonly #reader: AnswerReader;
  readonly #asked: AskedMessage[] = [];

  /** Makes a reader for one start of the client. */
  constructor(framing: DatagramFraming) {
    this.#reader = new AnswerReader(framing);
  }

  /** The messages so far. */
  get asked(): readonly AskedMessage[] {
    return this.#asked;
  }

  /** Why what came is no messages, if so. */
  get undecodable(): string | undefined {
    return this.#reader.undecodable;
  }

  /** Takes a datagram. */
  push({ atMs, bytes }: PlayedRead): void {
    this.#reader.push({ socket: 0, bytes });
    for (const message of this.#reader.answers.slice(this.#asked.length)) {
      this.#asked.push({ atMs, bytes: message.bytes });
    }
  }
}
