import { assertEquals } from "@std/assert";
import type { PipeState } from "./pipe.ts";
import { PipeObserver } from "./pipe_observer.ts";

function observe(...answers: (PipeState | undefined)[]): (string | undefined)[] {
  const all = [...answers];
  const look = new PipeObserver(() => all.shift()).begin();
  return answers.map(() => look());
}

Deno.test("an edge of a pipe is proven by an empty pipe, also when its reader is gone by then", () => {
  assertEquals(observe({ unread: 2, held: true }, { unread: 0, held: true }), [
    undefined,
    "proven",
  ]);
  assertEquals(observe({ unread: 0, held: false }), ["proven"]);
});

Deno.test("bytes that nobody can read any more have proven nothing", () => {
  assertEquals(observe({ unread: 2, held: true }, { unread: 1, held: false }), [undefined, "gone"]);
  assertEquals(observe(undefined), ["gone"]);
});
