// What a decoder tells besides frames is judged as well: it must not depend on the chunks, and is what was declared.

import { assertEquals } from "@std/assert";
import { framing } from "../../protocol/framing/mod.ts";
import { judgePlay } from "../judge/judge_play.ts";
import { judgeTrial } from "../judge/judge_trial.ts";
import type { Play } from "../player/play.ts";
import type { DecoderTold } from "../player/target.ts";
import type { AtEofPolicy, Contract } from "../stimulus/contract.ts";
import { EXPECTATIONS } from "../stimulus/expectation.ts";
import { framePart, type Part, Stimulus } from "../stimulus/stimulus.ts";
import { deliver, type EndEvent } from "../strategy/delivery.ts";

const CONTRACT: Contract = { framing: framing("u8"), expectation: EXPECTATIONS.echo, maxFrame: 10 };
const GOOD = framePart(CONTRACT, Uint8Array.of(0x61));
const BAD: Part = { kind: "bad", wire: Uint8Array.of(200), what: "a claim over the limit" };
const TAIL: Part = { kind: "tail", wire: Uint8Array.of(5, 1) };

function played(
  stimulus: Stimulus,
  cuts: readonly number[],
  decoder: DecoderTold,
  end: EndEvent = "none",
): Play {
  return {
    delivery: deliver(stimulus, cuts, { end }),
    connection: 1,
    chunks: [],
    reads: [],
    answers: [Uint8Array.of(0x61)],
    lateAt: [],
    state: "ended",
    decoder,
    startedMs: 0,
    finishedMs: 1,
  };
}

Deno.test("code and offset of an error, and what was reported, do not depend on the chunks", () => {
  const stimulus = new Stimulus(CONTRACT, [GOOD, BAD]);
  const told: DecoderTold = { reports: ["one dropped"], error: "FRAME_TOO_LARGE at byte 2" };
  const control = played(stimulus, [], told);
  const cause = (decoder: DecoderTold) =>
    judgeTrial({ subject: played(stimulus, [1], decoder), control }, CONTRACT, false)?.cause;
  assertEquals(cause(told), undefined);
  assertEquals(cause({ ...told, error: "FRAME_TOO_LARGE at byte 1" }), "DESYNC");
  assertEquals(cause({ ...told, reports: [] }), "DESYNC");
});

Deno.test("an incomplete frame at the end is what was declared: an error, or dropped", () => {
  const stimulus = new Stimulus(CONTRACT, [GOOD, TAIL]);
  const cause = (atEof: AtEofPolicy, error?: string) => {
    const decoder = { reports: [], ...(error === undefined ? {} : { error }) };
    const play = played(stimulus, [], decoder, "fin");
    return judgePlay(play, { contract: { ...CONTRACT, atEof } })?.cause;
  };
  const error = "TRUNCATED_FRAME at byte 2";
  assertEquals([cause("any"), cause("any", error)], [undefined, undefined]);
  assertEquals([cause("error"), cause("error", error)], ["POLICY", undefined]);
  assertEquals([cause("drop"), cause("drop", error)], [undefined, "POLICY"]);
});
