import { assert, assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { RunningServer, runProgram } from "../cli/testing.ts";
import { concat } from "@std/bytes/concat";
import { FrameTooLargeError } from "../protocol/framing/mod.ts";
import { ProtocolError } from "../protocol/native/mod.ts";
import { DeadlineError } from "../protocol/session/mod.ts";
import { connect, type Connection } from "../protocol/transport/mod.ts";
import { memoryPair } from "../protocol/transport/memory.ts";
import type { Door } from "./doorkeeper.ts";
import { guardHooks } from "./guard.ts";
import { Log } from "./log.ts";
import { countMetrics } from "./metrics.ts";
import { Newcomers } from "./newcomers.ts";
import { hear, say } from "./testing.ts";

/** Linux has a whole network of loopback addresses to come from. */
const linux = { ignore: Deno.build.os !== "linux" };

const utf8 = (text: string) => new TextEncoder().encode(text);

/** A message of nonstick/1. */
function message(text: string): Uint8Array {
  const length = new Uint8Array(4), json = utf8(text);
  new DataView(length.buffer).setUint32(0, json.length);
  return concat([length, json]);
}

const HELLO = message(
  `{"nonstick":[1],"type":"hello","software":"test","limits":{"part":262144,"window":4194304},"nonce":"${
    "ab".repeat(32)
  }"}`,
);

/** Reads to the end, however it comes. */
async function readOut(connection: Connection): Promise<void> {
  const buffer = new Uint8Array(4096);
  try {
    while (await connection.read(buffer) !== null);
  } catch {
    // Reset is an end, too.
  }
}

Deno.test("what a peer did decides what its source has to wait for", async () => {
  const punished: string[] = [];
  const door: Door = {
    enter: () => null,
    leave: () => {},
    punish: (_, why) => void punished.push(why),
    sourceOf: () => "",
  };
  const { error } = guardHooks({
    ...{ door, newcomers: new Newcomers<Connection>(1), metrics: null },
    log: new Log("json", "error", () => {}),
  });
  const [connection] = memoryPair();
  const context = { endpoint: "tcp://127.0.0.1:1", signal: new AbortController().signal };
  for (
    const [fault, why] of [
      [new ProtocolError("The token is wrong", "auth"), "auth"],
      [new ProtocolError("No such message"), "protocol"],
      [new FrameTooLargeError(1, 2n, { offset: 0, frameIndex: 0 }), "protocol"],
      [new DeadlineError("handshake", 1), "silence"],
      [new DeadlineError("frame", 1), "slowness"],
      [new DeadlineError("write", 1), "slowness"],
      // These may happen to anybody.
      [new DeadlineError("idle", 1), undefined],
      [new Deno.errors.ConnectionReset(), undefined],
      [new TypeError("a fault of ours"), undefined],
    ] as const
  ) {
    await error(fault, connection, context);
    assertEquals(punished.splice(0), why === undefined ? [] : [why], fault.message);
  }
  await error(new ProtocolError("of nobody"), null, context);
  assertEquals(punished, []);
  connection.close();
});

Deno.test("whoever was let in leaves once, and who is pushed out is told and punished for nothing more", async () => {
  let inside = 0;
  const door: Door = {
    enter: () => (inside++, null),
    leave: () => void inside--,
    punish: () => assert(false, "it was our doing"),
    sourceOf: () => "",
  };
  const newcomers = new Newcomers<Connection>(9), metrics = countMetrics();
  const lines: string[] = [];
  const log = new Log("text", "info", (line) => lines.push(line));
  const guard = guardHooks({ door, newcomers, log, metrics });
  const context = { endpoint: "tcp://127.0.0.1:1", signal: new AbortController().signal };
  // So many begin in one turn of the event loop.
  for (let i = 0; i < 8; i++) {
    const [connection] = memoryPair();
    assertEquals(await guard.verify(connection, context), true);
    await guard.finish(connection, context);
    connection.close();
  }
  assertEquals([inside, newcomers.size], [0, 0]);
  newcomers.most = 1;
  const [waiting] = memoryPair(), [served] = memoryPair();
  const late = guard.verify(waiting, context);
  await Promise.resolve();
  assertEquals([inside, newcomers.size], [1, 1]);
  const turn = guard.verify(served, context);
  assertEquals([await late, await turn, inside], [false, true, 1]);
  await guard.error(new DeadlineError("handshake", 1), waiting, context);
  assertEquals(lines.length, 1);
  assertMatch(lines[0] ?? "", / warn {2}refused .*why="too many unauthenticated"/);
  await guard.finish(served, context);
  served.close();
  assertEquals([inside, newcomers.size], [0, 0]);
  assertEquals(metrics.counts()["nonstick_connections"], [[[], 0]]);
  assertEquals(metrics.counts()["nonstick_connections_failed_total"], []);
  // The turn in which the last one began is over then.
  await new Promise((resolve) => setTimeout(resolve, 5));
});

Deno.test(
  "newcomers push out newcomers, never those who have introduced themselves",
  linux,
  async () => {
    await using server = await RunningServer.start(
      ["--listen", "tcp://127.0.0.1:0", "--listen", "tcp://127.0.0.1:0?speak=echo&framing=u8"]
        .concat("--max-unauthenticated", "3", "--log", "json"),
      2,
    );
    const [native = "", framed = ""] = server.urls;
    const introduced = await connect(native), known = await connect(framed);
    await introduced.write(HELLO);
    await say(known, "\x01a");
    assertEquals(await hear(known), "\x01a");
    // Its own length is not a frame.
    const silent = await connect(framed);
    await say(silent, "\x05");
    const flood: Connection[] = [];
    for (let i = 0; i < 5; i++) flood.push(await connect(native));
    await readOut(silent);
    await readOut(flood[0] as Connection);
    await server.logged(/"why":"too many unauthenticated"/);
    const { code, stdout } = await runProgram("client", ["--to", native, "echo", "hello"]);
    assertEquals([code, stdout.trim()], [0, "hello"]);
    await say(known, "\x01b");
    assertEquals(await hear(known), "\x01b");
    for (const one of [introduced, known, silent, ...flood]) one.close();
  },
);

Deno.test("with --exempt none this machine is counted by address", linux, async () => {
  await using server = await RunningServer.start(
    ["--listen", "tcp://127.0.0.1:0?speak=echo", "--exempt", "none", "--max-per-address", "1"],
    1,
  );
  const url = server.urls[0] ?? "";
  const first = await connect(url);
  await say(first, "a");
  assertEquals(await hear(first), "a");
  const second = await connect(url);
  await readOut(second);
  await server.logged(/refused .*why="too many connections"/);
  first.close();
  second.close();
});

Deno.test("a flood of refusals is a few lines, and how many were left out", linux, async () => {
  await using server = await RunningServer.start(
    ["--listen", "tcp://127.0.0.1:0?speak=echo", "--deny", "127.0.0.1", "--log", "json"],
    1,
  );
  const come = async () => {
    const one = await connect(server.urls[0] ?? "");
    await readOut(one);
    one.close();
  };
  let came = 0;
  for (; came < 300; came++) await come();
  // Who comes later than the flood is told again, with how many were not.
  let told = false;
  const logged = server.logged(/"untold":/).then(() => told = true);
  for (; !told; came++) {
    await come();
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  await logged;
  server.kill("SIGTERM");
  const { stderr } = await server.ended();
  const lines = stderr.split("\n").filter((line) => line.includes('"event":"refused"'));
  assert(lines.length >= 100 && lines.length < came, `${lines.length}`);
  // Each is told once, or counted once.
  const untold = lines.reduce((sum, line) => sum + Number(JSON.parse(line).untold ?? 0), 0);
  assert(lines.length + untold <= came, `${lines.length} lines, ${untold} untold`);
});

Deno.test("a file that trickles in ends by its speed, not by hours", linux, async () => {
  const root = await Deno.makeTempDir();
  try {
    await using server = await RunningServer.start([
      ...["--listen", "tcp://127.0.0.1:0?speak=files-json", "--listen", "tcp://127.0.0.1:0"],
      ...["--root", root, "--allow-write", "--frame-timeout", "0.2", "--min-rate", "100000"],
    ], 2);
    const [raw = "", native = ""] = server.urls;
    const header = utf8('{"cmd":"put","filename":"a","filesize":5000}');
    const i32 = new Uint8Array(4);
    new DataView(i32.buffer).setUint32(0, header.length, true);
    await trickles(await connect(raw), concat([i32, header]), utf8("x"));
    await server.logged(/It comes at less than 100000 bytes a second/);
    const begin = concat([
      HELLO,
      message('{"type":"open","id":1,"service":"files","args":{"op":"put","name":"b"}}'),
      message('{"type":"data","id":1,"about":{"kind":"file","name":"b","size":5000}}'),
      message('{"type":"data","id":1,"about":{"kind":"from","block":0}}'),
    ]);
    const said = await trickles(
      await connect(native),
      begin,
      concat([message('{"type":"data","id":1,"size":1}'), utf8("x")]),
    );
    assertStringIncludes(said, '"code":"timeout"');
    assertMatch(said, /less than 100000 bytes a second/);
    server.kill("SIGTERM");
    await server.ended();
    const left = [...Deno.readDirSync(root)].map(({ name }) => name);
    assert(!left.includes("a") && !left.includes("b"), left.join());
  } finally {
    await Deno.remove(root, { recursive: true });
  }
});

/** Sends `piece` again and again until the server says or does something about it; what it has said. */
async function trickles(
  connection: Connection,
  begin: Uint8Array,
  piece: Uint8Array,
): Promise<string> {
  let said = "", over = false;
  const hearing = (async () => {
    const buffer = new Uint8Array(4096);
    while (!/"type":"error"/.test(said)) {
      const count = await connection.read(buffer).catch(() => null);
      if (count === null) break;
      said += new TextDecoder().decode(buffer.subarray(0, count));
    }
    over = true;
  })();
  await connection.write(begin);
  while (!over) {
    await connection.write(piece).catch(() => {});
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  await hearing;
  connection.close();
  return said;
}

Deno.test(
  "no more open files: it is told, a few times, and the server goes on",
  linux,
  async () => {
    const fewFiles = ["sh", "-c", 'ulimit -n 100; exec "$@"', "sh"];
    await using server = await RunningServer.start(
      ["--listen", "tcp://127.0.0.1:0?framing=line", "--log", "json"],
      1,
      undefined,
      fewFiles,
    );
    const [url = ""] = server.urls;
    const many: Connection[] = [];
    for (let i = 0; i < 150; i++) many.push(await connect(url));
    const [line] = await server.logged(/^.*"event":"accept-failed".*$/m);
    assertStringIncludes(line, "os error 24");
    for (const connection of many) connection.close();
    const good = await connect(url);
    await say(good, "still here\n");
    assertEquals(await hear(good), "still here\n");
    good.close();
  },
);
