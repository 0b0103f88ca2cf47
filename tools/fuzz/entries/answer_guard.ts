import { isOnThisMachine } from "../../../protocol/transport/mod.ts";
import { AnswerGuard, ANSWERING_PORTS } from "../../../server/datagrams/answer_guard.ts";
import { SERVICES } from "../../../server/services/mod.ts";
import { type Entry, must } from "../entry.ts";
import { InputReader } from "../input_reader.ts";
import { randomBytes } from "../mutate.ts";

const HOSTS = ["192.0.2.1", "127.0.0.1", "::1", "2001:db8::1", "127.9.9.9", "0.0.0.0", ""];

// | service | host | port | datagram … |

/** Who is answered in datagrams, and with how much. */
export const ANSWER_GUARD: Entry = {
  name: "answer-guard",
  about:
    "no stranger is answered with more than it asked, and no port that answers by itself at all",
  words: ["Hello, x!", "hello, ", "\u0000\u0000\u0000\u0000\u0000\u0000\u0000\u0000\u0000\u0000"],
  valid: (random) => randomBytes(random, 4 + random.below(30)),
  open() {
    let nowMs = 0;
    const guard = new AnswerGuard({ scheme: "udp", hostname: "127.0.0.1", port: 7000 }, {
      now: () => nowMs,
    });
    return {
      run(input) {
        const reader = new InputReader(input);
        const service = reader.pick(SERVICES), hostname = reader.pick(HOSTS);
        const port = reader.byte() << 8 | reader.byte();
        const bytes = reader.rest().slice();
        nowMs++;
        const from = { scheme: "udp", hostname, port } as const;
        if (guard.refuse({ bytes, from }) !== null) return;
        must(!ANSWERING_PORTS.has(port) && port !== 7000, () => `port ${port} is not answered`);
        const answer = service.datagramReply ? service.datagramReply(bytes) : bytes;
        if (answer === null || guard.refuseAnswer({ bytes, from }, answer) !== null) return;
        must(
          answer.length <= bytes.length || isOnThisMachine(from),
          "an answer is no larger than what was asked",
        );
      },
    };
  },
};
