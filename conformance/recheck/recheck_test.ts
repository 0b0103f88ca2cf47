import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { readHistory, type RecordedRun } from "../history/read_history.ts";
import { runConformance } from "../run_conformance.ts";
import { mergeShards } from "../shard/merge_shards.ts";
import type { Shard } from "../shard/shard.ts";
import { recordedResult } from "../report/recorded_result.ts";
import type { RunOptions } from "../run_options.ts";
import { echo, testServer, UNHURRIED } from "../testing.ts";
import type { FramedConnection } from "../../protocol/session/mod.ts";
import { recheckCertificate } from "./recheck_certificate.ts";

/** What was played against a server, and what came of it. */
async function recorded(
  more: Partial<RunOptions> = {},
  handle: (frames: FramedConnection) => Promise<void> = echo,
): Promise<{ run: RecordedRun; lines: string[] }> {
  await using server = await testServer("tcp://127.0.0.1:0", "u16be", handle);
  const lines: string[] = [];
  await runConformance(server.endpoint, {
    ...UNHURRIED,
    framing: "u16be",
    expect: "echo",
    seed: 3,
    cases: ["1.1", "1.3", "8.2", "8.6"],
    onHistory: (line) => lines.push(line),
    ...more,
  });
  return { run: readHistory(lines), lines };
}

/** The history with every line changed that `change` changes. */
function changed(lines: readonly string[], change: (line: string) => string): RecordedRun {
  return readHistory(lines.map(change));
}

Deno.test("the certificate is counted again from what was played", async (test) => {
  const { run, lines } = await recorded();

  await test.step("the same, and whole", () => {
    for (const { id, stored, mismatch, ...found } of recheckCertificate(run) ?? []) {
      const { proven, passed, total } = stored;
      assertEquals([found, mismatch], [{ proven, passed, total }, undefined], id);
      assertEquals(passed, total, id);
    }
    assertEquals(recheckCertificate(run)?.map(({ id }) => id), ["1.1", "1.3", "8.2", "8.6"]);
  });

  await test.step("a play that is not there is missing", () => {
    const at = lines.findIndex((line) => line.includes('"event":"play"') && line.includes('"1.1"'));
    const found = recheckCertificate(readHistory(lines.toSpliced(at, 1)));
    assertEquals(found?.[0]?.passed, 298);
    assertStringIncludes(found?.[0]?.mismatch ?? "", "299");
    assertEquals(found?.[1]?.mismatch, undefined);
  });

  await test.step("a play twice counts once", () => {
    const plays = lines.filter((line) => line.includes('"event":"play"') && line.includes('"1.1"'));
    const [first = "", second = ""] = plays;
    // The second delivery is made the first one again: as many plays, one member less.
    const found = recheckCertificate(changed(lines, (line) => line === second ? first : line));
    assertEquals(found?.[0]?.passed, 298);
  });

  await test.step("a wrong answer does not pass, whatever the run said", () => {
    let done = false;
    const found = recheckCertificate(changed(lines, (line) => {
      if (done || !line.includes('"case":"1.1","role":"packed"')) return line;
      done = true;
      return line.replace(/"reads":\[.*?\],"/, '"reads":[{"atMs":1,"hex":"000161"}],"');
    }));
    assertEquals(found?.[0]?.passed, 298);
    assert(found?.[0]?.mismatch !== undefined);
  });

  await test.step("an edge that is not proven is not counted as proven", () => {
    let done = false;
    const found = recheckCertificate(changed(lines, (line) => {
      if (done || !line.includes('"case":"1.1","role":"packed"')) return line;
      done = true;
      return line.replace('"proven"', '"assumed"');
    }));
    assertEquals([found?.[0]?.passed, found?.[0]?.proven], [299, 298]);
  });

  await test.step("what was delivered in another way is no member", () => {
    let done = false;
    const found = recheckCertificate(changed(lines, (line) => {
      if (done || !/"case":"1.1","role":"packed".*"cuts":\[\d+\]/.test(line)) return line;
      done = true;
      return line.replace('"chunks":', '"pace":{"stallMs":5},"chunks":');
    }));
    assertEquals(found?.[0]?.passed, 298);
  });

  await test.step("a stored number is believed only when the history shows it", () => {
    const found = recheckCertificate(
      changed(lines, (line) => line.replaceAll('"length":300', '"length":301')),
    );
    assertStringIncludes(found?.[0]?.mismatch ?? "", "the set has 300");
  });

  await test.step("what the answers had to be must be known", () => {
    const about = { ...run.about, expect: "scenario" };
    assertEquals(recheckCertificate({ ...run, about }), null);
  });
});

Deno.test("where frames are taken only one by one, the set is still whole", async () => {
  // Answers the first frame of every batch only: several frames in one chunk are lost.
  const { run } = await recorded({}, async (frames) => {
    for (let batch; (batch = await frames.receive()) !== null;) {
      const [first] = batch;
      if (first !== undefined) await frames.send(first.slice());
      await frames.flush();
    }
  });
  assertEquals(run.cases.find(({ id }) => id === "0.1")?.verdict, "FAIL");
  const [singles] = recheckCertificate(run) ?? [];
  assertEquals([singles?.passed, singles?.mismatch], [299, undefined]);
});

Deno.test("three shards put together have the certificate of one run", async () => {
  const { run } = await recorded();
  const shards: RecordedRun[] = [];
  for (const index of [1, 2, 3]) {
    const shard: Shard = { index, of: 3 };
    shards.push((await recorded({ shard })).run);
  }
  // Each had a server of its own, at another port, that we did not start.
  const target = "tcp://127.0.0.1:7000";
  const same = shards.map((one) => ({ ...one, about: { ...one.about, target } }));
  const [merged] = mergeShards(same);
  assert(merged !== undefined);
  assertEquals(merged.missing, []);
  const counts = (one: RecordedRun) =>
    recheckCertificate(one)?.map(({ id, proven, passed, total, mismatch }) => ({
      id,
      proven,
      passed,
      total,
      mismatch,
    }));
  assertEquals(counts(merged.run), counts(run));
  const { verdict, exitCode, certificate } = recordedResult(merged);
  assertEquals([verdict, exitCode], ["PASS", 0]);
  assertEquals(certificate, run.end?.certificate);
  for (const one of shards) {
    const [line] = one.cases.flatMap(({ certificate }) => certificate ?? []);
    assert((line?.passed ?? 0) < 299 && (line?.passed ?? 0) > 90, "each shard played its part");
  }
});
