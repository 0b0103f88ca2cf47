import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { commandWords } from "../../cli/command_words.ts";
import { runProgram } from "../program.ts";
import { lengths, rawServer, type Talk } from "./testing.ts";

/** Runs the program in this process; tells its exit code and what it wrote. */
async function run(...args: string[]): Promise<{ code: number; out: string; err: string }> {
  let out = "", err = "";
  const code = await runProgram(args, (text) => out += `${text}\n`, (text) => err += `${text}\n`);
  return { code, out, err };
}

/** Runs the lines that a report prints behind `replay:`, which is all that somebody has who reads it. */
async function replayed(out: string): Promise<number[]> {
  const lines = out.split("\n").flatMap((line) => /^ *replay: (.*)$/.exec(line)?.[1] ?? []);
  assert(lines.length > 0, out);
  const codes: number[] = [];
  for (const line of lines) codes.push((await run(...commandWords(line).slice(1))).code);
  return codes;
}

/** Takes what one read brings for one line. */
async function linePerRead(talk: Talk): Promise<void> {
  for (let chunk; (chunk = await talk.read()) !== null;) {
    const text = new TextDecoder().decode(chunk);
    await talk.write(text === "PING\n" ? "+PONG\n" : `-what? ${text.length}\n`);
  }
}

Deno.test("run --expect invariance: the replay line plays the smallest failure again", async () => {
  await using server = await rawServer(linePerRead);
  const { code, out, err } = await run(
    ...["run", server.endpoint, "--expect", "invariance", "--stream", "50494e470a", "--seed", "1"],
    ...["--cases", "1.1,1.4", "--timeout", "1"],
  );
  assertEquals([code, err], [1, ""]);
  assertStringIncludes(out, "--expect invariance");
  assert(!/replay: .*--stream .*--stream/.test(out), out);
  assertEquals([...new Set(await replayed(out))], [1]);
  assertStringIncludes(out, "again: nonstick-conformance run");
});

Deno.test("several requests are given with commas; masks and files are read", async () => {
  await using server = await rawServer(async (talk) => {
    for (let chunk; (chunk = await talk.read()) !== null;) {
      await talk.write(`${talk.number} took ${new TextDecoder().decode(chunk).trim()}\n`);
    }
  });
  const file = await Deno.makeTempFile();
  try {
    await Deno.writeTextFile(file, "x\n");
    const args = ["run", server.endpoint, "--expect", "invariance", "--stream", `${file},610a`];
    const rest = ["--cases", "8.3", "--half-close", "any", "--json"];
    assertEquals((await run(...args, ...rest)).code, 3); // the answers carry a number
    const masked = await run(...args, ...rest, "--mask", "[0-9]+ took");
    assertStringIncludes(masked.out, '"id":"0.1"');
    assertStringIncludes(masked.out, "alike each time");
  } finally {
    await Deno.remove(file);
  }
});

Deno.test("run --expect scenario:FILE; replay FILE; a file that cannot be used is exit code 2", async () => {
  await using server = await rawServer(linePerRead);
  const folder = await Deno.makeTempDir();
  try {
    const file = `${folder}/ping.json`;
    const steps = [{ send: { text: "PING\n" } }, { expect: { text: "+PONG\n" } }];
    await Deno.writeTextFile(file, JSON.stringify({ name: "ping", steps }));
    const args = ["run", server.endpoint, "--expect", `scenario:${file}`, "--timeout", "1"];
    const { code, out } = await run(...args, "--cases", "1.1", "--out", folder);
    assertEquals(code, 1);
    assertEquals([...new Set(await replayed(out))], [1]);
    assertEquals((await run("replay", `${folder}/failures/1.1.json`)).code, 1);
    await Deno.writeTextFile(file, JSON.stringify({ name: "ping", steps: [{ sent: {} }] }));
    const wrong = await run(...args);
    assertEquals(wrong.code, 2);
    assertStringIncludes(wrong.err, "$.steps[0]");
    assertStringIncludes(wrong.err, 'did you mean "send"?');
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});

Deno.test("report counts the certificate again from the history, and finds what is not true", async () => {
  await using server = await rawServer(lengths);
  const folder = await Deno.makeTempDir();
  try {
    const file = `${folder}/lengths.json`;
    const steps = [
      { expect: { text: "hi\n" } },
      { send: { text: "ab\n" } },
      { expect: { text: "2\n" } },
      { send: { text: "c\n" } },
      { expect: "quiet" },
    ];
    await Deno.writeTextFile(file, JSON.stringify({ name: "lengths", steps }));
    const expectations = [
      ["invariance", "--stream", "61620a,630a"],
      [`scenario:${file}`],
    ];
    for (const expect of expectations) {
      const args = [
        "run",
        server.endpoint,
        "--expect",
        ...expect,
        "--cases",
        "1.1,8.2",
        "--seed",
        "1",
      ];
      assertEquals((await run(...args, "--out", folder)).code, 0);
      const told = await run("report", folder);
      assertEquals([told.code, told.err], [0, ""]);
      assertStringIncludes(told.out, "all single cuts of 5 bytes: 4 of 4 proven");
      const history = `${folder}/history.jsonl`;
      const text = await Deno.readTextFile(history);
      // One answer of the case is another one than the run said.
      let done = false;
      const changed = text.split("\n").map((line) => {
        if (done || !line.includes('"case":"1.1","role":"subject"')) return line;
        done = true;
        return line.replace('"hex":"320a"', '"hex":"330a"');
      });
      await Deno.writeTextFile(history, changed.join("\n"));
      assertEquals((await run("report", folder)).code, 70);
    }
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});
