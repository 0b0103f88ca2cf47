import { assertEquals, assertStringIncludes } from "@std/assert";
import { framing } from "../../protocol/framing/mod.ts";
import { badPart, reading } from "../stimulus/bad_part.ts";
import type { Contract } from "../stimulus/contract.ts";
import { EXPECTATIONS } from "../stimulus/expectation.ts";
import { framePart, type Part } from "../stimulus/stimulus.ts";
import { judgeRefusal } from "./judge_refusal.ts";

const contract: Contract = { framing: framing("u8"), expectation: EXPECTATIONS.upper };
const bytes = (text: string) => new TextEncoder().encode(text);
const frame = (text: string) => framePart(contract, bytes(text));

/** What is found: the cause, and the level if it is less than MUST. Answers are in upper case; `|` ends the connection. */
function found(
  parts: readonly Part[],
  came: string,
  more: Partial<Contract> & { skips?: boolean } = {},
): string {
  const { skips = more.overLimit === "skip", ...policies } = more;
  const words = came.replace("|", "").split(" ").filter((word) => word !== "");
  const finding = judgeRefusal({
    parts,
    came: words.map((word) => bytes(word === "_" ? "" : word)),
    open: !came.includes("|"),
    stream: bytes("everything"),
    contract: { ...contract, ...policies },
    skips,
  });
  return finding === null ? "right" : [finding.cause, finding.level ?? ""].join(" ").trim();
}

const BAD = badPart("!", "nonsense");
const TASTE = badPart("?", "an oddity", { readings: [reading("SHOULD", "odd")] });
const EITHER = badPart("?", "a choice", { readings: [reading("MAY", "x", "y")] });
const OVER = badPart("#", "too long", { payload: bytes("long"), skippable: true });
const A = frame("a"), B = frame("b");

Deno.test("to close, or to pass over and go on, is right", () => {
  assertEquals(found([BAD, A, B], "|"), "right");
  assertEquals(found([BAD, A, B], "A B"), "right");
  assertEquals(found([BAD, A, B], "A|"), "right");
  assertEquals(found([BAD, A, BAD, B], "A B"), "right");
});

Deno.test("what is no frame behind it is a phantom", () => {
  assertEquals(found([BAD, A, B], "B"), "PHANTOM");
  assertEquals(found([BAD, A], "A A"), "PHANTOM");
  assertEquals(found([BAD], "_|"), "PHANTOM");
  assertEquals(found([OVER, A], "LONG A"), "PHANTOM");
});

Deno.test("silence is a wait, unless it is allowed", () => {
  assertEquals(found([BAD, A], ""), "HANG");
  assertEquals(found([BAD], ""), "HANG");
  assertEquals(found([{ ...BAD, silence: "SHOULD" }, A], ""), "HANG SHOULD");
  assertEquals(found([{ ...BAD, silence: "MAY" }], ""), "right");
  assertEquals(found([OVER], "", { skips: true }), "right");
  assertEquals(found([OVER, A], "", { skips: true }), "HANG");
  // What it has shown before in the same stream needs no other proof.
  assertEquals(found([BAD, A, BAD], "A"), "right");
  assertEquals(found([BAD], "", { skips: true }), "HANG");
});

Deno.test("a reading costs what its level says, and the frames behind are due", () => {
  assertEquals(found([TASTE, A], "ODD A"), "PHANTOM SHOULD");
  assertEquals(found([TASTE, A], "ODD"), "HANG");
  assertEquals(found([TASTE, A], "ODD|"), "LOST");
  assertEquals(found([TASTE, A], "|"), "right");
  assertEquals(found([EITHER, A], "X Y A"), "right");
  assertEquals(found([EITHER], "X|"), "right");
  assertEquals(found([EITHER, A], "X A"), "PHANTOM");
});

Deno.test("of several explanations the cheapest decides", () => {
  const same = badPart("?", "an oddity", { readings: [reading("SHOULD", "a")] });
  // Read as `a` and then closed, or passed over and `a` answered: the second one is right.
  assertEquals(found([same, A], "A"), "right");
  assertEquals(found([same, A], "A A"), "PHANTOM SHOULD");
});

Deno.test("what should not be refused costs what it says", () => {
  const valid = badPart("?", "unusual", { readings: [reading("MAY", "u")], refusal: "SHOULD" });
  assertEquals(found([valid, A], "U A"), "right");
  assertEquals(found([valid, A], "|"), "LOST SHOULD");
  assertEquals(found([valid, A], "A"), "LOST SHOULD");
});

Deno.test("a declared policy decides about what is over the limit, and about nothing else", () => {
  assertEquals(found([OVER, A], "|", { overLimit: "close" }), "right");
  assertEquals(found([OVER, A], "A", { overLimit: "close" }), "POLICY");
  assertEquals(found([OVER], "", { overLimit: "close" }), "HANG");
  assertEquals(found([OVER, A], "A", { overLimit: "skip" }), "right");
  assertEquals(found([OVER, A], "|", { overLimit: "skip" }), "POLICY");
  assertEquals(found([OVER], "", { overLimit: "skip" }), "right");
  assertEquals(found([BAD, A], "|", { overLimit: "skip" }), "right");
  assertEquals(found([BAD, A], "A", { overLimit: "close" }), "right");
});

Deno.test("a finding says what was not refused", () => {
  const say = (came: string[]) =>
    judgeRefusal({
      parts: [OVER, A],
      came: came.map(bytes),
      open: true,
      stream: bytes("x"),
      contract,
      skips: false,
    })?.detail ?? "";
  assertStringIncludes(say(["LONG"]), "too long was answered");
  assertStringIncludes(say(["OTHER"]), "too long was followed by 5 bytes");
  assertStringIncludes(say([]), "too long was not refused");
});
