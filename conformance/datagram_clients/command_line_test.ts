import { assert, assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { commandWords } from "../../cli/command_words.ts";
import { projectPath } from "../../tools/project.ts";
import { runProgram } from "../program.ts";

/** Runs the program in this process; tells its exit code and what it wrote. */
async function run(...args: string[]): Promise<{ code: number; out: string; err: string }> {
  let out = "", err = "";
  const code = await runProgram(args, (text) => out += `${text}\n`, (text) => err += `${text}\n`);
  return { code, out, err };
}

const LISTEN = ["client", "--listen", "udp://127.0.0.1:0"];

Deno.test("the textbooks' client: it hangs without an answer, which is drawn, replayed and reported", async () => {
  const file = projectPath("conformance/testdata/datagrams/tutorial_client.py");
  const folder = await Deno.makeTempDir();
  try {
    const { code, out } = await run(
      ...LISTEN,
      ...["--expect", "upper", "--input", "68656c6c6f0a", "--cases", "12.4", "--seed", "1"],
      ...["--timeout", "0.5", "--spawn", `python3 '${file}' {host} {port}`, "--out", folder],
    );
    assertEquals(code, 1, out);
    assertMatch(out, /FAIL HANG 12\.4[^]*without an answer it waits for ever/);
    assertMatch(out, /-> 5 bytes, lost on the way/);
    const line = /^ *replay: (.*)$/m.exec(out)?.[1];
    assert(line !== undefined, out);
    assertMatch(line, /--stream 48454c4c4f( --end close)? --sockets 99/);
    const again = await run(...commandWords(line).slice(1));
    assertEquals(again.code, 1, again.out);
    assertMatch(again.out, /FAIL HANG stream/);
    const kept = await run("replay", `${folder}/failures/12.4.json`, "--timeout", "0.5");
    assertEquals([kept.code, kept.out.split("\n")[0]], [1, "12.4 HANG: still fails"], kept.err);
    const told = await run("replay", folder, "--case", "12.4", "--timeout", "0.5");
    assertEquals([told.code, told.out.split("\n")[0]], [1, "12.4 HANG: still fails"], told.err);
    const report = await run("report", folder);
    assertStringIncludes(report.out, "FAIL HANG 12.4 losses");
    for (const file of ["junit.xml", "report.tap", "report.sarif", "result.json"]) {
      assertStringIncludes(await Deno.readTextFile(`${folder}/${file}`), "12.4");
    }
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});

Deno.test("what does not fit a client of datagrams is refused with a reason", async () => {
  const reason = async (...args: string[]) => {
    const { code, err } = await run(...args);
    assertEquals(code, 2, err);
    return err;
  };
  assertStringIncludes(await reason(...LISTEN), "needs --spawn");
  assertStringIncludes(await reason(...LISTEN, "--framing", "line"), "frame already");
  assertStringIncludes(await reason(...LISTEN, "--expect", "none"), "--answer");
  assertStringIncludes(await reason(...LISTEN, "--cases", "5.*"), "12.1");
  assertStringIncludes(await reason(...LISTEN, "--input", "no such file"), "no file");
  assertStringIncludes(await reason("client", "--listen", "unixgram:///x"), "udp://");
});

Deno.test("a dry run plans datagrams, of servers and of clients", async () => {
  const server = await run("run", "udp://127.0.0.1:9", "--cases", "12.2,12.8", "--dry-run");
  assertEquals([server.code, server.err], [0, ""]);
  assertMatch(server.out, /12\.2 .* all orders of 1 to 6 datagrams, 720 of the last/);
  assertMatch(server.out, /12\.8 .* UNSUPPORTED: only where/);
  const client = await run(
    ...LISTEN,
    "--framing",
    "fragment",
    "--cases",
    "12.4,12.12",
    "--dry-run",
  );
  assertEquals([client.code, client.err], [0, ""]);
  assertMatch(client.out, /12\.12 .* all 128 flips/);
  assertMatch(client.out, /2 cases, 133 deliveries; nothing was played/);
  const json = await run(
    ...LISTEN,
    "--sends",
    "616263,64",
    "--cases",
    "12.4",
    "--dry-run",
    "--json",
  );
  assertEquals(JSON.parse(json.out).deliveries, 9);
});
