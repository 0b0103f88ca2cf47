import { assert, assertEquals, assertRejects, assertStringIncludes } from "@std/assert";
import { concat } from "@std/bytes/concat";
import { connect, type Connection, listen } from "../../protocol/transport/mod.ts";
import { CERT, KEY } from "../../protocol/transport/testdata/mod.ts";
import { ConformanceUsageError } from "../run_options.ts";
import { RandomStream } from "../stimulus/random_stream.ts";
import { connectResettable } from "../player/resettable_connection.ts";
import { type ProxiedConnection, type ProxyOptions, startProxy } from "./proxy.ts";
import { readProxyRecord } from "./record.ts";
import { inPieces, randomBytes, readAll, readExactly, wire, writeAll } from "./testing.ts";

/** Whether edges can be proven here; elsewhere they are assumed. */
const PROVES = Deno.build.os === "linux";
const UNIX = Deno.build.os !== "windows";
const LOOPBACK = "tcp://127.0.0.1:0";

/** A client and a target with a proxy in between, and what the proxy told. */
interface Through {
  readonly client: Connection;
  readonly target: Connection;
  /** What came of the connection; both ends must be over before. */
  readonly over: Promise<ProxiedConnection>;
  readonly lines: readonly string[];
  readonly notes: readonly string[];
}

/** Runs `test` with one connection through a proxy. */
async function through(
  options: Partial<ProxyOptions> & { readonly targetAt?: string; readonly resettable?: boolean },
  test: (through: Through) => Promise<void>,
): Promise<void> {
  const tls = { cert: CERT, key: KEY };
  await using listener = await listen(options.targetAt ?? LOOPBACK, { tls });
  const over = Promise.withResolvers<ProxiedConnection>();
  const lines: string[] = [], notes: string[] = [];
  await using proxy = await startProxy({
    listen: LOOPBACK,
    to: listener.endpoint.replace("tls://127.0.0.1", "tls://localhost"),
    seed: 1,
    holdMs: 2,
    idleMs: 20_000, // so that nothing here waits for ever
    tls,
    caCerts: [CERT],
    onConnection: (connection) => over.resolve(connection),
    onRecord: (line) => lines.push(line),
    onNote: (note) => notes.push(note),
    ...options,
  });
  const port = Number(new URL(proxy.endpoint.replace("tls", "tcp")).port);
  const at = proxy.endpoint.replace("tls://127.0.0.1", "tls://localhost");
  const [client, target] = await Promise.all([
    options.resettable
      ? connectResettable({ hostname: "127.0.0.1", port }, 5000)
      : connect(at, { tls: { caCerts: [CERT] } }),
    listener.accept(),
  ]);
  assert(target !== null);
  try {
    await test({ client, target, over: over.promise, lines, notes });
  } finally {
    client.close();
    target.close();
  }
}

/** Sends `bytes` in random pieces and FIN behind them. */
async function sendAll(connection: Connection, bytes: Uint8Array, random: RandomStream) {
  for (const piece of inPieces(random, bytes, 4000)) await writeAll(connection, piece);
  await connection.closeWrite();
}

Deno.test("random traffic both ways at once arrives as it was sent, under any rule", async () => {
  const seed = crypto.getRandomValues(new Uint32Array(1))[0] ?? 1;
  console.log(`seed ${seed}`);
  const random = new RandomStream(seed, "proxy");
  const rules = ["drip", "stride:7", "random", "single:9", "coalesce:2", "slow:1", "none"];
  for (const chunking of rules) {
    const most = chunking === "drip" ? 400 : 30_000;
    const up = randomBytes(random, random.below(most)), down = randomBytes(random, most);
    await through({ chunking, seed }, async ({ client, target, over }) => {
      const [atTarget, atClient] = await Promise.all([
        readAll(target),
        readAll(client),
        sendAll(client, up, random),
        sendAll(target, down, random),
      ]);
      assertEquals(atTarget, up, `seed ${seed}: ${chunking}`);
      assertEquals(atClient, down, `seed ${seed}: ${chunking}`);
      const report = await over;
      assertEquals([report.transparent, report.up.end, report.down.end], [true, "fin", "fin"]);
      assertEquals(report.up.hashIn, report.up.hashOut);
      assertEquals([report.up.bytesOut, report.down.bytesOut], [up.length, down.length]);
      if (PROVES) assert(report.down.proven > 0, "edges were proven");
    });
  }
});

Deno.test("each chunk is read before the next one is written, in both directions", async () => {
  for (const scheme of ["tcp", "tls"]) {
    await through(
      {
        chunking: "stride:3",
        targetAt: `${scheme}://127.0.0.1:0`,
        listen: `${scheme}://127.0.0.1:0`,
      },
      async ({ client, target, over }) => {
        const sizes = async (reader: Connection, writer: Connection) => {
          await writeAll(writer, new Uint8Array(30));
          const sizes: number[] = [];
          const buffer = new Uint8Array(64);
          for (let left = 30; left > 0;) {
            const count = await reader.read(buffer) ?? left;
            left -= count;
            sizes.push(count);
            await new Promise((resolve) => setTimeout(resolve, 2)); // a slow reader
          }
          return sizes;
        };
        const threes = Array.from({ length: 10 }, () => 3);
        if (PROVES) {
          assertEquals(await sizes(target, client), threes, scheme);
          assertEquals(await sizes(client, target), threes, scheme);
        }
        await Promise.all([
          client.closeWrite(),
          target.closeWrite(),
          readAll(client),
          readAll(target),
        ]);
        const { up, down, transparent } = await over;
        assert(transparent);
        if (PROVES) {
          assertEquals([up.proven, up.assumed, down.proven, down.assumed], [10, 0, 10, 0]);
        }
      },
    );
  }
});

Deno.test({
  name: "over Unix sockets, edges towards the target proven",
  ignore: !UNIX,
  async fn() {
    const folder = await Deno.makeTempDir();
    try {
      const places = { listen: `unix://${folder}/p`, targetAt: `unix://${folder}/t` };
      await through({ chunking: "drip", ...places }, async ({ client, target, over }) => {
        const [got, back] = await Promise.all([
          readAll(target),
          readAll(client),
          sendAll(client, new Uint8Array(50), new RandomStream(1, "x")),
          sendAll(target, new Uint8Array(20), new RandomStream(1, "y")),
        ]);
        assertEquals([got.length, back.length], [50, 20]);
        const { up, down, transparent } = await over;
        assert(transparent);
        assertEquals([up.chunks, down.chunks], [50, 20]);
        if (PROVES) assert(up.proven >= 49, `${up.proven} proven`);
      });
    } finally {
      await Deno.remove(folder, { recursive: true });
    }
  },
});

Deno.test("a half-close is passed on, and the answer behind it comes back", async () => {
  await through({ chunking: "drip" }, async ({ client, target, over }) => {
    await writeAll(client, wire("u8", "question"));
    await client.closeWrite();
    assertEquals((await readAll(target)).length, 9); // to the end: the FIN has arrived
    await writeAll(target, wire("u8", "answer"));
    await target.closeWrite();
    assertEquals(await readAll(client), wire("u8", "answer"));
    assertEquals((await over).transparent, true);
  });
});

Deno.test("a reset is passed on, behind the bytes before it", async () => {
  const options = { resettable: true, chunking: "none", idleMs: 600_000 };
  await through(options, async ({ client, target, over }) => {
    await writeAll(client, new Uint8Array(5));
    await readExactly(target, 5);
    client.reset?.();
    const late = setTimeout(() => target.close(), 20_000);
    const seen = await target.read(new Uint8Array(8)).then(
      () => "the end",
      (error) => error instanceof Error ? error.name : error,
    );
    clearTimeout(late);
    // Without the means to send RST it is closed.
    assertEquals(seen, PROVES ? "ConnectionReset" : "the end");
    const { up, transparent } = await over;
    assertEquals([up.end, up.bytesOut, transparent], ["reset", 5, true]);
  });
});

Deno.test("a peer that does not read stops the other one, and little is kept meanwhile", async () => {
  await through({ chunking: "none", edgeMs: 50, bufferBytes: 4096 }, async (ends) => {
    const { client, target, over } = ends;
    let sent = 0;
    const block = new Uint8Array(65_536);
    let stuck = false;
    const sending = (async () => {
      while (!stuck && sent < 64 * 1024 * 1024) sent += await client.write(block);
      await client.closeWrite();
    })();
    // It is stuck when nothing moves any more.
    for (let before = -1; before !== sent;) {
      before = sent;
      await new Promise((resolve) => setTimeout(resolve, 200));
    }
    assert(sent < 32 * 1024 * 1024, `${sent} bytes were taken from a peer that nobody reads`);
    stuck = true;
    const [got] = await Promise.all([readAll(target), sending]);
    assertEquals(got.length, sent);
    await target.closeWrite();
    assertEquals((await over).transparent, true);
  });
});

Deno.test("a connection on which nothing moves is reset", async () => {
  await through({ idleMs: 50 }, async ({ client, over }) => {
    await assertRejects(async () => {
      // Without the means to send RST it is closed.
      if (await client.read(new Uint8Array(1)) === null) throw new Error("closed");
    });
    assertEquals((await over).up.end, "reset");
  });
});

Deno.test("a target that is not there is told, and the client is not left waiting", async () => {
  const notes: string[] = [];
  const free = await listen(LOOPBACK);
  free.close();
  await using proxy = await startProxy({
    listen: LOOPBACK,
    to: free.endpoint,
    onNote: (note) => notes.push(note),
  });
  const client = await connect(proxy.endpoint);
  await client.read(new Uint8Array(1)).catch(() => null);
  client.close();
  assertEquals(proxy.stats.refused, 1);
  assertStringIncludes(notes[0] ?? "", "nothing listens there");
});

Deno.test("at most so many connections are open at once; the others wait", async () => {
  await using listener = await listen(LOOPBACK);
  await using proxy = await startProxy({
    listen: LOOPBACK,
    to: listener.endpoint,
    maxConnections: 1,
    chunking: "none",
  });
  const one = await connect(proxy.endpoint);
  const atTarget = await listener.accept();
  const two = await connect(proxy.endpoint);
  await writeAll(two, new Uint8Array(1));
  const next = listener.accept();
  const first = await Promise.race([next, readExactlyAfter(one, atTarget)]);
  assertEquals(first, "one");
  one.close();
  atTarget?.close();
  const second = await next;
  await readExactly(second ?? two, 1);
  two.close();
  second?.close();
});

/** A byte through the first connection, which shows that the second one had its time. */
async function readExactlyAfter(client: Connection, target: Connection | null): Promise<string> {
  await writeAll(client, new Uint8Array(1));
  await readExactly(target ?? client, 1);
  return "one";
}

Deno.test("the record tells every chunk, in order, with its direction, edge and reason", async () => {
  await through({ chunking: "up=header:3,down=whole", framing: "u32be" }, async (ends) => {
    const { client, target, over, lines } = ends;
    await writeAll(client, wire("u32be", "hi"));
    await readExactly(target, 6);
    await writeAll(target, wire("u32be", "you", "there"));
    await readExactly(client, 16);
    client.close();
    target.close();
    await over;
    const { about, connections: [first] } = readProxyRecord(lines);
    assertEquals([about.chunking.up, about.framing], ["header:3", "u32be"]);
    const chunks = first?.steps.flatMap((step) =>
      "bytes" in step ? [`${step.direction} ${step.bytes.length}`] : []
    );
    assertEquals(chunks, ["up 3", "up 3", "down 7", "down 9"]);
    const up = first?.steps.flatMap((step) =>
      "bytes" in step && step.direction === "up" ? [step.bytes] : []
    );
    assertEquals(concat(up ?? []), wire("u32be", "hi"));
    const events = lines.map((line) => JSON.parse(line));
    assertEquals(events[1].edge, PROVES ? "sock_diag" : "none");
    assertEquals(events[2], { ...events[2], by: "rule", hex: "000000", start: 0 });
  });
});

Deno.test("a server that takes a read for a frame passes directly and fails behind the proxy", async () => {
  await using listener = await listen(LOOPBACK);
  const serving = (async () => {
    for await (const connection of listener.connections()) {
      const buffer = new Uint8Array(1024);
      const count = await connection.read(buffer).catch(() => null) ?? 0;
      const text = new TextDecoder().decode(buffer.subarray(4, count));
      await writeAll(connection, wire("u32be", text)).catch(() => {});
      await connection.closeWrite().catch(() => {});
      await readAll(connection).catch(() => {});
      connection.close();
    }
  })();
  const question = wire("u32be", "hello");
  const answerAt = async (endpoint: string) => {
    const connection = await connect(endpoint);
    await writeAll(connection, question);
    await connection.closeWrite();
    const answer = await readAll(connection);
    connection.close();
    return answer;
  };
  assertEquals(await answerAt(listener.endpoint), question);
  const options = { listen: LOOPBACK, to: listener.endpoint, framing: "u32be", seed: 1 };
  for (const chunking of ["up=header:3", "up=edge", "up=drip"]) {
    await using proxy = await startProxy({ ...options, chunking });
    assert(String(await answerAt(proxy.endpoint)) !== String(question), chunking);
  }
  await using proxy = await startProxy({ ...options, chunking: "whole" });
  assertEquals(await answerAt(proxy.endpoint), question);
  listener.close();
  await serving;
});

Deno.test("wrong options are told before anything listens", async () => {
  const wrong: [Partial<ProxyOptions>, string][] = [
    [{ chunking: "drop" }, "did you mean drip"],
    [{ chunking: "whole" }, "such as --framing u32be"],
  ];
  for (const [options, message] of wrong) {
    const start = () => startProxy({ listen: LOOPBACK, to: "tcp://127.0.0.1:1", ...options });
    await assertRejects(start, ConformanceUsageError, message);
  }
});
