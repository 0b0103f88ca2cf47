import type { Delivery } from "../strategy/delivery.ts";
import { type DatagramFraming, type Sent, sentOf, volley } from "./volley.ts";

/** What making a failure small needs. */
export interface Smaller {
  /** Whether there is time for another try. */
  hasTime(): boolean;
  /** Whether this fails in the same way. */
  stillFails(candidate: Delivery): Promise<boolean>;
}

/**
 * A volley that fails in the same way, and is smaller: fewer datagrams, then fewer peers and a simpler order, then, where
 * each datagram is a message, shorter ones.
 */
export async function smallerVolley(
  delivery: Delivery,
  framing: DatagramFraming,
  { hasTime, stillFails }: Smaller,
): Promise<Delivery> {
  // How time passes is the point of such a volley.
  if (delivery.pace !== undefined) return delivery;
  let best = delivery;
  const tries = async (sent: readonly Sent[]): Promise<boolean> => {
    if (!hasTime() || sent.length === 0) return false;
    const candidate = volley(sent, framing);
    if (!await stillFails(candidate)) return false;
    best = candidate;
    return true;
  };
  await fewer(() => sentOf(best), tries);
  const one = sentOf(best);
  if (one.some(({ socket }) => socket !== 0)) {
    await tries(one.map(({ bytes }) => ({ bytes, socket: 0 })));
  }
  for (let at = 1; at < sentOf(best).length; at++) {
    const now = sentOf(best);
    const [before, after] = [now[at - 1], now[at]];
    if (before === undefined || after === undefined || !isBefore(after, before)) continue;
    await tries([...now.slice(0, at - 1), after, before, ...now.slice(at + 1)]);
  }
  if (framing === "fragment") return best;
  for (let at = 0; at < sentOf(best).length; at++) {
    for (let share = 0; share < 1; share = (share + 1) / 2) {
      const now = sentOf(best);
      const datagram = now[at];
      if (datagram === undefined || !hasTime()) break;
      const { bytes, socket } = datagram;
      const length = Math.floor(bytes.length * share);
      if (length === bytes.length || bytes.length - length < 1) break;
      const shorter = { bytes: bytes.subarray(0, length), socket };
      if (await tries([...now.slice(0, at), shorter, ...now.slice(at + 1)])) share = 0;
      if (sentOf(best)[at]?.bytes.length === 0) break;
    }
  }
  return best;
}

/** Leaves datagrams out, halves first, then one by one. */
async function fewer(
  sent: () => readonly Sent[],
  tries: (sent: readonly Sent[]) => Promise<boolean>,
): Promise<void> {
  for (let size = Math.ceil(sent().length / 2); size >= 1; size = Math.floor(size / 2)) {
    for (let at = 0; at < sent().length;) {
      const now = sent();
      if (!await tries([...now.slice(0, at), ...now.slice(at + size)])) at += size;
    }
  }
}

/** Whether the bytes of one come before those of the other: the order in which messages number themselves. */
function isBefore(one: Sent, other: Sent): boolean {
  const length = Math.min(one.bytes.length, other.bytes.length);
  for (let i = 0; i < length; i++) {
    const difference = (one.bytes[i] ?? 0) - (other.bytes[i] ?? 0);
    if (difference !== 0) return difference < 0;
  }
  return one.bytes.length < other.bytes.length;
}
