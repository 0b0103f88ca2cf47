import type { Messages } from "./messages.ts";

/** What a header says; fields that are left out are as they should be. */
interface Claims {
  readonly index?: number;
  readonly count?: number;
  readonly length?: number;
}

/**
 * Messages with something wrong in their fragments: parts that are missing, overlap or leave a hole, totals that
 * contradict each other or themselves, indexes out of range, other bytes for a part that is there.
 */
export function faultyVolleys(messages: Pick<Messages, "fragments">): Uint8Array[][] {
  /** A message of three fragments, changed by `change`. */
  const with3 = (change: (parts: [Uint8Array, Uint8Array, Uint8Array]) => Uint8Array[]) => {
    const [a, b, c] = messages.fragments(3);
    if (a === undefined || b === undefined || c === undefined) return [];
    return change([a, b, c]);
  };
  return [
    // Missing: none of the others may be taken for all.
    with3(([, b, c]) => [b, c]),
    with3(([a, , c]) => [a, c]),
    with3(([a, b]) => [a, b]),
    with3(([a, b]) => [a, b, a]),
    with3(([a]) => [a, a, a]),
    with3(([, , c]) => [c, c, c]),
    // Overlapping the next one, leaving a hole, without any part.
    with3(([a, b, c]) => [a, longer(b, 1), c]),
    with3(([a, b, c]) => [longer(a, 8), b, c]),
    with3(([a, b, c]) => [a, b.subarray(0, -1), c]),
    with3(([a, b, c]) => [a, b, c.subarray(0, -8)]),
    with3(([a, b, c]) => [a, b, longer(c, 100)]),
    // Other totals than before.
    with3(([a, b, c]) => [a, b, claiming(c, { length: 23 })]),
    with3(([a, b, c]) => [a, claiming(b, { count: 4, length: 32 }), c]),
    with3(([a, b, c]) => [claiming(a, { count: 2, length: 16 }), b, c]),
    with3(([a, b]) => [a, claiming(b, { count: 2, length: 16 })]),
    // Totals that contradict themselves.
    with3(([a, b, c]) => [a, claiming(b, { count: 0 }), c]),
    with3(([a, b, c]) => [a, claiming(b, { length: 0 }), c]),
    with3(([a, b, c]) => [a, claiming(b, { count: 65_535 }), c]),
    with3(([a, b, c]) => [a, b, claiming(c, { length: 0xffff_ffff })]),
    // Out of range.
    with3(([a, b, c]) => [a, b, claiming(c, { index: 3 })]),
    with3(([a, b, c]) => [a, b, claiming(c, { index: 65_535 })]),
    with3(([a, b, c]) => [claiming(a, { index: 4 }), b, c]),
    // Other bytes for a part that is there.
    with3(([a, b, c]) => [a, b, otherBytes(b), c]),
    with3(([a, b, c]) => [a, otherBytes(a), b, c]),
    with3(([a, b, c]) => [c, b, otherBytes(c), otherBytes(b), a]),
  ];
}

function claiming(fragment: Uint8Array, { index, count, length }: Claims): Uint8Array {
  const changed = fragment.slice();
  const header = new DataView(changed.buffer);
  if (index !== undefined) header.setUint16(8, index);
  if (count !== undefined) header.setUint16(10, count);
  if (length !== undefined) header.setUint32(12, length);
  return changed;
}

function longer(fragment: Uint8Array, by: number): Uint8Array {
  const changed = new Uint8Array(fragment.length + by).fill(0x7a);
  changed.set(fragment);
  return changed;
}

function otherBytes(fragment: Uint8Array): Uint8Array {
  return fragment.map((byte, i) => i < 16 ? byte : 0x71);
}
