import { assertEquals, assertStringIncludes } from "@std/assert";
import { adapterCommand } from "../decoder/testing.ts";
import { runProgram } from "../program.ts";
import { isInstalled } from "../testdata/targets/start_target.ts";

const HAS_PYTHON = await isInstalled("python3");
const OURS = adapterCommand("adapters/deno/adapter.ts");
const PYTHON = adapterCommand("adapters/python/adapter.py");

async function run(...args: string[]): Promise<{ code: number; out: string; errors: string }> {
  const out: string[] = [], errors: string[] = [];
  const code = await runProgram(
    ["decoder", ...args],
    (text) => out.push(text),
    (text) => errors.push(text),
  );
  return { code, out: out.join("\n"), errors: errors.join("\n") };
}

Deno.test("decoder runs the case book, and says how a failure is repeated", async () => {
  const bug = adapterCommand("testdata/adapters/holds_last_frame.ts");
  const { code, out } = await run("--spawn", bug, "--framing", "u8", "--cases", "1.1");
  assertEquals(code, 1);
  assertStringIncludes(out, "FAIL LATE 0.2");
  const replay = /replay: nonstick-conformance decoder (.*)/.exec(out)?.[1] ?? "";
  assertStringIncludes(replay, "--framing u8 --spawn");
  assertStringIncludes(replay, "--stream 00");
  const again = await run("--spawn", bug, "--framing", "u8", "--stream", "00");
  assertEquals(again.code, 1);
  assertStringIncludes(again.out, "FAIL LATE 0.2");
});

Deno.test({
  name: "several adapters and framings make a table, and encode for each other",
  ignore: !HAS_PYTHON,
  async fn() {
    const framings = ["--framing", "netstring", "--framing", "varint"];
    const { code, out } = await run(
      ...["--spawn", PYTHON, "--spawn", OURS, ...framings, "--cases", "1.4"],
    );
    assertEquals(code, 0);
    const lines = out.split("\n").slice(-9).map((line) => line.trim().split(/ {2,}/));
    assertEquals(lines, [
      ["netstring", "varint"],
      [PYTHON, "pass", "unsupported"],
      [OURS, "pass", "pass"],
      [""],
      ["netstring", "python encodes, python decodes", "15 of 15"],
      ["netstring", "python encodes, nonstick decodes", "15 of 15"],
      ["netstring", "nonstick encodes, python decodes", "15 of 15"],
      ["netstring", "nonstick encodes, nonstick decodes", "15 of 15"],
      ["varint", "nonstick encodes, nonstick decodes", "15 of 15"],
    ]);
  },
});

Deno.test("what decoder cannot do is told", async () => {
  assertStringIncludes((await run("--framing", "u8")).errors, "--spawn CMD is missing");
  assertStringIncludes((await run("--spawn", "x")).errors, "--framing SPEC is missing");
  const gone = await run("--spawn", "no-such-program-here", "--framing", "u8");
  assertEquals(gone.code, 4);
  const silent = await run("--spawn", `${Deno.execPath()} eval ''`, "--framing", "u8");
  assertEquals(silent.code, 4);
  assertStringIncludes(silent.errors, "did not keep the contract (docs/ADAPTER.md)");
  const unknown = await run("--spawn", OURS, "--framing", "u8", "--codec", "morse");
  assertEquals(unknown.code, 4);
  assertStringIncludes(unknown.errors, "has no codec morse");
});
