import { assertEquals } from "@std/assert";
import { judgeRequests } from "./judge_requests.ts";

const text = (text: string) => new TextEncoder().encode(text);

/** What is sent, what should be, and the cause. */
const JUDGED: readonly (readonly [asked: string[], due: string[], cause: string | undefined])[] = [
  [["one", "two"], ["one", "two"], undefined],
  [[], [], undefined],
  [["", "two"], ["", "two"], undefined],
  [["onetwo"], ["one", "two"], "DESYNC"],
  [["one", "tw", "o"], ["one", "two"], "DESYNC"],
  [["one"], ["one", "two"], "LOST"],
  [["two"], ["", "two"], "LOST"],
  [["one", "two", "two"], ["one", "two"], "DUPLICATED"],
  [["one", "two", "six"], ["one", "two"], "PHANTOM"],
  [["one", "tw"], ["one", "two"], "CORRUPT"],
];

Deno.test("what a client sends is told from what it should send", () => {
  for (const [asked, due, cause] of JUDGED) {
    const found = judgeRequests(asked.map(text), due.map(text));
    assertEquals(found?.cause, cause, `${asked} for ${due}: ${found?.detail}`);
  }
});
