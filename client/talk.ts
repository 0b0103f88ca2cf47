import { concat } from "@std/bytes/concat";
import { FramingError } from "../protocol/framing/mod.ts";
import type { Exchange } from "../protocol/native/mod.ts";
import type { FramedConnection } from "../protocol/session/mod.ts";
import type { Connection } from "../protocol/transport/mod.ts";
import { Client } from "./client.ts";
import { InputError } from "./errors.ts";
import type { Patience } from "./patience.ts";

/** One message after the other with a server, whether they are framed or not. */
export interface Talk {
  /** Sends a message. */
  say(message: Uint8Array): Promise<void>;
  /** The next answer: a frame, or as many raw bytes as it is `expected` to have; null at the end of the stream. */
  hear(expected: number): Promise<Uint8Array | null>;
  /** Says that no more messages will come. */
  end(): Promise<void>;
}

/** Messages in frames. */
export class FramedTalk implements Talk {
  readonly #client: Client;
  readonly #patience: Patience;

  constructor(frames: FramedConnection, patience: Patience) {
    this.#client = new Client(frames);
    this.#patience = patience;
  }

  async say(message: Uint8Array): Promise<void> {
    try {
      await this.#patience.during(this.#client.send(message));
    } catch (error) {
      if (!(error instanceof FramingError)) throw error;
      throw new InputError(
        `Cannot say this in ${this.#client.frames.framing.spec}: ${error.message}.`,
      );
    }
  }

  hear(_expected: number): Promise<Uint8Array | null> {
    return this.#patience.during(this.#client.receive());
  }

  end(): Promise<void> {
    return this.#patience.during(this.#client.closeWrite());
  }
}

/** Messages in an exchange of nonstick/1; a long one arrives in pieces. */
export class NativeTalk implements Talk {
  readonly #exchange: Exchange;
  readonly #patience: Patience;

  constructor(exchange: Exchange, patience: Patience) {
    this.#exchange = exchange;
    this.#patience = patience;
  }

  async say(message: Uint8Array): Promise<void> {
    await this.#patience.during(this.#exchange.send(message));
  }

  async hear(expected: number): Promise<Uint8Array | null> {
    const parts: Uint8Array[] = [];
    for (let have = 0; parts.length === 0 || have < expected;) {
      const part = await this.#patience.during(this.#exchange.receive());
      if (part === null) return parts.length === 0 ? null : concat(parts);
      parts.push(part.bytes);
      have += part.bytes.length;
    }
    return concat(parts);
  }

  async end(): Promise<void> {
    await this.#patience.during(this.#exchange.end());
  }
}

/** Messages as bare bytes, as in the tutorials: only who knows the length of an answer can tell where it ends. */
export class RawTalk implements Talk {
  readonly #connection: Connection;
  readonly #patience: Patience;

  constructor(connection: Connection, patience: Patience) {
    this.#connection = connection;
    this.#patience = patience;
  }

  async say(message: Uint8Array): Promise<void> {
    for (let at = 0; at < message.length;) {
      at += await this.#patience.during(this.#connection.write(message.subarray(at)));
    }
  }

  async hear(expected: number): Promise<Uint8Array | null> {
    const answer = new Uint8Array(expected);
    let have = 0;
    while (have < expected) {
      const count = await this.#patience.during(this.#connection.read(answer.subarray(have)));
      if (count === null) return have === 0 ? null : answer.subarray(0, have);
      have += count;
    }
    return answer;
  }

  end(): Promise<void> {
    return this.#patience.during(this.#connection.closeWrite());
  }
}
