import { assertEquals } from "@std/assert";
import type { RunResult } from "./campaign/result.ts";
import { runConformance } from "./run_conformance.ts";
import { isInstalled } from "./testdata/targets/start_target.ts";
import { interpreterOf, TARGETS } from "./testdata/targets/targets.ts";
import { targetCommand } from "./testing.ts";

/** Every pair of cuts and the bursts take longest; one right target is put through them as well. */
const LONG = ["1.2", "2.2"];
const WHOLE = "correct.mjs";
/** Works 1 ms on every frame: its cases are played in part. */
const SLOW = "correct_slow.py";
/** Cases that a mistake must not be blamed in, because it has nothing to do with them. */
const UNTOUCHED: Readonly<Record<string, readonly string[]>> = {
  "drops_after_frame.mjs": ["1.1", "8.2", "8.3"],
  "one_frame_per_read.mjs": ["1.6", "3.3", "8.2"],
  "recv4_whole.py": ["2.1", "3.3", "8.1"],
  "empty_frame_lost.py": ["1.1", "2.1", "8.2"],
  "rst_crash.mjs": ["1.1", "8.2"],
  "partial_at_eof.mjs": ["1.1", "2.1"],
};

function run(file: string, cases: readonly string[], exclude: readonly string[] = []) {
  return runConformance("tcp://127.0.0.1:0", {
    framing: "u32be",
    expect: "echo",
    maxFrame: 65_536,
    spawn: targetCommand(file),
    timeoutMs: 500,
    shrinkMs: 500,
    budgetMs: file === SLOW ? 4000 : 60_000,
    cases,
    exclude,
  });
}

const wrong = ({ cases }: RunResult) =>
  cases.filter(({ verdict }) => verdict === "FAIL" || verdict === "INCONCLUSIVE")
    .map(({ id, cause, detail }) => `${id} ${cause}: ${detail}`);

for (const { file, cause, shownBy } of TARGETS) {
  const ready = await isInstalled(interpreterOf(file));
  if (!ready) console.error(`NOT TESTED: ${file}, because what runs it is not installed`);

  Deno.test({
    name: shownBy === null
      ? `${file} is right and passes`
      : `${file} is failed for its own reason: ${cause} in ${shownBy}`,
    ignore: !ready,
    async fn() {
      if (shownBy === null) {
        const result = await run(file, [], file === WHOLE ? [] : LONG);
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
