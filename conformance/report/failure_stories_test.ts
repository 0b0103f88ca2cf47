import { assert, assertEquals } from "@std/assert";
import { runConformance } from "../run_conformance.ts";
import { targetCommand, UNHURRIED } from "../testing.ts";
import { FailureStories } from "./failure_stories.ts";
import { picture } from "./picture.ts";

Deno.test("what confirmed a failure is kept, and drawn with its times", async () => {
  const stories = new FailureStories();
  let lines = 0;
  const { cases } = await runConformance("tcp://127.0.0.1:0", {
    ...UNHURRIED,
    framing: "u32be",
    expect: "echo",
    spawn: targetCommand("recv4_whole.py"),
    cases: ["1.1"],
    seed: 1,
    onHistory(line) {
      lines++;
      stories.add(line);
    },
    historyOf: "trials",
  });
  const failed = cases.find(({ id }) => id === "1.1");
  assert(failed?.counterexample !== undefined);
  const story = stories.stories()(failed);
  assertEquals(story?.[0]?.chunks.map(({ end }) => end), [
    ...failed.counterexample.cuts,
    failed.counterexample.stream.length / 2,
  ]);
  const drawn = picture(failed.counterexample, story).join("\n");
  assert(/ms -> \d+ bytes?, edge proven/.test(drawn), drawn);
  assert(lines < 1000, `${lines} lines: packed plays are written, too`);
});
