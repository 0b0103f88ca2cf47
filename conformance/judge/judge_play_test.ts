import { assertEquals, assertStringIncludes } from "@std/assert";
import { framing } from "../../protocol/framing/mod.ts";
import type { Play } from "../player/play.ts";
import type { Contract } from "../stimulus/contract.ts";
import { EXPECTATIONS } from "../stimulus/expectation.ts";
import { framePart, type Part, Stimulus } from "../stimulus/stimulus.ts";
import { deliver, type EndEvent } from "../strategy/delivery.ts";
import { judgePlay, showsSkip } from "./judge_play.ts";
import { judgeTrial } from "./judge_trial.ts";

const contract: Contract = { framing: framing("u8"), expectation: EXPECTATIONS.echo, maxFrame: 9 };
const bytes = (text: string) => new TextEncoder().encode(text);
const bad: Part = {
  kind: "bad",
  wire: Uint8Array.of(99),
  what: "a claim of 99 bytes",
  skippable: true,
};
const tail: Part = { kind: "tail", wire: Uint8Array.of(5) };

/** A play of these parts (text: a frame) that got these answers. */
function played(
  parts: readonly (string | Part)[],
  answers: readonly string[],
  more: Partial<Play> & { end?: EndEvent; waits?: readonly number[] } = {},
): Play {
  const { end = "none", waits = [], ...rest } = more;
  const stimulus = new Stimulus(
    contract,
    parts.map((part) => typeof part === "string" ? framePart(contract, bytes(part)) : part),
  );
  return {
    delivery: deliver(stimulus, [], { end, waits }),
    connection: 1,
    chunks: [{ end: stimulus.bytes.length, writtenMs: 0, edge: "unneeded" }],
    reads: [],
    answers: answers.map(bytes),
    lateAt: [],
    state: "open",
    startedMs: 0,
    finishedMs: 1,
    ...rest,
  };
}

function causeOf(play: Play, probe?: Play, skips = false): string | null {
  return judgePlay(play, { contract, skips, ...(probe ? { probe } : {}) })?.cause ?? null;
}

const probe = (...answers: string[]) => played(["probe"], answers);

Deno.test("a frame is answered, in order, and nothing else comes", () => {
  assertEquals(causeOf(played(["a", "b"], ["a", "b"])), null);
  assertEquals(causeOf(played(["a", "b"], ["a", "c"])), "CORRUPT");
  assertEquals(causeOf(played(["a"], ["a", "a"])), "DUPLICATED");
});

Deno.test("what is missing is told apart by what comes when one more frame is sent", () => {
  const half = played(["a", "b"], ["a"]);
  assertEquals(causeOf(half, probe()), "HANG");
  assertEquals(causeOf(half, probe("b")), "LATE");
  assertEquals(causeOf(half, probe("b", "probe")), "LATE");
  assertEquals(causeOf(half, probe("probe")), "LOST");
  assertEquals(causeOf(half, probe("xyz")), "DESYNC");
});

Deno.test("silence, a closed connection and a reader that stopped are never right", () => {
  assertEquals(causeOf(played(["a"], [])), "HANG");
  assertEquals(causeOf(played(["a"], [], { state: "ended" })), "LOST");
  assertEquals(causeOf(played(["a"], [], { state: "reset" })), "LOST");
  assertEquals(causeOf(played(["a"], [], { state: "refused" })), "CRASH");
  const stopped = played(["a"], [], { chunks: [{ end: 1, writtenMs: 0, edge: "timeout" }] });
  assertEquals(causeOf(stopped), "HANG");
  assertStringIncludes(judgePlay(stopped, { contract })?.detail ?? "", "stopped reading");
});

Deno.test("an answer that was due earlier is late, though it came", () => {
  assertEquals(causeOf(played(["a", "b"], ["a", "b"], { lateAt: [2] })), "LATE");
});

Deno.test("a target may close after its answers, and need not", () => {
  for (const state of ["open", "ended", "reset"] as const) {
    assertEquals(causeOf(played(["a"], ["a"], { state, end: "fin" })), null);
  }
});

Deno.test("what is incomplete must not be answered", () => {
  assertEquals(causeOf(played(["a", tail], ["a"], { end: "fin", state: "ended" })), null);
  assertEquals(causeOf(played(["a", tail], ["a", "x"], { end: "fin" })), "PHANTOM");
  const raw = { end: "fin", undecodable: "Stream ended inside a frame" } as const;
  assertEquals(causeOf(played([tail], [], raw)), "PHANTOM");
});

Deno.test("a bad frame is refused by closing, or by skipping exactly it", () => {
  const parts = ["a", bad, "b"];
  assertEquals(causeOf(played(parts, ["a"], { state: "ended" })), null);
  assertEquals(causeOf(played(parts, ["a", "b"])), null);
  assertEquals(causeOf(played(parts, [], { state: "ended" })), "LOST");
  assertEquals(causeOf(played(parts, ["a"])), "HANG");
  assertEquals(causeOf(played(parts, ["a", ""])), "PHANTOM");
  assertEquals(causeOf(played(parts, ["a", "b", "b"])), "PHANTOM");
});

Deno.test("silence about a bad header is the wait for its body, unless the target skips", () => {
  assertEquals(causeOf(played(["a", bad], ["a"])), "HANG");
  assertEquals(causeOf(played(["a", bad], ["a"]), undefined, true), null);
  assertEquals(showsSkip(played([bad, "b"], ["b"]), contract), true);
  assertEquals(showsSkip(played([bad, "b"], ["x"]), contract), false);
  assertEquals(showsSkip(played([bad, "b"], [], { state: "ended" }), contract), false);
});

Deno.test("memory that grows with a claim is a leak, whatever else is right", () => {
  const refused = played([bad], [], { state: "ended", memoryGrowth: 100 * 2 ** 20 });
  assertEquals(causeOf(refused), "LEAK");
  assertEquals(causeOf(played([bad], [], { state: "ended", memoryGrowth: 2 ** 20 })), null);
});

Deno.test("behind RST only what was awaited is required", () => {
  assertEquals(causeOf(played(["a"], [], { end: "reset", state: "reset" })), null);
  assertEquals(causeOf(played(["a"], [], { end: "reset", state: "reset", waits: [2] })), "LOST");
});

Deno.test("without known answers only going away is a failure", () => {
  const none: Contract = { ...contract, expectation: EXPECTATIONS.none };
  const cause = (play: Play) => judgePlay(play, { contract: none })?.cause ?? null;
  assertEquals(cause(played(["a"], [])), null);
  assertEquals(cause(played(["a"], ["anything"])), null);
  assertEquals(cause(played(["a"], [], { state: "ended" })), "LOST");
  assertEquals(cause(played([bad], [], { state: "ended" })), null);
});

Deno.test("a greeting has to be the right one", () => {
  const hello: Contract = { framing: framing("u8"), expectation: EXPECTATIONS.hello };
  const cause = (...greeted: string[]) => {
    const stimulus = new Stimulus(hello, [framePart(hello, bytes("Eve"))]);
    const play = played([], ["Hello, Eve!"], { greeted: greeted.map(bytes) });
    return judgePlay({ ...play, delivery: deliver(stimulus) }, { contract: hello })?.cause ?? null;
  };
  assertEquals([cause("Welcome!"), cause(), cause("Go away")], [null, "LOST", "PHANTOM"]);
});

Deno.test("a trial is right when what it leaves behind is, too", () => {
  const subject = played(["a"], ["a"]);
  const cause = (more: Partial<Parameters<typeof judgeTrial>[0]>) =>
    judgeTrial({ subject, ...more }, contract, false)?.cause ?? null;
  assertEquals(cause({ probe: probe("probe") }), null);
  assertEquals(cause({ probe: probe("a", "probe") }), "DUPLICATED");
  assertEquals(cause({ probe: probe("xyz", "probe") }), "PHANTOM");
  assertEquals(cause({ followUp: probe("probe") }), null);
  assertEquals(cause({ followUp: probe("xyz") }), "DESYNC");
  assertEquals(cause({ followUp: played(["probe"], [], { state: "refused" }) }), "CRASH");
  assertEquals(cause({ ended: { code: 1, signal: null } }), "CRASH");
});

Deno.test("behind FIN answers are due, unless it is declared that they may be dropped", () => {
  const cause = (halfClose: Contract["halfClose"], answers: string[], waits: number[] = []) => {
    const declared = halfClose === undefined ? contract : { ...contract, halfClose };
    const play = played(["a", "b"], answers, { end: "fin", state: "ended", waits });
    return judgePlay(play, { contract: declared })?.cause ?? null;
  };
  assertEquals(cause(undefined, ["a"]), "LOST");
  assertEquals(cause("reply", []), "LOST");
  for (const policy of ["drop", "any"] as const) {
    assertEquals(cause(policy, []), null);
    assertEquals(cause(policy, ["a"]), null);
    assertEquals(cause(policy, ["b"]), "LOST", "what comes must be right");
    assertEquals(cause(policy, [], [2]), "LOST", "what was awaited before FIN is due");
  }
});

Deno.test("what becomes of the connection behind an incomplete frame is judged as declared", () => {
  const cause = (atEof: Contract["atEof"], state: Play["state"], answers = ["a"]) => {
    const declared = atEof === undefined ? contract : { ...contract, atEof };
    const play = played(["a", tail], answers, { end: "fin", state });
    return judgePlay(play, { contract: declared })?.cause ?? null;
  };
  const states = ["open", "ended", "reset"] as const;
  assertEquals(states.map((state) => cause(undefined, state)), [null, null, null]);
  assertEquals(states.map((state) => cause("any", state)), [null, null, null]);
  assertEquals(states.map((state) => cause("drop", state)), [null, null, "POLICY"]);
  assertEquals(states.map((state) => cause("error", state)), ["POLICY", null, null]);
  for (const atEof of ["any", "drop", "error"] as const) {
    assertEquals(cause(atEof, "ended", ["a", "x"]), "PHANTOM");
  }
  const whole = played(["a"], ["a"], { end: "fin" });
  assertEquals(judgePlay(whole, { contract: { ...contract, atEof: "error" } }), null);
});

Deno.test("behind bytes that must be refused nothing is late", () => {
  const play = played(["a", bad, "b"], ["a"], { state: "ended", lateAt: [102] });
  assertEquals(causeOf(play), null);
});

Deno.test("what a target makes of bad bytes must not depend on how they are cut", () => {
  const cause = (control: Play | undefined, subject: Play) => {
    const trial = control === undefined ? { subject } : { subject, control };
    return judgeTrial(trial, contract, false)?.cause ?? null;
  };
  const refused = played(["a", bad, "b"], ["a"], { state: "ended" });
  const skipped = played(["a", bad, "b"], ["a", "b"]);
  assertEquals(cause(undefined, skipped), null);
  assertEquals(cause(skipped, skipped), null);
  assertEquals(cause(refused, refused), null);
  assertEquals(cause(skipped, refused), "DESYNC");
  assertEquals(cause(refused, skipped), "DESYNC");
  const wrong = played(["a", bad, "b"], ["a", "x"]);
  assertEquals(cause(wrong, skipped), null, "a control that was wrong itself shows nothing");
  assertEquals(cause(wrong, wrong), "PHANTOM");
});
