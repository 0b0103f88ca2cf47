import {
  type Datagram,
  type DatagramAddress,
  type DatagramChannel,
  type DatagramEndpoint,
  datagramsTo,
  DatagramTooLargeError,
  sameDatagramAddress,
} from "../../protocol/transport/mod.ts";
import { InputError, TimeoutError } from "../errors.ts";

/** First wait for an answer, in ms; each further one is twice as long (RFC 8085, 3.1.1). */
const FIRST_WAIT_MS = 1000;

/** Asks a server in datagrams: each question is sent until its answer comes, or the time is up. */
export class DatagramAsker implements AsyncDisposable {
  readonly #endpoint: DatagramEndpoint;
  readonly #to: string;
  readonly #timeoutMs: number;
  #line: { readonly channel: DatagramChannel; readonly peer: DatagramAddress } | null = null;

  /** Takes the server, as the user wrote it, and how long to wait for each answer, in ms. */
  constructor(endpoint: DatagramEndpoint, to: string, timeoutMs: number) {
    this.#endpoint = endpoint;
    this.#to = to;
    this.#timeoutMs = timeoutMs;
  }

  /**
   * The answer to `message`. When none comes, `again` is sent instead, which the server must understand as the same.
   *
   * @throws {InputError} if a datagram cannot be so long.
   * @throws {TimeoutError} if there is no answer.
   */
  async ask(message: Uint8Array, again: Uint8Array = message): Promise<Uint8Array> {
    const { channel, peer } = this.#line ??= await datagramsTo(this.#endpoint);
    const deadlineMs = performance.now() + this.#timeoutMs;
    let waitMs = Math.min(FIRST_WAIT_MS, this.#timeoutMs / 4), sent = 0;
    for (let leftMs = this.#timeoutMs; leftMs > 0; leftMs = deadlineMs - performance.now()) {
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
      `No answer from ${this.#to} within ${this.#timeoutMs / 1000} s, asked ${sent} times. ` +
        "Datagrams get lost, and nobody says so when nothing receives there; --timeout S waits longer",
    );
  }

  /** Gives up its socket. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.#hangUp();
  }

  async #send(channel: DatagramChannel, bytes: Uint8Array, peer: DatagramAddress): Promise<void> {
    try {
      await channel.send(bytes, peer);
    } catch (error) {
      if (error instanceof DatagramTooLargeError) throw new InputError(error.message);
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
  channel: DatagramChannel,
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
