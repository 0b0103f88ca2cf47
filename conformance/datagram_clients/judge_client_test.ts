import { assertEquals } from "@std/assert";
import { fragmentMessage } from "../../protocol/framing/mod.ts";
import type { DatagramFraming, Sent } from "../datagrams/volley.ts";
import { answered, deliveryOf, fromStranger, lost } from "./answer_script.ts";
import type { ClientControl, ClientPlay } from "./client_play.ts";
import { judgeClient } from "./judge_client.ts";

const text = (text: string) => new TextEncoder().encode(text);
const ENDED = { code: 0, signal: null };

/** A client that asks twice and prints both answers. */
const CONTROL: ClientControl = {
  asked: [text("first of two"), text("second of two")],
  answers: [text("FIRST OF TWO"), text("SECOND OF TWO")],
  output: outputOf("FIRST OF TWO\nSECOND OF TWO\n"),
  unanswered: text("no answer\n"),
  atOnce: 1,
  shows: true,
};
const [FIRST, SECOND] = [answered(text("FIRST OF TWO")), answered(text("SECOND OF TWO"))];

function outputOf(stdout: string, end: ClientPlay["output"]["end"] = ENDED) {
  return { stdout: text(stdout), length: stdout.length, end };
}

function played(
  asks: readonly (readonly Sent[])[],
  stdout: string,
  more: Partial<ClientPlay> & { framing?: DatagramFraming } = {},
): ClientPlay {
  return {
    delivery: deliveryOf({ asks, silent: false }, more.framing ?? "datagram"),
    connection: 1,
    chunks: [],
    reads: [],
    answers: [],
    lateAt: [],
    state: "open",
    startedMs: 0,
    finishedMs: 1,
    output: outputOf(stdout),
    redialled: false,
    asked: CONTROL.asked.map((bytes) => ({ atMs: 0, bytes })),
    over: "ended",
    pauseMs: 0,
    arrived: true,
    ...more,
  };
}

const WHOLE = "FIRST OF TWO\nSECOND OF TWO\n";

function causeOf(play: ClientPlay, control: Partial<ClientControl> = {}, maxFrame = 1000) {
  const finding = judgeClient(play, { ...CONTROL, ...control }, { framing: "datagram", maxFrame });
  return finding?.cause;
}

Deno.test("answered, a client does what it does in the control", () => {
  const asks = [FIRST, SECOND];
  assertEquals(causeOf(played(asks, WHOLE)), undefined);
  assertEquals(causeOf(played(asks, "FIRST OF TWO\n")), "LOST");
  assertEquals(causeOf(played(asks, "FIRST OF TWO\nSECOND O\n")), "CORRUPT");
  assertEquals(causeOf(played(asks, `${WHOLE}SECOND OF TWO\n`)), "DUPLICATED");
  assertEquals(
    causeOf(played([[...FIRST, ...FIRST], SECOND], `FIRST OF TWO\n${WHOLE}`)),
    "DUPLICATED",
  );
  const signal = { output: outputOf(WHOLE, { code: null, signal: "SIGSEGV" }) };
  assertEquals(causeOf(played(asks, "", signal)), "CRASH");
  const failed = { output: outputOf(WHOLE, { code: 1, signal: null }) };
  assertEquals(causeOf(played(asks, "", failed)), "CRASH");
  // What the system dropped is nobody's fault.
  assertEquals(causeOf(played(asks, "", { arrived: false })), undefined);
});

Deno.test("a client that had to ask again may say so, but not leave an answer out", () => {
  const asks = [lost(...FIRST.map(({ bytes }) => bytes)), FIRST, SECOND];
  const asked = [...CONTROL.asked, ...CONTROL.asked].map((bytes) => ({ atMs: 0, bytes }));
  assertEquals(causeOf(played(asks, `once more\n${WHOLE}`, { asked })), undefined);
  assertEquals(causeOf(played(asks, "once more\nFIRST OF TWO\n", { asked })), "LOST");
});

Deno.test("without its answers a client ends or asks again, and does not do as if", () => {
  const asks = [FIRST, lost(...SECOND.map(({ bytes }) => bytes))];
  const running = outputOf("FIRST OF TWO\n", undefined);
  assertEquals(causeOf(played(asks, "FIRST OF TWO\nno answer\n")), undefined);
  assertEquals(causeOf(played(asks, WHOLE)), "PHANTOM");
  // Where a wrong answer does not show, that nothing shows proves nothing.
  assertEquals(causeOf(played(asks, WHOLE), { shows: false }), undefined);
  assertEquals(
    causeOf(played(asks, "", { output: { ...running, end: undefined }, over: "silent" })),
    "HANG",
  );
  assertEquals(
    causeOf(played(asks, "", { output: { ...running, end: undefined }, over: "asking" })),
    undefined,
  );
});

Deno.test("an answer is taken whole or not at all, and only from where it was asked for", () => {
  const long = text("OF SOMETHING ELSE THAT IS LONG ENOUGH");
  const asks = [answered(long)];
  assertEquals(causeOf(played(asks, new TextDecoder().decode(long))), undefined);
  assertEquals(causeOf(played(asks, "not what was asked for")), undefined);
  assertEquals(causeOf(played(asks, "OF SOMETHING ELSE THAT IS")), "CORRUPT");
  const decoy = text("SVEFG BS GJB");
  const both = [[...fromStranger(decoy), ...FIRST], SECOND];
  assertEquals(causeOf(played(both, WHOLE)), undefined);
  assertEquals(causeOf(played(both, "SVEFG BS GJB\nSECOND OF TWO\n")), "PHANTOM");
});

Deno.test("what a client sends must not be over its limit, and be fragments where they are told", () => {
  assertEquals(causeOf(played([FIRST, SECOND], WHOLE), {}, 12), "CORRUPT");
  const undecodable = "an answer is no fragment: its header has 3 bytes";
  assertEquals(causeOf(played([FIRST, SECOND], WHOLE, { undecodable })), "CORRUPT");
});

Deno.test("parts of an answer that never came whole are not printed", () => {
  const [a, b, c] = fragmentMessage(text("abcdefghijklmnopqrstuvwx"), {
    messageId: 1n,
    maxDatagram: 24,
  });
  const control = {
    ...CONTROL,
    answers: [text("abcdefghijklmnopqrstuvwx")],
    output: outputOf("abcdefghijklmnopqrstuvwx\n"),
  };
  const parts = [a, b, c].flatMap((one) => one ?? []);
  const judge = (sent: readonly Uint8Array[], stdout: string) =>
    judgeClient(
      played([answered(...sent)], stdout, { framing: "fragment" }),
      control,
      { framing: "fragment" },
    )?.cause;
  const reversed = parts.toReversed(), holed = parts.toSpliced(1, 1);
  assertEquals(judge(reversed, "abcdefghijklmnopqrstuvwx\n"), undefined);
  assertEquals(judge(reversed, "qrstuvwxijklmnopabcdefgh\n"), "LOST");
  assertEquals(judge(holed, "no answer\n"), undefined);
  assertEquals(judge(holed, "abcdefghqrstuvwx\n"), "PHANTOM");
  assertEquals(judge(holed, "abcdefghijklmnopqrstuvwx\n"), "PHANTOM");
});
