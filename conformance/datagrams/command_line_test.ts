import { assert, assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { commandWords } from "../../cli/command_words.ts";
import { serveDatagrams } from "../../server/mod.ts";
import { runProgram } from "../program.ts";

/** Runs the program in this process; tells its exit code and what it wrote. */
async function run(...args: string[]): Promise<{ code: number; out: string; err: string }> {
  let out = "", err = "";
  const code = await runProgram(args, (text) => out += `${text}\n`, (text) => err += `${text}\n`);
  return { code, out, err };
}

/** Runs the line that a report prints behind `replay:`. */
async function replayed(out: string): Promise<number> {
  const line = /^ *replay: (.*)$/m.exec(out)?.[1];
  assert(line !== undefined, out);
  return (await run(...commandWords(line).slice(1))).code;
}

Deno.test("a failure is drawn, replayed from its line and from its file, and reported again", async () => {
  // It does not answer the letter b at the beginning.
  await using server = await serveDatagrams((message) => message[0] === 0x62 ? null : message, {
    listen: "udp://127.0.0.1:0",
  });
  const folder = await Deno.makeTempDir();
  try {
    const { code, out } = await run(
      ...["run", server.endpoint, "--cases", "12.4", "--seed", "1", "--timeout", "0.5"],
      ...["--out", folder],
    );
    assertEquals(code, 1, out);
    assertMatch(out, /FAIL LOST 12\.4[^]*no answer to datagram 1/);
    assertEquals(await replayed(out), 1);
    const again = await run("replay", `${folder}/failures/12.4.json`, "--timeout", "0.5");
    assertEquals([again.code, again.out.split("\n")[0]], [1, "12.4 LOST: still fails"]);
    const report = await run("report", folder);
    assertStringIncludes(report.out, "FAIL LOST 12.4 losses");
    assertStringIncludes(
      await Deno.readTextFile(`${folder}/index.html`),
      "no answer to datagram 1",
    );
    for (const file of ["junit.xml", "report.tap", "report.sarif", "result.json"]) {
      assertStringIncludes(await Deno.readTextFile(`${folder}/${file}`), "12.4");
    }
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});

Deno.test("the certificate is counted again from the history: every order, every loss", async () => {
  await using server = await serveDatagrams((message) => message, {
    listen: "udp://127.0.0.1:0",
    fragments: {},
  });
  const folder = await Deno.makeTempDir();
  try {
    const { code } = await run(
      ...[
        "run",
        server.endpoint,
        "--framing",
        "fragment",
        "--cases",
        "12.2,12.4,12.5",
        "--out",
        folder,
      ],
      ...["--budget", "300"],
    );
    assertEquals(code, 0);
    const { out } = await run("report", folder);
    assertMatch(out, /720 of the last: 873 of 873 proven, the set is whole/);
    assertMatch(out, /n from 1 to 8: 502 of 502 proven, the set is whole/);
    // Without one of its plays the set is not whole, and the claim is not shown.
    const history = (await Deno.readTextFile(`${folder}/history.jsonl`)).split("\n");
    const at = history.findIndex((line) =>
      line.includes('"case":"12.4"') && line.includes('"play"')
    );
    await Deno.writeTextFile(`${folder}/history.jsonl`, history.toSpliced(at, 1).join("\n"));
    const less = await run("report", folder);
    assertMatch(
      less.out,
      /501 of 502 proven\n +MISMATCH 12\.4: it says 502 proven; the history shows 501/,
    );
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});

Deno.test("the given datagrams: cuts end them, two equal ones have an empty one between them", async () => {
  const seen: string[] = [];
  await using server = await serveDatagrams((message, from) => {
    seen.push(`${new TextDecoder().decode(message)} ${from.scheme === "udp" ? from.port : ""}`);
    return message;
  }, { listen: "udp://127.0.0.1:0" });
  const given = ["--stream", "78797a74", "--cuts", "1,1,3", "--sockets", "0,1,0,1"];
  const { code, out } = await run("run", server.endpoint, ...given);
  assertEquals(code, 0, out);
  // The controls sent messages of their own, which may begin with a blank.
  const ours = seen.filter((one) => /^(x|yz|t|) \d+$/.test(one));
  const from = (text: string) => ours.find((one) => one.startsWith(`${text} `))?.slice(text.length);
  assertEquals(ours.length >= 4, true, seen.join());
  assertEquals([from("x"), from("t")], [from("yz"), from("")]);
});

Deno.test("what does not fit datagrams is refused with a reason", async () => {
  const reason = async (...args: string[]) => {
    const { code, err } = await run("run", ...args);
    assertEquals(code, 2, err);
    return err;
  };
  assertStringIncludes(await reason("udp://127.0.0.1:0"), "--spawn");
  assertStringIncludes(await reason("udp://127.0.0.1:7", "--framing", "line"), "frame already");
  assertStringIncludes(await reason("udp://127.0.0.1:7", "--expect", "invariance"), "for streams");
  assertStringIncludes(await reason("udp://127.0.0.1:7", "--cases", "5.*"), "12.1");
  assertEquals((await run("explain", "12.2")).code, 0);
  const { out } = await run("list", "12");
  assertEquals(out.split("\n").filter((line) => /^12\.\d+/.test(line)).length, 13, out);
});
