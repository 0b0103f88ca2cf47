import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import type { FramedConnection } from "../../protocol/session/mod.ts";
import { OUT_FILES } from "./exit_codes.ts";
import { runProgram } from "../program.ts";
import { echo, testServer } from "../testing.ts";

/** Runs the program in this process; tells its exit code and what it wrote. */
async function run(...args: string[]): Promise<{ code: number; out: string; err: string }> {
  let out = "", err = "";
  const code = await runProgram(args, (text) => out += `${text}\n`, (text) => err += `${text}\n`);
  return { code, out, err };
}

/** Answers every frame but those that are empty: 3.1 fails with LOST. */
async function notEmpty(frames: FramedConnection): Promise<void> {
  for await (const payload of frames) {
    if (payload.length > 0) await frames.send(payload);
    await frames.flush();
  }
}

/** A directory that is gone afterwards. */
async function inFolder(test: (folder: string) => Promise<void>): Promise<void> {
  const folder = await Deno.makeTempDir();
  try {
    await test(folder);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

const RUN = ["--framing", "u16be", "--seed", "9", "--timeout", "1"];

Deno.test("--out has every report, and report makes the same from the history", async () => {
  await using server = await testServer("tcp://127.0.0.1:0", "u16be", echo);
  await inFolder(async (folder) => {
    const ran = await run("run", server.endpoint, ...RUN, "--cases", "1.1,8.2", "--out", folder);
    assertEquals([ran.code, ran.err], [0, ""]);
    const names = OUT_FILES.flatMap(([names]) => names.split(", "));
    for (const name of names.filter((name) => !name.includes("/"))) {
      assert((await Deno.stat(`${folder}/${name}`)).size > 0, name);
    }
    const human = await run("report", folder);
    assertEquals(human.code, 0);
    assertStringIncludes(human.out, "all single cuts of 300 bytes: 299 of 299");
    assertStringIncludes(human.out, "the set is whole");
    for (
      const [format, name] of [
        ["junit", "junit.xml"],
        ["tap", "report.tap"],
        ["sarif", "report.sarif"],
        ["badge", "badge.svg"],
        ["html", "index.html"],
      ]
    ) {
      const again = await run("report", folder, "--format", format ?? "");
      assertEquals(again.code, 0);
      assertEquals(again.out.trimEnd(), (await Deno.readTextFile(`${folder}/${name}`)).trimEnd());
    }
    const tree = (text: string) => text.split("\n").filter((line) => line.startsWith("  PASS"));
    assertEquals(tree(human.out), tree(ran.out));
    assert(tree(ran.out).length > 5);
  });
});

Deno.test("a history that was cut off is interrupted; one that claims too much is a fault", async () => {
  await using server = await testServer("tcp://127.0.0.1:0", "u16be", echo);
  await inFolder(async (folder) => {
    await run("run", server.endpoint, ...RUN, "--cases", "1.1", "--out", folder);
    const history = await Deno.readTextFile(`${folder}/history.jsonl`);
    const lines = history.trimEnd().split("\n");

    await Deno.writeTextFile(`${folder}/cut.jsonl`, history.slice(0, history.length - 400));
    const cut = await run("report", `${folder}/cut.jsonl`);
    assertEquals(cut.code, 3);
    assertStringIncludes(cut.out, "interrupted: the history ends after");

    const dropped = lines.findIndex((line) => line.includes('"case":"1.1"'));
    await Deno.writeTextFile(`${folder}/false.jsonl`, lines.toSpliced(dropped, 1).join("\n"));
    const wrong = await run("report", `${folder}/false.jsonl`);
    assertEquals(wrong.code, 70);
    assertStringIncludes(wrong.out, "MISMATCH 1.1: it says 299");

    const none = await run("report", `${folder}/nothing.jsonl`);
    assertEquals(none.code, 2);
    assertStringIncludes(none.err, "Cannot report");
    assertEquals((await run("report")).code, 2);
  });
});

Deno.test("a failure has a file that plays it again: 1 while it fails, 0 when it does not", async () => {
  await using wrong = await testServer("tcp://127.0.0.1:0", "u16be", notEmpty);
  await using right = await testServer("tcp://127.0.0.1:0", "u16be", echo);
  await inFolder(async (folder) => {
    const ran = await run("run", wrong.endpoint, ...RUN, "--cases", "3.1", "--out", folder);
    assertEquals(ran.code, 1);
    const file = `${folder}/failures/3.1.json`;
    assertStringIncludes(ran.out, `or: nonstick-conformance replay ${file}`);
    const still = await run("replay", file, "--timeout", "1");
    assertEquals([still.code, still.err], [1, ""]);
    assertStringIncludes(still.out, "3.1 LOST: still fails");
    const fixed = await run("replay", file, "--to", right.endpoint);
    assertEquals([fixed.code, fixed.out], [0, "3.1 LOST: does not fail any more\n"]);
    const history = await run("replay", folder, "--case", "3.1", "--timeout", "1", "--json");
    assertEquals(history.code, 1);
    assertEquals((await run("replay", folder, "--case", "1.1")).code, 2);
    assertEquals((await run("replay", `${folder}/result.json`)).code, 2);
    assertEquals((await run("replay", `${folder}/none.json`)).code, 2);
  });
});

Deno.test("known failures, stale entries, a baseline", async () => {
  await using server = await testServer("tcp://127.0.0.1:0", "u16be", notEmpty);
  await inFolder(async (folder) => {
    const known = `${folder}/known.txt`;
    const args = [server.endpoint, ...RUN, "--cases", "3.1,3.2", "--out", folder];
    const with_ = async (text: string) => {
      await Deno.writeTextFile(known, text);
      return await run("run", ...args, "--known-failing", known);
    };
    const pinned = await with_("3.1 LOST # empty frames\n");
    assertEquals(pinned.code, 0, pinned.out);
    assertStringIncludes(pinned.out, `known (${known}:1): empty frames`);
    assertEquals((await run("report", folder)).code, 0, "the history knows of it as well");
    assertEquals((await with_("3.1 LATE\n")).code, 1);
    const stale = await with_("3.1 LOST\n3.2 LOST\n");
    assertEquals(stale.code, 1);
    assertStringIncludes(stale.out, `STALE ${known}:2: 3.2 LOST is stale: 3.2 passed`);
    const unreadable = await with_("3.1 OOPS\n");
    assertEquals([unreadable.code, unreadable.out], [2, ""]);

    const baseline = `${folder}/baseline.json`;
    assertEquals((await run("run", ...args)).code, 1);
    await Deno.copyFile(`${folder}/result.json`, baseline);
    const same = await run("run", ...args, "--baseline", baseline);
    assertEquals(same.code, 0);
    assertStringIncludes(same.out, "no difference to the earlier run");
    const passed = (await Deno.readTextFile(baseline)).replaceAll('"FAIL"', '"PASS"');
    await Deno.writeTextFile(baseline, passed);
    const worse = await run("run", ...args, "--baseline", baseline);
    assertEquals(worse.code, 1);
    assertStringIncludes(worse.out, "new failures\n  3.1 ");
    assertEquals((await run("run", ...args, "--baseline", known)).code, 2);
  });
});

Deno.test("two runs side by side, and compared", async () => {
  await using wrong = await testServer("tcp://127.0.0.1:0", "u16be", notEmpty);
  await using right = await testServer("tcp://127.0.0.1:0", "u16be", echo);
  await inFolder(async (folder) => {
    const [a, b] = [`${folder}/a`, `${folder}/b`];
    await run("run", right.endpoint, ...RUN, "--cases", "3.1,3.2", "--out", a);
    await run("run", wrong.endpoint, ...RUN, "--cases", "3.1,3.2", "--out", b);
    const both = await run("report", a, b);
    assertEquals(both.code, 1);
    assertStringIncludes(both.out.replaceAll(/ +/g, " "), "3.1 empty payload pass LOST");
    assertEquals((await run("report", a, b, "--compare")).code, 1);
    const back = await run("report", b, a, "--compare");
    assertEquals(back.code, 0);
    assertStringIncludes(back.out, "fixed\n  3.1 ");
    assertEquals((await run("report", a, "--compare")).code, 2);
    assertEquals((await run("report", a, b, "--out", `${folder}/all`)).code, 1);
    assert((await Deno.stat(`${folder}/all/index.html`)).isFile);
    assert((await Deno.stat(`${folder}/all/failures/2/3.1.json`)).isFile);
  });
});

Deno.test("nothing played is never a pass; a dry run plays nothing", async () => {
  await using server = await testServer("tcp://127.0.0.1:0", "u16be", echo);
  // No limit is told, so the case asked for does not apply.
  const none = await run("run", server.endpoint, ...RUN, "--cases", "3.7");
  assertEquals(none.code, 3);
  const empty = await run("run", server.endpoint, ...RUN, "--cases", "1.9");
  assertEquals(empty.code, 3);
  const dry = await run("run", "tcp://127.0.0.1:1", ...RUN, "--cases", "1.1", "--dry-run");
  assertEquals([dry.code, dry.err], [0, ""]);
  assertStringIncludes(dry.out, "1.1    MUST   every single cut");
  assertStringIncludes(dry.out, "1 cases, 299 deliveries; nothing was played");
});

Deno.test("--format github: annotations for failures, and the step summary", async () => {
  await using server = await testServer("tcp://127.0.0.1:0", "u16be", notEmpty);
  await inFolder(async (folder) => {
    const summary = `${folder}/summary.md`;
    Deno.env.set("GITHUB_STEP_SUMMARY", summary);
    try {
      const ran = await run("run", server.endpoint, ...RUN, "--cases", "3.1", "--format", "github");
      assertStringIncludes(ran.out, "\n::error title=nonstick 3.1 empty payload::MUST: ");
      assertStringIncludes(await Deno.readTextFile(summary), "### ❌ Framing: FAIL");
    } finally {
      Deno.env.delete("GITHUB_STEP_SUMMARY");
    }
  });
});
