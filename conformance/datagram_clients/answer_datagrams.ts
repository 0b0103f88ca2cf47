import { FRAGMENT_HEADER_LENGTH, fragmentMessage } from "../../protocol/framing/mod.ts";
import type { DatagramFraming } from "../datagrams/volley.ts";

/** An answer as datagrams: one, or `count` fragments, or as many as it has bytes for. */
export function answerDatagrams(
  answer: Uint8Array,
  { framing, count, messageId }: {
    readonly framing: DatagramFraming;
    readonly count: number;
    /** Its lowest bit is dropped: with the highest bit set, ids are those of answers that no script has. */
    readonly messageId: bigint;
  },
): Uint8Array[] {
  if (framing === "datagram") return [answer];
  const size = Math.max(1, Math.ceil(answer.length / count));
  return fragmentMessage(answer, {
    messageId: messageId >> 1n,
    maxDatagram: FRAGMENT_HEADER_LENGTH + size,
  });
}

/** Letters in the alphabet, and how far each is moved. */
const LETTERS = 26, MOVED = 13;
const SMALL_A = 0x61, CASE_BIT = 0x20;

/** An answer of the same length with another byte at each place; letters stay letters. */
export function otherAnswer(answer: Uint8Array): Uint8Array {
  return answer.map((byte) => {
    const place = (byte | CASE_BIT) - SMALL_A;
    if (byte < 0x40 || place < 0 || place >= LETTERS) return byte ^ 1;
    return byte - place + (place + MOVED) % LETTERS;
  });
}
