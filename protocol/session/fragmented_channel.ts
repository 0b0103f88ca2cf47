import {
  FragmentAssembler,
  type FragmentAssemblerOptions,
  type FragmentCounts,
  FragmentError,
  fragmentMessage,
} from "../framing/mod.ts";
import {
  type Datagram,
  type DatagramAddress,
  datagramAddressText,
  type DatagramChannel,
  type ReceiveOptions,
  TruncatedDatagramError,
} from "../transport/mod.ts";

/** Settings of {@linkcode FragmentedChannel}. */
export interface FragmentedChannelOptions extends FragmentAssemblerOptions {
  /**
   * Longest datagram to send, in bytes, fragment header included. The default passes every IPv6 network whole
   * (RFC 8200, 5).
   *
   * @default {1232}
   */
  readonly maxDatagram?: number;
  /** Told of every datagram that came and could not be used; the error names the peer. */
  readonly onFault?: (error: FragmentError | TruncatedDatagramError) => void;
}

/**
 * Messages of any length over datagrams: cut into fragments, put together again. A message arrives whole, once, or not
 * at all; nothing is sent a second time, and messages may overtake each other. Who needs all of them, or in order,
 * takes TCP or QUIC.
 *
 * @example
 * ```ts
 * import { FragmentedChannel } from "@nonstick/nonstick";
 * import { openDatagrams } from "@nonstick/nonstick/transport";
 *
 * await using here = new FragmentedChannel(await openDatagrams("udp://127.0.0.1:0"));
 * await using there = new FragmentedChannel(await openDatagrams("udp://127.0.0.1:0"));
 * await here.send(new Uint8Array(10_000), there.channel.local);
 * const message = await there.receive();
 * console.log(message?.bytes.length); // 10000
 * ```
 */
export class FragmentedChannel implements AsyncDisposable, AsyncIterable<Datagram> {
  /** What the fragments go over. */
  readonly channel: DatagramChannel;
  readonly #assembler: FragmentAssembler;
  readonly #maxDatagram: number;
  readonly #onFault: (error: FragmentError | TruncatedDatagramError) => void;
  /** Begins anywhere in 2^64, so that a sender that starts anew is not taken for its former self. */
  #nextId: bigint;

  /** Takes over `channel`, and closes it when it is closed. */
  constructor(channel: DatagramChannel, options: FragmentedChannelOptions = {}) {
    this.channel = channel;
    this.#assembler = new FragmentAssembler(options);
    this.#maxDatagram = Math.min(options.maxDatagram ?? 1232, channel.maxPayload);
    this.#onFault = options.onFault ?? (() => {});
    this.#nextId = crypto.getRandomValues(new BigUint64Array(1))[0] ?? 0n;
  }

  /** What has become of the fragments so far. */
  get counts(): FragmentCounts {
    return this.#assembler.counts;
  }

  /**
   * Sends one message. The fragments go out back to back: what a receive buffer of the system cannot hold is lost, so
   * beyond some 100 KB at once a stream serves better.
   *
   * @throws {RangeError} if it needs more than 65,535 fragments.
   * @throws {DatagramError} if it cannot be sent there.
   */
  async send(message: Uint8Array, to: DatagramAddress | string): Promise<void> {
    const messageId = this.#nextId;
    this.#nextId = BigInt.asUintN(64, this.#nextId + 1n);
    for (
      const datagram of fragmentMessage(message, { messageId, maxDatagram: this.#maxDatagram })
    ) {
      await this.channel.send(datagram, to);
    }
  }

  /** Waits for the next whole message; null once the channel is closed. One caller at a time. */
  async receive(options: ReceiveOptions = {}): Promise<Datagram | null> {
    for (;;) {
      try {
        const datagram = await this.channel.receive(options);
        if (datagram === null) return null;
        const { bytes, from } = datagram;
        const message = this.#assembler.push(bytes, datagramAddressText(from));
        if (message !== null) return { bytes: message, from };
      } catch (error) {
        if (!(error instanceof FragmentError || error instanceof TruncatedDatagramError)) {
          throw error;
        }
        this.#onFault(error);
      }
    }
  }

  /** Ends it and the channel below. */
  close(): Promise<void> {
    return this.channel.close();
  }

  /** Ends it and the channel below. */
  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  /** All messages until the channel is closed. */
  async *[Symbol.asyncIterator](): AsyncGenerator<Datagram, void> {
    for (let next = await this.receive(); next !== null; next = await this.receive()) yield next;
  }
}
