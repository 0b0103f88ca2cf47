import type { DatagramAddress, DatagramChannel } from "../../protocol/transport/mod.ts";
import type { DatagramFraming } from "../datagrams/volley.ts";
import type { PlayedRead } from "../player/play.ts";
import { AskReader } from "./ask_reader.ts";
import type { AskedMessage } from "./client_play.ts";

/** What a client sends, as it comes: datagrams, and the messages that are in them. */
export class IncomingAsks {
  readonly #channel: DatagramChannel;
  readonly #reader: AskReader;
  readonly #now: () => number;
  readonly #reads: PlayedRead[] = [];
  #from: DatagramAddress | undefined;
  #wake = () => {};
  /** Settles when the channel is closed. */
  readonly done: Promise<void>;

  /** Begins to receive. `now` tells the time of the run in ms. */
  constructor(channel: DatagramChannel, framing: DatagramFraming, now: () => number) {
    this.#channel = channel;
    this.#reader = new AskReader(framing);
    this.#now = now;
    this.done = this.#run();
  }

  /** The datagrams so far. */
  get reads(): readonly PlayedRead[] {
    return this.#reads;
  }

  /** The messages so far. */
  get asked(): readonly AskedMessage[] {
    return this.#reader.asked;
  }

  /** Where the last datagram came from. */
  get from(): DatagramAddress | undefined {
    return this.#from;
  }

  /** Why what came is no messages, if so. */
  get undecodable(): string | undefined {
    return this.#reader.undecodable;
  }

  /** Waits until something more comes, at most `ms`, and not beyond the moment at which `or` settles. */
  async more(ms: number, or?: Promise<unknown>): Promise<void> {
    const woken = Promise.withResolvers<void>();
    this.#wake = woken.resolve;
    const timer = setTimeout(woken.resolve, ms);
    await Promise.race([woken.promise, ...(or === undefined ? [] : [or])]);
    clearTimeout(timer);
  }

  async #run(): Promise<void> {
    for await (const { bytes, from } of this.#channel) {
      const read = { atMs: this.#now(), bytes };
      this.#from = from;
      this.#reads.push(read);
      this.#reader.push(read);
      this.#wake();
    }
  }
}
