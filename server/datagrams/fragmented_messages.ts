import {
  FRAGMENT_HEADER_LENGTH,
  FragmentAssembler,
  type FragmentAssemblerOptions,
  fragmentMessage,
  parseFragment,
} from "../../protocol/framing/mod.ts";
import { type DatagramAddress, datagramAddressText } from "../../protocol/transport/mod.ts";

/** Longest datagram of an answer, in bytes, unless longer ones were sent: it passes every IPv6 network whole (RFC 8200, 5). */
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
   * An answer as datagrams: together no longer than those of the question that `asked` was the last one of, if the answer
   * is no longer than the question. Who sends long datagrams gets long ones, for each has a header of its own.
   */
  cut(answer: Uint8Array, asked: Uint8Array): Uint8Array[] {
    const messageId = this.#nextId;
    this.#nextId = BigInt.asUintN(64, messageId + 1n);
    const { length, count } = parseFragment(asked, "");
    const longest = FRAGMENT_HEADER_LENGTH + Math.ceil(length / count);
    return fragmentMessage(answer, { messageId, maxDatagram: Math.max(MAX_DATAGRAM, longest) });
  }
}
