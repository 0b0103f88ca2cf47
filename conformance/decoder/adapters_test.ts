// The sample adapters pass, also when their own channel is cut in every way; the planted ones fail for their own reason.

import { assertEquals, assertStringIncludes } from "@std/assert";
import { hexBytes, hexText } from "../../protocol/framing/hex.ts";
import { framing } from "../../protocol/framing/mod.ts";
import { isInstalled } from "../testdata/targets/start_target.ts";
import type { CaseResult } from "../campaign/result.ts";
import { runConformance } from "../run_conformance.ts";
import { concat } from "@std/bytes/concat";
import { adapterCommand, runAdapter } from "./testing.ts";

const HAS_PYTHON = await isInstalled("python3"), HAS_NODE = await isInstalled("node");
const GO = await goAdapter();
if (!HAS_PYTHON) console.error("NOT TESTED: adapters in Python, which is not installed");
if (!HAS_NODE) console.error("NOT TESTED: adapters for Node, which is not installed");
if (GO === null) console.error("NOT TESTED: the adapter in Go, which is not installed");

/** Some of each section: all of them take ten seconds for each codec. */
const CASES = ["0.4", "1.1", "1.4", "1.9", "2.1", "2.7", "3.3", "3.7", "8.2", "8.4", "11.5"];

const SAMPLES: readonly (readonly [command: string, codecs: readonly string[], ready: boolean])[] =
  [
    [adapterCommand("adapters/python/adapter.py"), ["u32be", "line", "netstring"], HAS_PYTHON],
    [adapterCommand("adapters/node/adapter.mjs"), ["u32be", "line"], HAS_NODE],
    [adapterCommand("adapters/deno/adapter.ts"), ["varint", "content-length"], true],
    [GO?.command ?? "go", ["u16be"], GO !== null],
  ];

for (const [command, codecs, ready] of SAMPLES) {
  for (const codec of codecs) {
    Deno.test({
      name: `a sample adapter passes: ${command.split("/").at(-1)} ${codec}`,
      ignore: !ready,
      async fn() {
        const { cases, exitCode, edge } = await runAdapter(command, codec, CASES);
        const wrong = cases.filter(({ verdict }) =>
          verdict === "FAIL" || verdict === "INCONCLUSIVE"
        );
        assertEquals(wrong, []);
        assertEquals([exitCode, edge.method, of(cases, "0.4").verdict], [0, "exact", "PASS"]);
        assertEquals(of(cases, "1.1").edges, { proven: 299, requested: 299 });
        assertEquals(of(cases, "1.9").verdict, "PASS");
        assertEquals(of(cases, "8.4").verdict, "UNSUPPORTED");
      },
    });
  }
}

/** What is wrong with each planted adapter: the stream and cuts that show it, and what shows that cuts are to blame. */
const PLANTED = [
  ["netstring_digits.py", "netstring", HAS_PYTHON, "1.1", "313a612c", [1], "LOST"],
  // Bytes over 127 are what the control is for: from then on it gets none.
  ["text_chunks.mjs", "line", HAS_NODE, "0.3", "c3a40a", [1], "PHANTOM"],
] as const;

for (const [file, codec, ready, by, stream, cuts, cause] of PLANTED) {
  Deno.test({
    name: `a planted adapter fails for its own reason: ${file}`,
    ignore: !ready,
    async fn() {
      const command = adapterCommand(`testdata/adapters/${file}`);
      const { exitCode, cases } = await runAdapter(command, codec, ["1.1"]);
      assertEquals([exitCode, of(cases, by).cause !== undefined], [1, true]);
      const bytes = hexBytes(stream) ?? new Uint8Array(0);
      const uncut = await runAdapter(command, codec, [], { stream: { bytes } });
      assertEquals(of(uncut.cases, "stream").verdict, "PASS");
      const cut = await runAdapter(command, codec, [], { stream: { bytes, cuts } });
      const { verdict, counterexample, cause: why } = of(cut.cases, "stream");
      assertEquals([verdict, why], ["FAIL", cause]);
      // Half a character alone is wrong without a cut: that is smaller still.
      assertEquals(counterexample?.cuts, cause === "PHANTOM" ? [] : cuts);
    },
  });
}

Deno.test("a decoder that holds the last frame of a chunk back is late", async () => {
  const command = adapterCommand("testdata/adapters/holds_last_frame.ts");
  const { exitCode, cases } = await runAdapter(command, "u32be", ["1.1"]);
  const { cause, counterexample } = of(cases, "0.2");
  assertEquals([exitCode, cause], [1, "LATE"]);
  // It comes with the next frame, whatever that is: one frame shows it.
  assertEquals([counterexample?.cuts, counterexample?.frames.length], [[], 1]);
});

Deno.test("a frame that comes with the next one is late, though nothing is missing in the end", async () => {
  const command = adapterCommand("testdata/adapters/holds_last_frame.ts", "first");
  const { cases } = await runAdapter(command, "u8", ["1.1"], { shrinkMs: 0 });
  const { cause, detail } = of(cases, "0.2");
  assertEquals(cause, "LATE");
  assertStringIncludes(detail, "the answer due came only after more bytes");
});

/** What an adapter does when a chunk ends inside a line, and the verdict on it. */
const MISBEHAVIOURS = [
  ["crashes", "CRASH", "exit code 1"],
  ["hangs", "HANG", "unread"],
  ["prints", "CRASH", "not even a length"],
  ["not-hex", "CRASH", "not bytes in hex"],
] as const;

for (const [how, cause, detail] of MISBEHAVIOURS) {
  Deno.test({
    name: `an adapter that misbehaves gets a verdict, no fault of the harness: ${how}`,
    ignore: !HAS_PYTHON,
    async fn() {
      const command = adapterCommand("testdata/adapters/misbehaves.py", how);
      const bytes = new TextEncoder().encode("ab\n"), cuts = [1];
      const timeoutMs = how === "hangs" ? 500 : 20_000;
      const { exitCode, cases } = await runAdapter(command, "line", [], {
        stream: { bytes, cuts },
        timeoutMs,
      });
      const found = of(cases, "stream");
      assertEquals([exitCode, found.verdict, found.cause], [1, "FAIL", cause]);
      assertStringIncludes(found.detail, detail);
    },
  });
}

Deno.test({
  name: "an adapter that agrees to everything fails 0.4",
  ignore: !HAS_PYTHON,
  async fn() {
    const command = adapterCommand("testdata/adapters/misbehaves.py", "agrees");
    const { cases } = await runAdapter(command, "line", ["0.4"]);
    assertEquals([of(cases, "0.4").verdict, of(cases, "0.4").cause], ["FAIL", "PHANTOM"]);
  },
});

// Node starts a process for each connection too slowly to be worth it; its channel is like the others.
for (
  const [command, [codec = ""], ready] of SAMPLES.filter(([command]) => !command.startsWith("node"))
) {
  Deno.test({
    name: `the channel itself is cut in every way: ${command.split("/").at(-1)}`,
    ignore: !ready || Deno.build.os !== "linux",
    async fn() {
      const { cases, exitCode } = await runConformance("stdio:", {
        expect: "invariance",
        framing: "u32be",
        spawn: command,
        stream: { bytes: conversation(codec), waits: [] },
        cases: ["1.1", "1.4", "2.1"],
        seed: 1,
        timeoutMs: 20_000,
        budgetMs: 1000,
      });
      const wrong = cases.filter(({ verdict }) => verdict === "FAIL" || verdict === "INCONCLUSIVE");
      assertEquals([wrong, exitCode], [[], 0]);
    },
  });
}

/** The requests of a whole conversation, one behind the other. */
function conversation(codec: string): Uint8Array {
  const encoder = framing("u32be").createEncoder();
  const frame = framing(codec).createEncoder().encode(new TextEncoder().encode("hello"));
  const requests = [
    { do: "hello", version: 1 },
    { do: "open", decoder: 1, codec, maxFrame: 100 },
    { do: "push", decoder: 1, bytes: hexText(frame.subarray(0, 3)) },
    { do: "push", decoder: 1, bytes: hexText(frame.subarray(3)) },
    { do: "close", decoder: 1 },
    { do: "no such request" },
  ];
  return concat(
    requests.map((one) => encoder.encode(new TextEncoder().encode(JSON.stringify(one)))),
  );
}

function of(cases: readonly CaseResult[], id: string): CaseResult {
  const found = cases.find((one) => one.id === id);
  if (found === undefined) throw new Error(`case ${id} was not run`);
  return found;
}

/** Builds the adapter in Go; null where there is no Go. The directory is removed at the end of the tests. */
async function goAdapter(): Promise<{ readonly command: string } | null> {
  const source = decodeURIComponent(new URL("../adapters/go/main.go", import.meta.url).pathname);
  const directory = await Deno.makeTempDir({ prefix: "nonstick-adapter-" });
  globalThis.addEventListener("unload", () => Deno.removeSync(directory, { recursive: true }));
  const command = `${directory}/adapter`;
  try {
    const args = ["build", "-o", command, source];
    const { success } = await new Deno.Command("go", { args, stderr: "inherit" }).output();
    return success ? { command } : null;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return null;
    throw error;
  }
}
