import { assert, assertEquals } from "@std/assert";
import { ProgressLine, progressText } from "./progress.ts";

Deno.test("the time left is that of the cases so far, and never more than the budget has", () => {
  const at = { cases: 40, budgetMs: 60_000, last: "1.2 x" };
  assertEquals(progressText({ ...at, done: 0, last: "", elapsedMs: 0 }), "0 of 40 cases, 0 s");
  assertEquals(
    progressText({ ...at, done: 10, elapsedMs: 5000 }),
    "10 of 40 cases, 5 s, about 15 s left, after 1.2 x",
  );
  assertEquals(
    progressText({ ...at, done: 10, elapsedMs: 50_000 }),
    "10 of 40 cases, 50 s, about 10 s left, after 1.2 x",
  );
  assertEquals(progressText({ ...at, done: 40, elapsedMs: 9000, last: "" }), "40 of 40 cases, 9 s");
  assert(progressText({ ...at, done: 1, elapsedMs: 1, last: "x".repeat(500) }).length < 80);
});

Deno.test("a progress line goes away when something else is written, and at the end", () => {
  let text = "";
  {
    using progress = new ProgressLine({
      cases: 2,
      budgetMs: 1000,
      write: (more) => text += more,
      now: () => 0,
    });
    progress.clear();
    assertEquals(text, "");
    progress.draw();
    progress.add({ id: "1.1", title: "cuts" });
    progress.clear();
    assert(text.endsWith("\r\x1b[K"));
    progress.draw();
  }
  assert(text.endsWith("\r\x1b[K"));
});
