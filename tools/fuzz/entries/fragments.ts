import { concat } from "@std/bytes/concat";
import {
  FragmentAssembler,
  FragmentError,
  fragmentMessage,
  parseFragment,
} from "../../../protocol/framing/mod.ts";
import { attempt, type Entry, must } from "../entry.ts";
import { InputReader } from "../input_reader.ts";
import { randomBytes } from "../mutate.ts";

const PEERS = ["udp://192.0.2.1:1", "udp://192.0.2.2:1", "udp://192.0.2.3:1"];
const MAX_MESSAGE = 4096, MAX_MEMORY = 20_000, MAX_PER_PEER = 9000;

// | peer and time | length | datagram … |   again and again

/** Datagrams that are parts of longer messages. */
export const FRAGMENTS: Entry = {
  name: "fragments",
  about: "FragmentError alone; memory within its limits, messages within theirs",
  valid: (random) => {
    const messages = Array.from({ length: 1 + random.below(3) }, () => {
      const message = randomBytes(random, random.below(120));
      return fragmentMessage(message, {
        messageId: BigInt(random.below(3)),
        maxDatagram: 17 + random.below(60),
      });
    }).flat();
    if (random.below(2) === 0) messages.reverse();
    return concat(
      messages.map((one) => concat([Uint8Array.of(random.below(256), one.length), one])),
    );
  },
  open() {
    let nowMs = 0;
    const options = {
      maxMessageLength: MAX_MESSAGE,
      maxMemory: MAX_MEMORY,
      maxMemoryPerPeer: MAX_PER_PEER,
    };
    // One for the whole run: what strangers leave behind must not add up.
    const assembler = new FragmentAssembler({ ...options, expiryMs: 1000, now: () => nowMs });
    return {
      run(input) {
        for (const reader = new InputReader(input); reader.left > 0;) {
          const choice = reader.byte();
          const peer = PEERS[choice % PEERS.length] ?? "";
          nowMs += choice >> 3;
          const datagram = reader.bytes(reader.byte()).slice();
          const fragment = attempt(() => parseFragment(datagram, peer), FragmentError);
          must(
            fragment === undefined || fragment.index < fragment.count,
            "an index is one of the parts",
          );
          const message = attempt(() => assembler.push(datagram, peer), FragmentError);
          must((message ?? []).length <= MAX_MESSAGE, "a message is within the limit");
          must(assembler.memory <= MAX_MEMORY, () => `${assembler.memory} bytes are held`);
        }
      },
      close() {
        nowMs += 10_000;
        assembler.expire();
        must(
          assembler.memory === 0,
          () => `${assembler.memory} bytes are held when everything is too old`,
        );
      },
    };
  },
};
