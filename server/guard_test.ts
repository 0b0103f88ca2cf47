import { assert, assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { RunningServer, runProgram } from "../cli/testing.ts";
import { concat } from "@std/bytes/concat";
import { connect, type Connection } from "../protocol/transport/mod.ts";
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
  for (let i = 0; i < 300; i++) {
    const one = await connect(server.urls[0] ?? "");
    await readOut(one);
    one.close();
  }
  await server.logged(/"untold":/);
  server.kill("SIGTERM");
  const { stderr } = await server.ended();
  const lines = stderr.split("\n").filter((line) => line.includes('"event":"refused"'));
  assert(lines.length >= 100 && lines.length < 300, `${lines.length}`);
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
