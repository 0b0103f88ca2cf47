import { assertEquals } from "@std/assert";
import type { RunResult } from "./campaign/result.ts";
import { runConformance } from "./run_conformance.ts";
import { isInstalled } from "./testdata/targets/start_target.ts";
import { type Habit, interpreterOf, TARGETS } from "./testdata/targets/targets.ts";
import { targetCommand, UNHURRIED } from "./testing.ts";

/** The right target that is put through the whole book. */
const WHOLE = "correct.mjs";
/** Works 1 ms on every frame: its cases are played in part. */
const SLOW = "correct_slow.py";
/** What other right targets are put through here: what they could be blamed for. `deno task rivals blames` does the rest. */
const TOUCHY = ["1.4", "1.7", "2.1", "2.6", "3.3", "3.9", "8.1", "8.3", "8.8", "9.6"];
/** Cases that a mistake must not be blamed in, because it has nothing to do with them. */
const UNTOUCHED: Readonly<Record<string, readonly string[]>> = {
  "drops_after_frame.mjs": ["1.1", "8.2", "8.3"],
  "one_frame_per_read.mjs": ["1.6", "3.3", "8.2"],
  "recv4_whole.py": ["2.1", "3.3", "8.1"],
  "empty_frame_lost.py": ["1.1", "2.1", "8.2"],
  "rst_crash.mjs": ["1.1", "8.2"],
  "partial_at_eof.mjs": ["1.1", "2.1"],
};

function run(
  file: string,
  cases: readonly string[],
  habit?: Habit,
  budgetMs: number = UNHURRIED.budgetMs,
) {
  return runConformance("tcp://127.0.0.1:0", {
    framing: "u32be",
    expect: "echo",
    maxFrame: 65_536,
    spawn: targetCommand(file, habit),
    // What is named first depends on the frames: an empty one in two pieces comes back as two, PHANTOM and not CORRUPT.
    seed: 1,
    timeoutMs: 500,
    shrinkMs: 500,
    startTimeoutMs: UNHURRIED.startTimeoutMs,
    budgetMs,
    cases,
  });
}

const wrong = ({ cases }: RunResult) =>
  cases.filter(({ verdict }) => verdict === "FAIL" || verdict === "INCONCLUSIVE")
    .map(({ id, cause, detail }) => `${id} ${cause}: ${detail}`);

for (const { file, habit, cause, shownBy } of TARGETS) {
  const ready = await isInstalled(interpreterOf(file));
  if (!ready) console.error(`NOT TESTED: ${file}, because what runs it is not installed`);

  Deno.test({
    name: shownBy === null
      ? `${[file, habit ?? []].flat().join(" ")} is right and passes`
      : `${file} is failed for its own reason: ${cause} in ${shownBy}`,
    ignore: !ready,
    async fn() {
      if (shownBy === null) {
        // What is played in part is blamed for nothing, either.
        const budgetMs = file === SLOW ? 4000 : 60_000;
        const result = await run(file, file === WHOLE ? [] : TOUCHY, habit, budgetMs);
        assertEquals(wrong(result), []);
        assertEquals([result.verdict, result.exitCode], ["PASS", 0]);
        return;
      }
      const untouched = UNTOUCHED[file] ?? [];
      const result = await run(file, [shownBy, ...untouched]);
      assertEquals([result.verdict, result.exitCode], ["FAIL", 1]);
      const found = (id: string) => result.cases.find((one) => one.id === id);
      // Memory is measured where the system tells it; elsewhere the same mistake is a wait without end.
      const told = cause === "LEAK" && Deno.build.os !== "linux" ? "HANG" : cause;
      assertEquals([found(shownBy)?.verdict, found(shownBy)?.cause], ["FAIL", told]);
      assertEquals(
        untouched.map((id) => [id, found(id)?.verdict]),
        untouched.map((id) => [id, "PASS"]),
      );
    },
  });
}
