import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { runProgram as runInProcess } from "./program.ts";
import { echo, testServer } from "./testing.ts";
import { VERSION } from "../cli/version.ts";

/** Runs the program in this process; tells its exit code and what it wrote. */
async function run(...args: string[]): Promise<{ code: number; out: string; err: string }> {
  let out = "", err = "";
  const code = await runInProcess(args, (text) => out += `${text}\n`, (text) => err += `${text}\n`);
  return { code, out, err };
}

Deno.test("help has usage, options, exit codes and examples; the version is the package's", async () => {
  for (const args of [["--help"], ["-h"], ["run", "--help"], ["prove", "-h"], ["list", "--help"]]) {
    const { code, out, err } = await run(...args);
    assertEquals([code, err], [0, ""], args.join(" "));
    assertStringIncludes(out, "Usage: nonstick-conformance");
    assertStringIncludes(out, "Examples:");
  }
  assertStringIncludes((await run("run", "--help")).out, "Exit codes:");
  for (const args of [["--version"], ["run", "--version"]]) {
    assertEquals((await run(...args)).out, `nonstick-conformance ${VERSION}\n`);
  }
});

Deno.test("a wrong command line is exit code 2, with a cure on standard error only", async () => {
  const wrong: Record<string, string[]> = {
    "A command is missing": [],
    "did you mean prove?": ["prov"],
    "There is no option --frame": ["run", "tcp://127.0.0.1:1", "--frame", "u8"],
    "TARGET is missing": ["run", "--framing", "u8"],
    "--framing SPEC is missing": ["run", "tcp://127.0.0.1:1"],
    "it is not one of echo, upper": [
      "run",
      "tcp://127.0.0.1:1",
      "--framing",
      "u8",
      "--expect",
      "x",
    ],
    "two slashes are missing": ["run", "tcp:x", "--framing", "u8"],
    "is not a framing": ["run", "tcp://127.0.0.1:1", "--framing", "u7"],
    "No case matches": ["run", "tcp://127.0.0.1:1", "--framing", "u8", "--cases", "77.*"],
    "it is not bytes in hex": ["run", "tcp://127.0.0.1:1", "--framing", "u8", "--stream", "0"],
    "rising list of places": ["run", "tcp://127.0.0.1:1", "--framing", "u8", "--cuts", "5,2"],
    "Cannot read the file of --tls-ca": [
      "run",
      "tls://127.0.0.1:1",
      "--framing",
      "u8",
      "--tls-ca",
      "/no/such/file",
    ],
    "There is no case 1.99": ["explain", "1.99"],
    "CASE is missing": ["explain"],
    "No case matches 77": ["list", "77"],
    "SPEC is missing": ["prove"],
    "There is no check luck": ["prove", "u8", "--checks", "luck"],
  };
  for (const [message, args] of Object.entries(wrong)) {
    const { code, out, err } = await run(...args);
    assertEquals([code, out], [2, ""], `${args.join(" ")}: ${err}`);
    assertStringIncludes(err, message);
    assertStringIncludes(err, "--help");
  }
});

Deno.test("a target that is not there is exit code 4", async () => {
  const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const target = `tcp://127.0.0.1:${listener.addr.port}`;
  listener.close();
  const { code, out, err } = await run("run", target, "--framing", "u8");
  assertEquals([code, out], [4, ""]);
  assertStringIncludes(err, "The target is not there");
});

Deno.test("list and explain tell what the book says", async () => {
  const list = await run("list", "8.*");
  assertEquals(list.code, 0);
  assertStringIncludes(list.out, "8.2    MUST   FIN at every offset");
  const explain = await run("explain", "1.2");
  for (const text of ["1.2 every pair of cuts", "MUST: ", "Why: ", "Seen in: https://", "fix: "]) {
    assertStringIncludes(explain.out, text);
  }
  const json: { id: string } = JSON.parse((await run("explain", "1.2", "--json")).out);
  assertEquals(json.id, "1.2");
});

Deno.test("prove says k of K and exits with 0", async () => {
  const { code, out } = await run("prove", "u8", "slip", "--checks", "closure");
  assertEquals(code, 0);
  assertStringIncludes(out, "proved: 2 of 2 framings");
  const json = await run("prove", "u8", "--checks", "control", "--json");
  const record: { ok: boolean } = JSON.parse(json.out);
  assert(record.ok);
});

Deno.test("run prints seed, verdicts, certificate and the way back; with --json one object per line", async () => {
  await using server = await testServer("tcp://127.0.0.1:0", "u16be", echo);
  const folder = await Deno.makeTempDir();
  try {
    const args = [
      "run",
      server.endpoint,
      "--framing",
      "u16be",
      "--cases",
      "1.1,2.1",
      "--seed",
      "9",
    ];
    const human = await run(...args, "--out", folder);
    assertEquals([human.code, human.err], [0, ""]);
    assert(human.out.startsWith("seed 9\n"));
    assertStringIncludes(human.out, "all single cuts of 300 bytes");
    const again = `nonstick-conformance run ${server.endpoint} --framing u16be --seed 9`;
    assertStringIncludes(human.out, `again: ${again}`);
    const history = await Deno.readTextFile(`${folder}/history.jsonl`);
    assert(history.trimEnd().split("\n").every((line) => JSON.parse(line) !== null));

    const json = await run(...args, "--json");
    const types = json.out.trimEnd().split("\n").map((line) => {
      const { type }: { type: string } = JSON.parse(line);
      return type;
    });
    assertEquals([types[0], types.at(-1)], ["start", "result"]);
    assert(types.slice(1, -1).every((type) => type === "case"));
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});
