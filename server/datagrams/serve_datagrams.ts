import {
  type Datagram,
  type DatagramAddress,
  type DatagramChannel,
  type DatagramEndpoint,
  openDatagrams,
  parseDatagramEndpoint,
  TruncatedDatagramError,
} from "../../protocol/transport/mod.ts";
import type { FragmentAssemblerOptions } from "../../protocol/framing/mod.ts";
import { FragmentedMessages } from "./fragmented_messages.ts";
import { UnixgramSocket } from "./unixgram_socket.ts";
import { AnswerGuard, type AnswerRules, type DatagramRefusal } from "./answer_guard.ts";

/** The answer to a datagram, null for none. It must not keep the bytes. */
export type DatagramHandler = (
  message: Uint8Array,
  from: DatagramAddress,
) => Uint8Array | null | Promise<Uint8Array | null>;

/** Settings and hooks of {@linkcode serveDatagrams}. */
export interface ServeDatagramsOptions extends AnswerRules {
  /** Where to receive; or a channel that is open already, which the server then closes. */
  readonly listen: DatagramEndpoint | string | DatagramChannel;
  /**
   * Puts messages together from fragments, within these bounds, and cuts answers into fragments; by default each datagram
   * is a message.
   */
  readonly fragments?: FragmentAssemblerOptions;
  /**
   * Longest wait for a client over Unix sockets to take what was sent to it, in ms: then its answer is dropped, and so are the
   * datagrams that wait for the server. A channel that is open already waits for as long as it takes.
   *
   * @default {1000}
   */
  readonly sendTimeoutMs?: number;
  /** Told of each datagram that gets no answer for its own or others' safety. It must not keep the bytes. */
  readonly refused?: (why: DatagramRefusal, datagram: Datagram) => void;
  /**
   * Told of everything that fails, with the datagram it failed for, whose bytes it must not keep; prints it on stderr
   * unless given.
   */
  readonly error?: (error: unknown, datagram: Datagram | null) => void;
}

/** What a server of datagrams needs of its socket. It receives nothing before it has sent what it has to answer. */
export interface AnsweringSocket extends Pick<DatagramChannel, "endpoint" | "local" | "close"> {
  /** The next datagram; null once it is closed. */
  receive(): Promise<Datagram | null>;
  /** See {@linkcode DatagramChannel.send}. */
  send(bytes: Uint8Array, to: DatagramAddress): Promise<void>;
}

/** Longest wait for a client over Unix sockets to take what was sent to it, in ms. */
const SEND_TIMEOUT_MS = 1000;
/** How long nothing is received after receiving failed, in ms. */
const RETRY_MS = 100;

/** Answers datagrams, one after the other. Made by {@linkcode serveDatagrams}. */
export class DatagramServer implements AsyncDisposable {
  readonly #channel: AnsweringSocket;
  readonly #guard: AnswerGuard;
  readonly #handler: DatagramHandler;
  readonly #fragments: FragmentedMessages | null;
  readonly #options: ServeDatagramsOptions;
  readonly #finished: Promise<void>;
  #closing = false;

  /** Serves `channel`, and closes it in the end. */
  constructor(
    channel: AnsweringSocket,
    handler: DatagramHandler,
    options: ServeDatagramsOptions,
  ) {
    this.#channel = channel;
    this.#handler = handler;
    this.#options = options;
    this.#fragments = options.fragments ? new FragmentedMessages(options.fragments) : null;
    this.#guard = new AnswerGuard(channel.local, options);
    this.#finished = this.#run();
  }

  /** Where it receives, with the real port. */
  get endpoint(): string {
    return this.#channel.endpoint;
  }

  /** Datagrams have no connections. */
  get connectionCount(): number {
    return 0;
  }

  /** Resolves when it was shut down. */
  get finished(): Promise<void> {
    return this.#finished;
  }

  /** Answers what it has in hand, and stops. Resolves to 0: there is nobody to be cut off. */
  async shutdown(): Promise<number> {
    this.#closing = true;
    await this.#channel.close();
    await this.#finished;
    return 0;
  }

  /** Shuts it down. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.shutdown();
  }

  async #run(): Promise<void> {
    while (!this.#closing) {
      try {
        const datagram = await this.#channel.receive();
        if (datagram === null) return;
        await this.#answer(datagram);
      } catch (error) {
        this.#report(error, null);
        if (error instanceof TruncatedDatagramError) continue;
        // Whatever it is, it must not keep the processor busy.
        await new Promise((resolve) => setTimeout(resolve, RETRY_MS));
      }
    }
  }

  /** Never rejects: whatever happens here is the matter of this datagram alone. */
  async #answer(datagram: Datagram): Promise<void> {
    const { from } = datagram;
    let why = this.#guard.refuse(datagram);
    try {
      const bytes = why === null ? this.#messageOf(datagram) : null;
      // What was put together has not been looked at as a whole.
      if (bytes !== null && this.#fragments !== null) why = this.#guard.refuseReturn(bytes, from);
      const answer = bytes !== null && why === null ? await this.#handler(bytes, from) : null;
      if (bytes !== null && answer !== null) {
        why = this.#guard.refuseAnswer({ bytes, from }, answer);
      }
      if (why !== null) this.#options.refused?.(why, datagram);
      else if (answer === null || this.#closing) return;
      else if (this.#fragments === null) await this.#channel.send(answer, from);
      else await this.#sendFragments(this.#fragments.cut(answer, datagram.bytes), from);
    } catch (error) {
      this.#report(error, datagram);
    }
  }

  /** The message that is whole with this datagram; null when there is none yet. */
  #messageOf({ bytes, from }: Datagram): Uint8Array | null {
    return this.#fragments === null ? bytes : this.#fragments.push(bytes, from);
  }

  async #sendFragments(datagrams: readonly Uint8Array[], to: DatagramAddress): Promise<void> {
    for (const datagram of datagrams) {
      if (this.#closing) return;
      await this.#channel.send(datagram, to);
    }
  }

  #report(error: unknown, datagram: Datagram | null): void {
    if (this.#options.error) this.#options.error(error, datagram);
    else console.error(`A datagram at ${this.endpoint} failed:`, error);
  }
}

/**
 * Receives datagrams and answers each with what `handler` makes of it, so that the server cannot be turned against
 * others: answers are never larger than what was asked (but to this machine), and there are none to itself, to its own
 * answers coming back, to ports of services that answer everything, or beyond a rate for each source.
 *
 * @example
 * ```ts
 * import { serveDatagrams } from "@nonstick/nonstick/server";
 *
 * await using server = await serveDatagrams((message) => message, { listen: "udp://127.0.0.1:0" });
 * console.log(server.endpoint); // udp://127.0.0.1:…
 * ```
 *
 * @throws {ListenError} if the place cannot be opened.
 */
export async function serveDatagrams(
  handler: DatagramHandler,
  options: ServeDatagramsOptions,
): Promise<DatagramServer> {
  const { listen, sendTimeoutMs = SEND_TIMEOUT_MS } = options;
  // Fragments are kept until their message is whole; all others are done with before the next one is taken.
  const reuseBuffer = options.fragments === undefined;
  if (typeof listen === "object" && "receive" in listen) {
    return new DatagramServer(listen, handler, options);
  }
  const place = typeof listen === "string" ? parseDatagramEndpoint(listen) : listen;
  const socket = place.scheme === "unixgram"
    ? await UnixgramSocket.open(place, sendTimeoutMs, options.fragments === undefined)
    : await openDatagrams(place, { reuseBuffer });
  return new DatagramServer(socket, handler, options);
}
