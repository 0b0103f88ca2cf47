import {
  type Datagram,
  type DatagramAddress,
  type DatagramChannel,
  type DatagramEndpoint,
  datagramsTo,
  DatagramTooLargeError,
  sameDatagramAddress,
} from "../../protocol/transport/mod.ts";
import { FragmentedChannel } from "../../protocol/session/mod.ts";
import { InputError, TimeoutError } from "../errors.ts";

/** What messages go over, whole or in fragments. */
type MessageChannel = Pick<DatagramChannel, "send" | "receive" | "close">;

/** First wait for an answer, in ms; each further one is twice as long (RFC 8085, 3.1.1). */
const FIRST_WAIT_MS = 1000;

/** The longest message in fragments, in bytes: what a server takes unless told otherwise. */
const MAX_FRAGMENTED = 1024 * 1024;

/** Settings of {@linkcode DatagramAsker}. */
export interface DatagramAskerOptions {
  /** The server, as the user wrote it. */
  readonly to: string;
  /** How long to wait for each answer, in ms. */
  readonly timeoutMs: number;
  /** Whether questions and answers are cut into fragments, else each is one datagram. */
  readonly fragments?: boolean;
}

/** Asks a server in datagrams: each question is sent until its answer comes, or the time is up. */
export class DatagramAsker implements AsyncDisposable {
  readonly #endpoint: DatagramEndpoint;
  readonly #options: DatagramAskerOptions;
  #line: { readonly channel: MessageChannel; readonly peer: DatagramAddress } | null = null;

  /** Takes where the server is, and how to ask it. */
  constructor(endpoint: DatagramEndpoint, options: DatagramAskerOptions) {
    this.#endpoint = endpoint;
    this.#options = options;
  }

  /**
   * The answer to `message`. When none comes, `again` is sent instead, which the server must understand as the same.
   *
   * @throws {InputError} if a datagram, or a message in fragments, cannot be so long.
   * @throws {TimeoutError} if there is no answer.
   */
  async ask(message: Uint8Array, again: Uint8Array = message): Promise<Uint8Array> {
    const { to, timeoutMs } = this.#options;
    const { channel, peer } = this.#line ??= await this.#open();
    const deadlineMs = performance.now() + timeoutMs;
    let waitMs = Math.min(FIRST_WAIT_MS, timeoutMs / 4), sent = 0;
    for (let leftMs = timeoutMs; leftMs > 0; leftMs = deadlineMs - performance.now()) {
      await this.#send(channel, sent === 0 ? message : again, peer);
      sent++;
      const answer = await answerWithin(channel, peer, Math.min(waitMs, leftMs));
      if (answer === null) {
        waitMs *= 2;
        continue;
      }
      // Who was asked twice may answer twice: a late answer must not be taken for the next one, so that asks elsewhere.
      if (sent > 1) await this.#hangUp();
      return answer;
    }
    throw new TimeoutError(
      `No answer from ${to} within ${timeoutMs / 1000} s, asked ${sent} times. ` +
        "Datagrams get lost, and nobody says so when nothing receives there; --timeout S waits longer",
    );
  }

  /** Gives up its socket. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.#hangUp();
  }

  async #open(): Promise<{ channel: MessageChannel; peer: DatagramAddress }> {
    if (this.#endpoint.scheme === "udp" && this.#endpoint.hostname === "255.255.255.255") {
      throw new InputError(
        `Cannot ask ${this.#options.to}: that is everybody; name the address of one server`,
      );
    }
    const { channel, peer } = await datagramsTo(this.#endpoint);
    if (!this.#options.fragments) return { channel, peer };
    const maxMessageLength = MAX_FRAGMENTED;
    return { channel: new FragmentedChannel(channel, { maxMessageLength }), peer };
  }

  async #send(channel: MessageChannel, bytes: Uint8Array, peer: DatagramAddress): Promise<void> {
    if (this.#options.fragments && bytes.length > MAX_FRAGMENTED) {
      throw new InputError(
        `Cannot send a message of ${bytes.length} bytes in fragments: the longest has ` +
          `${MAX_FRAGMENTED}; send less, or take a stream`,
      );
    }
    try {
      await channel.send(bytes, peer);
    } catch (error) {
      if (error instanceof DatagramTooLargeError) {
        throw new InputError(
          `Cannot send a datagram of ${error.length} bytes: the longest has ${error.limit}; ` +
            "send less, or have the server listen with framing=fragment and say so here",
        );
      }
      throw error;
    }
  }

  async #hangUp(): Promise<void> {
    const line = this.#line;
    this.#line = null;
    await line?.channel.close();
  }
}

/** What comes from `peer` within `ms`, null if nothing does; what others send is none of our business. */
async function answerWithin(
  channel: MessageChannel,
  peer: DatagramAddress,
  ms: number,
): Promise<Uint8Array | null> {
  const late = new AbortController();
  const timer = setTimeout(() => late.abort(), ms);
  try {
    for (;;) {
      const datagram: Datagram | null = await channel.receive({ signal: late.signal });
      if (datagram === null) return null;
      if (sameDatagramAddress(datagram.from, peer)) return datagram.bytes;
    }
  } catch (error) {
    if (late.signal.aborted) return null;
    throw error;
  } finally {
    clearTimeout(timer);
  }
}
