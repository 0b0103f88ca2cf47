import { assert, assertEquals } from "@std/assert";
import {
  close,
  ECHO,
  Frames,
  plantedServer,
  readSome,
  right,
  sleep,
  writeAll,
} from "../cases/testing.ts";
import { readHistory } from "../history/read_history.ts";
import { runConformance } from "../run_conformance.ts";

/** What shows framing, without what takes long. */
const CASES = ["1.1", "1.4", "1.7", "2.1", "2.6", "8.*", "9.1", "9.7", "11.1", "11.4", "11.6"];

/** The cases that fail with a target, and what 0.2 came to. */
async function failures(handle: (socket: Deno.TcpConn) => Promise<void>): Promise<string[]> {
  await using server = plantedServer(handle);
  const { cases } = await runConformance(server.endpoint, {
    ...ECHO,
    timeoutMs: 2000,
    cases: CASES,
  });
  assert(cases.some(({ verdict }) => verdict === "PASS"));
  return cases.filter(({ verdict }) => verdict === "FAIL" || verdict === "INCONCLUSIVE")
    .map(({ id, detail }) => `${id} ${detail}`);
}

Deno.test("a target that is right and never closes is not failed", async () => {
  const open = async (socket: Deno.TcpConn) => {
    await right(socket);
    await sleep(300);
  };
  assertEquals(await failures(open), []);
});

Deno.test("a target that is right and closes behind each answer is not failed", async () => {
  const oneAnswer = async (socket: Deno.TcpConn) => {
    const frames = new Frames();
    for (let bytes; (bytes = await readSome(socket)) !== null;) {
      const whole = frames.take(bytes);
      for (const one of whole) await writeAll(socket, one);
      if (whole.length > 0) return close(socket);
    }
  };
  assertEquals(await failures(oneAnswer), []);
});

Deno.test("a target that is right and slow is not failed", async () => {
  const slow = async (socket: Deno.TcpConn) => {
    const frames = new Frames();
    for (let bytes; (bytes = await readSome(socket)) !== null;) {
      const whole = frames.take(bytes);
      if (whole.length > 0) await sleep(2);
      for (const one of whole) await writeAll(socket, one);
    }
  };
  assertEquals(await failures(slow), []);
});

Deno.test("a target that is right and merges its answers into one write is not failed", async () => {
  const merging = async (socket: Deno.TcpConn) => {
    const frames = new Frames();
    for (let bytes; (bytes = await readSome(socket)) !== null;) {
      const whole = frames.take(bytes);
      const all = new Uint8Array(whole.reduce((sum, one) => sum + one.length, 0));
      let at = 0;
      for (const one of whole) {
        all.set(one, at);
        at += one.length;
      }
      await writeAll(socket, all);
    }
  };
  assertEquals(await failures(merging), []);
});

Deno.test("two runs with one seed play the same, and the same comes back", async () => {
  const run = async () => {
    await using server = plantedServer(right);
    const lines: string[] = [];
    await runConformance(server.endpoint, {
      ...ECHO,
      cases: ["1.6", "1.12", "8.2", "8.6", "9.1", "9.2", "9.7", "11.4"],
      onHistory: (line) => lines.push(line),
    });
    return readHistory(lines).plays.map((play) =>
      JSON.stringify({
        case: play.case,
        role: play.role,
        cuts: play.cuts,
        waits: play.waits,
        end: play.end,
        chunks: play.chunks.map(({ end }) => end),
        came: play.reads.reduce((sum, { length }) => sum + length, 0),
      })
    );
  };
  const [first, second] = [await run(), await run()];
  assert(first.length > 400);
  // What is played on many connections at once is recorded as it ends.
  assertEquals(first.toSorted(), second.toSorted());
});

Deno.test("only proven edges are counted", async () => {
  await using server = plantedServer(right);
  const options = { ...ECHO, cases: ["8.6", "9.1"], edgeMethod: "none" } as const;
  const { certificate } = await runConformance(server.endpoint, options);
  assertEquals(certificate.map(({ proven }) => proven), [0, 0]);
  assert(certificate.every(({ passed, total }) => passed === total));
});

Deno.test("the length of the stream for all pairs of cuts is the user's choice", async () => {
  await using server = plantedServer(right);
  const { certificate } = await runConformance(server.endpoint, {
    ...ECHO,
    cases: ["1.2"],
    pairs: 40,
  });
  assertEquals(
    certificate.map(({ covers, passed, total }) => [covers, passed, total]),
    [["all pairs of cuts of 40 bytes", 741, 741]],
  );
});
