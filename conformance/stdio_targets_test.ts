import { assertEquals } from "@std/assert";
import type { RunResult } from "./campaign/result.ts";
import { runConformance } from "./run_conformance.ts";
import { isInstalled } from "./testdata/targets/start_target.ts";
import { interpreterOf } from "./testdata/targets/targets.ts";
import { UNHURRIED } from "./testing.ts";

const PROVES = Deno.build.os === "linux";

/** Servers over stdin and stdout, with what each deserves. */
const SERVERS: readonly (readonly [file: string, cause: string | null, shownBy: string])[] = [
  ["echo.py", null, "1.1"],
  ["echo.mjs", null, "1.1"],
  ["one_read_body.py", "CORRUPT", "1.1"],
  ["message_per_chunk.mjs", "CORRUPT", "2.1"],
];

function run(file: string, cases: readonly string[]): Promise<RunResult> {
  const path = decodeURIComponent(new URL(`testdata/stdio/${file}`, import.meta.url).pathname);
  return runConformance("stdio:", {
    ...UNHURRIED,
    framing: "content-length",
    expect: "echo",
    maxFrame: 65_536,
    spawn: `${interpreterOf(file)} '${path}'`,
    seed: 1,
    shrinkMs: 500,
    cases,
  });
}

for (const [file, cause, shownBy] of SERVERS) {
  const ready = await isInstalled(interpreterOf(file));
  if (!ready) console.error(`NOT TESTED: ${file}, because what runs it is not installed`);
  Deno.test({
    name: cause === null
      ? `over stdio ${file} is right and passes`
      : `over stdio ${file} is failed for its own reason: ${cause} in ${shownBy}`,
    ignore: !ready,
    async fn() {
      if (cause !== null) {
        const { exitCode, cases } = await run(file, [shownBy]);
        const found = cases.find(({ id }) => id === shownBy);
        assertEquals([exitCode, found?.verdict, found?.cause], [1, "FAIL", cause]);
        return;
      }
      const { verdict, cases } = await run(file, ["1.1", "1.4", "2.1", "3.3", "8.1", "8.3", "8.4"]);
      const wrong = cases.filter(({ verdict }) => verdict === "FAIL" || verdict === "INCONCLUSIVE");
      assertEquals(wrong, []);
      const splits = cases.find(({ id }) => id === "1.1");
      assertEquals(splits?.edges, { proven: PROVES ? 299 : 0, requested: 299 });
      const reset = cases.find(({ id }) => id === "8.4");
      assertEquals([verdict, reset?.verdict], ["PASS", "UNSUPPORTED"]);
    },
  });
}
