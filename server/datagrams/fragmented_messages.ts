import {
  FragmentAssembler,
  type FragmentAssemblerOptions,
  fragmentMessage,
} from "../../protocol/framing/mod.ts";
import { type DatagramAddress, datagramAddressText } from "../../protocol/transport/mod.ts";

/** Longest datagram of an answer, in bytes: it passes every IPv6 network whole (RFC 8200, 5). */
const MAX_DATAGRAM = 1232;

/** Messages of many peers in fragments: put together as they come, cut as they go. */
export class FragmentedMessages {
  readonly #assembler: FragmentAssembler;
  /** Begins anywhere in 2^64, so that a server that starts anew is not taken for its former self. */
  #nextId = crypto.getRandomValues(new BigUint64Array(1))[0] ?? 0n;

  /** Keeps unfinished messages within these bounds. */
  constructor(bounds: FragmentAssemblerOptions) {
    this.#assembler = new FragmentAssembler(bounds);
  }

  /**
   * The message that is whole with this fragment; null when there is none yet.
   *
   * @throws {FragmentError} if it cannot be used.
   */
  push(datagram: Uint8Array, from: DatagramAddress): Uint8Array | null {
    return this.#assembler.push(datagram, datagramAddressText(from));
  }

  /**
   * A message as datagrams.
   *
   * @throws {RangeError} if it needs more fragments than can be counted.
   */
  cut(message: Uint8Array): Uint8Array[] {
    const messageId = this.#nextId;
    this.#nextId = BigInt.asUintN(64, messageId + 1n);
    return fragmentMessage(message, { messageId, maxDatagram: MAX_DATAGRAM });
  }
}
