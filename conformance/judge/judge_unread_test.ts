import { assertEquals, assertStringIncludes } from "@std/assert";
import { describeUnread, judgeUnread } from "./judge_unread.ts";

const MEBIBYTE = 1024 * 1024;
const pressed = (how: "stopped" | "closed" | "all" | "time", taken: number) => ({
  how,
  taken: taken * MEBIBYTE,
  ms: 1,
});

Deno.test("stopping and closing are right, keeping all is a leak, dropping answers loses them", () => {
  const cause = (...[how, taken, kept]: ["stopped" | "closed" | "all" | "time", number, number]) =>
    judgeUnread({ pressed: pressed(how, taken), kept: kept * MEBIBYTE, growth: undefined })?.cause;
  assertEquals(cause("stopped", 10, 0), undefined);
  assertEquals(cause("closed", 40, 0), undefined);
  assertEquals(cause("all", 64, 30), "LEAK");
  assertEquals(cause("time", 30, 30), "LEAK");
  assertEquals(cause("all", 64, 4), "LOST");
  assertEquals(cause("time", 10, 0), undefined); // the kernels may hold that
});

Deno.test("what was seen is told in words", () => {
  const seen = { pressed: pressed("stopped", 4), kept: 0, growth: MEBIBYTE };
  assertEquals(
    describeUnread(seen),
    "it stopped reading after 4.0 MiB with none of its answers read; its memory grew by 1.0 MiB",
  );
  assertStringIncludes(describeUnread({ ...seen, pressed: pressed("closed", 4) }), "closed");
});
