import type { Messages } from "./messages.ts";
import type { Sent } from "./volley.ts";

/** Messages that are begun in one round, and bytes of the fragment with which each begins. */
export const UNFINISHED = 34_000;
const FRAGMENT_BYTES = 1000;

/** First fragments of messages that are never finished: more than anybody can keep. */
export function* unfinishedFragments(messages: Messages): Iterable<Sent> {
  const [first = new Uint8Array(0)] = messages.fragments(2, messages.atMost(FRAGMENT_BYTES));
  for (let i = 0; i < UNFINISHED; i++) {
    const bytes = first.slice();
    new DataView(bytes.buffer).setBigUint64(0, messages.id());
    yield { bytes, socket: 0 };
  }
}
