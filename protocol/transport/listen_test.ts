import { assert, assertEquals, assertNotEquals, assertRejects } from "@std/assert";
import { AcceptLoop } from "./accept_loop.ts";
import { connect } from "./connect.ts";
import { ListenError } from "./errors.ts";
import { listen } from "./listen.ts";
import { memoryPair } from "./memory.ts";
import { CERT, KEY, TRANSPORTS } from "./testdata/mod.ts";

/** Fails to listen and returns the error. */
function refused(...on: Parameters<typeof listen>): Promise<ListenError> {
  return assertRejects(() => listen(...on), ListenError);
}

Deno.test("listen() on port 0 tells the real port", async () => {
  await using listener = await listen("tcp://:0?speak=echo");
  assert(/^tcp:\/\/127\.0\.0\.1:[1-9]\d*$/.test(listener.endpoint), listener.endpoint);
  const client = await connect(listener.endpoint);
  const server = await listener.accept();
  assertEquals(server?.remote, client.local);
  client.close();
  server?.close();
});

Deno.test("listen() tells what is wrong", async () => {
  await using listener = await listen("tcp://127.0.0.1:0", { backlog: 5 });
  assertEquals((await refused(listener.endpoint)).reason, "in-use");
  assertEquals((await refused("tcp://192.0.2.1:0")).reason, "address");
  assertEquals((await refused("tls://127.0.0.1:0")).reason, "tls");
  const junk = await refused("tls://127.0.0.1:0", { tls: { cert: "junk", key: KEY } });
  assertEquals(junk.reason, "tls");
  assertEquals((await refused("tls://:0", { tls: { cert: CERT, key: "junk" } })).reason, "tls");
});

Deno.test("listen() keeps no more waiting than the backlog says", async () => {
  // Over loopback the system makes a connection at once, or not at all while there is no room.
  const reached = async (backlog: number) => {
    await using listener = await listen("tcp://127.0.0.1:0", { backlog });
    const clients = await Promise.allSettled(
      Array.from({ length: 8 }, () => connect(listener.endpoint, { connectTimeoutMs: 500 })),
    );
    const made = clients.flatMap((one) => one.status === "fulfilled" ? [one.value] : []);
    for (const client of made) client.close();
    return made.length;
  };
  assertEquals(await reached(64), 8);
  assert(await reached(1) < 8);
});

Deno.test({
  name: "the system asks peers that are quiet whether they are still there",
  ignore: Deno.build.os !== "linux",
  async fn() {
    await using listener = await listen("tcp://127.0.0.1:0");
    const client = await connect(listener.endpoint);
    const server = await listener.accept();
    // | sl | local_address | rem_address | st | tx:rx | tr:tm->when | …   tr is 02 where the keep-alive timer runs (proc(5)).
    const hex = (url = "") => Number(/\d+$/.exec(url)).toString(16).toUpperCase().padStart(4, "0");
    const ends = [hex(listener.endpoint), hex(client.local)];
    // Not by the runtime: there, what is below /proc is for programs with all permissions.
    const { stdout } = await new Deno.Command("cat", { args: ["/proc/net/tcp"] }).output();
    const sockets = new TextDecoder().decode(stdout);
    const [, timer] = new RegExp(
      `:${ends[0]} [0-9A-F]+:${ends[1]} 01 [0-9A-F:]+ (\\d\\d):`,
    ).exec(sockets) ?? [];
    assertEquals(timer, "02");
    client.close();
    server?.close();
  },
});

Deno.test("listen() on memory holds a name, and refuses more than it can hold", async () => {
  const listener = await listen("memory:listen-test");
  assertEquals((await refused("memory:listen-test")).reason, "in-use");
  const clients = await Promise.all(
    Array.from({ length: 128 }, () => connect("memory:listen-test")),
  );
  await assertRejects(() => connect("memory:listen-test"), Error, "128 connections already wait");
  const first = await listener.accept();
  await clients[0]?.write(Uint8Array.of(7));
  assertEquals(await first?.read(new Uint8Array(4)), 1);
  listener.close();
  // Whoever was not accepted sees the end.
  assertEquals(await clients[1]?.read(new Uint8Array(4)), null);
  await using _again = await listen("memory:listen-test");
});

Deno.test("accept() on memory waits for whoever connects next", async () => {
  await using listener = await listen("memory:listen-test");
  const accepting = listener.accept();
  const client = await connect("memory:listen-test");
  assertEquals((await accepting)?.remote, client.local);
  client.close();
});

Deno.test("listen() on stdio gives one connection", async () => {
  await using listener = await listen("stdio:");
  const remotes: string[] = [];
  for await (const connection of listener.connections()) remotes.push(connection.remote);
  assertEquals(remotes, ["stdio:"]);
  assertEquals((await connect("stdio:")).remote, "stdio:");
});

for (const transport of TRANSPORTS.filter((name) => name !== "tls-pinned")) {
  Deno.test(`close() ends connections() over ${transport}`, async () => {
    const folder = await Deno.makeTempDir();
    const listener = await listen(
      {
        memory: "memory:end",
        unix: `unix:${folder}/x.sock`,
        tcp: "tcp://:0",
        tls: "tls://:0",
        quic: "quic://:0",
      }[transport] ?? "",
      { tls: { cert: CERT, key: KEY } },
    );
    const ended = (async () => {
      for await (const connection of listener.connections()) connection.close();
    })();
    listener.close();
    listener.close();
    await ended;
    assertEquals(await listener.accept(), null);
    await Deno.remove(folder, { recursive: true });
  });
}

/** Runs `test` with timers that fire at once or never: what is tested is the wait, not the clock. */
async function withTimers(fire: boolean, test: () => Promise<void>): Promise<void> {
  const real = globalThis.setTimeout;
  const fake = (handler: () => void) => fire ? real(handler, 0) : 0;
  globalThis.setTimeout = Object.assign(fake, real);
  try {
    await test();
  } finally {
    globalThis.setTimeout = real;
  }
}

Deno.test("the accept loop waits 5 ms to 1 s after failures, anew after each success", async () => {
  const [connection] = memoryPair();
  const waits: number[] = [];
  let calls = 0;
  const loop = new AcceptLoop(
    "memory:test",
    () => ++calls % 10 === 0 ? Promise.resolve(connection) : Promise.reject(new Error("EMFILE")),
    () => {},
    (_error, ms) => waits.push(ms),
  );
  await withTimers(true, async () => {
    assertEquals(await loop.accept(), connection);
    assertEquals(await loop.accept(), connection);
  });
  const once = [5, 10, 20, 40, 80, 160, 320, 640, 1000];
  assertEquals(waits, [...once, ...once]);
});

Deno.test("close() ends a wait of the accept loop at once", async () => {
  const failed = Promise.withResolvers<void>();
  const loop = new AcceptLoop(
    "memory:test",
    () => Promise.reject(new Error("EMFILE")),
    () => {},
    () => failed.resolve(),
  );
  await withTimers(false, async () => {
    const waiting = loop.accept();
    await failed.promise;
    loop.close();
    assertEquals(await waiting, null);
  });
});

Deno.test({
  name: "the accept loop survives running out of file descriptors",
  ignore: Deno.build.os === "windows",
  async fn() {
    const target = new URL("./testdata/raw_echo.ts", import.meta.url).pathname;
    const child = new Deno.Command("sh", {
      args: [
        "-c",
        'ulimit -n 64; exec "$0" run --no-check --allow-net "$1"',
        Deno.execPath(),
        target,
      ],
      stdout: "piped",
      stderr: "null",
    }).spawn();
    const clients: Deno.Conn[] = [];
    const reader = child.stdout.pipeThrough(new TextDecoderStream()).getReader();
    try {
      let said = "";
      const until = async (pattern: RegExp) => {
        for (let found = pattern.exec(said);; found = pattern.exec(said)) {
          if (found !== null) return found[0];
          const { value, done } = await reader.read();
          if (done) throw new Error(`the server ended, having said ${JSON.stringify(said)}`);
          said += value;
        }
      };
      const port = Number((await until(/^tcp:\S+(?=\n)/)).split(":").at(-1));
      while (clients.length < 128) clients.push(await Deno.connect({ port }));
      await until(/Too many open files/);
      for (const client of clients.splice(0)) client.close();

      const good = await Deno.connect({ port });
      clients.push(good);
      await good.write(Uint8Array.of(42));
      const answer = new Uint8Array(1);
      assertNotEquals(await good.read(answer), null);
      assertEquals([...answer], [42]);
    } finally {
      for (const client of clients) client.close();
      // The runtime may panic on its way out with no descriptors left, so it is not asked.
      child.kill("SIGKILL");
      await child.status;
      await reader.cancel();
    }
  },
});
