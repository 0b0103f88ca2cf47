import { assert, assertEquals, assertMatch, assertRejects } from "@std/assert";
import { openEdgeProbe } from "../edge/edge_probe.ts";
import { StdioTarget } from "./stdio_target.ts";
import { type TargetConnection, TargetStartError } from "./target.ts";

const LINUX = Deno.build.os === "linux";
const DEADLINE_MS = 20_000;

/** A target over stdio that runs this program. */
function start(program: string): Promise<StdioTarget> {
  return StdioTarget.start({
    endpoint: { scheme: "stdio", options: new Map() },
    spawn: [Deno.execPath(), "eval", program],
    startTimeoutMs: DEADLINE_MS,
  });
}

/** Answers each read with one byte: how many bytes it returned. Reads slowly. */
const COUNTS = `
  const buffer = new Uint8Array(4096);
  for (let n; (n = Deno.stdin.readSync(buffer)) !== null;) {
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 3);
    Deno.stdout.writeSync(Uint8Array.of(n));
  }
  Deno.stdout.writeSync(Uint8Array.of(255));`;

async function readAll(connection: TargetConnection, most: number): Promise<number[]> {
  const bytes: number[] = [];
  const buffer = new Uint8Array(64);
  for (let n; bytes.length < most && (n = await connection.read(buffer)) !== null;) {
    bytes.push(...buffer.subarray(0, n));
  }
  return bytes;
}

Deno.test("each connection is a fresh process; FIN is the end of its input", async () => {
  await using target = await start(COUNTS);
  const first = await target.connect();
  const firstPid = target.pid;
  const second = await target.connect();
  assert(firstPid !== undefined && target.pid !== firstPid);
  for (const connection of [first, second]) {
    await connection.write(new Uint8Array(3));
    await connection.closeWrite();
    assertEquals(await readAll(connection, 9), [3, 255]);
    assertEquals(await connection.read(new Uint8Array(1)), null);
    connection.close();
    connection.close();
  }
  assertEquals([target.end, target.restarts], [undefined, 0]);
});

Deno.test({
  name: "edges of a pipe are proven: every chunk is one read of the program",
  ignore: !LINUX,
  async fn() {
    await using target = await start(COUNTS);
    const connection = await target.connect();
    using probe = openEdgeProbe();
    const edge = probe.watch(connection.pipe);
    assertEquals([edge.method, edge.reason], ["pipe", ""]);
    for (let i = 0; i < 40; i++) {
      await connection.write(new Uint8Array(2));
      assertEquals(await edge.settled({ deadlineMs: DEADLINE_MS }), "proven");
    }
    await connection.closeWrite();
    assertEquals(await readAll(connection, 41), [...Array(40).fill(2), 255]);
    connection.close();
  },
});

Deno.test({
  name: "a program that ends with bytes unread is gone, one that does not read has a timeout",
  ignore: !LINUX,
  async fn() {
    using probe = openEdgeProbe();
    await using deaf = await start("setTimeout(() => {}, 60_000)");
    const unread = await deaf.connect();
    await unread.write(new Uint8Array(2));
    assertEquals(await probe.watch(unread.pipe).settled({ deadlineMs: 50 }), "timeout");
    unread.close();
    await using rude = await start("setTimeout(() => {}, 60_000)");
    const left = await rude.connect();
    const edge = probe.watch(left.pipe);
    await left.write(new Uint8Array(2));
    Deno.kill(rude.pid ?? 0, "SIGTERM");
    assertEquals(await edge.settled({ deadlineMs: DEADLINE_MS }), "gone");
    left.close();
  },
});

Deno.test({
  name: "that a process exits is no crash, that a signal ends it is one, and it is started again",
  ignore: Deno.build.os === "windows",
  async fn() {
    await using target = await start(
      `if (await Deno.stdin.read(new Uint8Array(9)) === 1) Deno.exit(1);
       Deno.kill(Deno.pid, "SIGABRT");`,
    );
    const play = async (bytes: number) => {
      const connection = await target.connect();
      await connection.write(new Uint8Array(bytes));
      assertEquals(await connection.read(new Uint8Array(1)), null);
      connection.close();
      return await target.endedWithin(DEADLINE_MS);
    };
    assertEquals(await play(1), undefined);
    assertEquals(await play(2), { code: null, signal: "SIGABRT" });
    assertEquals(target.end, { code: null, signal: "SIGABRT" });
    await target.restart();
    assertEquals([target.end, target.restarts], [undefined, 1]);
  },
});

Deno.test("a waiting read and a write that nobody takes end with close(); no process is left", async () => {
  const pids: number[] = [];
  {
    await using target = await start("setTimeout(() => {}, 60_000)");
    const connection = await target.connect();
    pids.push(target.pid ?? 0);
    const reading = assertRejects(
      () => connection.read(new Uint8Array(1)),
      Deno.errors.Interrupted,
    );
    const writing = assertRejects(
      () => connection.write(new Uint8Array(1024 * 1024)),
      Deno.errors.Interrupted,
    );
    connection.close();
    await Promise.all([reading, writing]);
    await target.connect();
    pids.push(target.pid ?? 0);
  }
  for (const pid of pids) assert(pid > 0 && !isAlive(pid), `process ${pid} runs on`);
});

Deno.test("a program that ends before its turn has come leaves nothing behind", async () => {
  await using _target = await start("setTimeout(() => {}, 300)");
  await new Promise((resolve) => setTimeout(resolve, 1000));
});

Deno.test({
  name: "a program that ends at once is told, and leaves nothing behind",
  ignore: Deno.build.os === "windows",
  async fn() {
    const endpoint = { scheme: "stdio", options: new Map() } as const;
    const spawn = ["sh", "-c", "exit 3"];
    const started = StdioTarget.start({ endpoint, spawn, startTimeoutMs: 1000 });
    // On a busy machine it may take longer to end than it is looked at.
    const why = await started.then((target) => target[Symbol.asyncDispose](), String);
    assertMatch(why ?? "exit code 3", /exit code 3/);
  },
});

Deno.test("a program that is not there is told, and so is none", async () => {
  const spawn = ["no-such-program-at-all"];
  const endpoint = { scheme: "stdio", options: new Map() } as const;
  await assertRejects(
    () => StdioTarget.start({ endpoint, spawn, startTimeoutMs: 1000 }),
    TargetStartError,
    "Cannot start",
  );
  await assertRejects(
    () => StdioTarget.start({ endpoint, startTimeoutMs: 1000 }),
    TargetStartError,
    "--spawn",
  );
});

/** Whether a process of ours is there. */
function isAlive(pid: number): boolean {
  try {
    Deno.kill(pid, "SIGCONT");
    return true;
  } catch {
    return false;
  }
}
