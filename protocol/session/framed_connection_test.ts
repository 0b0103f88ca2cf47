/** What holds over every transport. Receiving and sending in detail: `framed_receive_test.ts`, `framed_send_test.ts`. */
import { assert, assertEquals, assertRejects, assertStrictEquals } from "@std/assert";
import { TruncatedFrameError } from "../framing/mod.ts";
import type { Connection } from "../transport/mod.ts";
import { TRANSPORTS, withPair } from "../transport/testdata/mod.ts";
import { ConnectionClosedError, ConnectionLostError, DeadlineError } from "./errors.ts";
import { FramedConnection, type FramedConnectionOptions } from "./framed_connection.ts";

/** `length` bytes that differ from place to place. */
function payloadOf(length: number): Uint8Array {
  return Uint8Array.from({ length }, (_, i) => (i * 31 + length) & 0xff);
}

/** Runs `test` with framed ends; the server has the options. */
function framed(
  transport: string,
  test: (client: FramedConnection, server: FramedConnection) => Promise<void>,
  options?: FramedConnectionOptions,
): () => Promise<void> {
  return () =>
    withPair(transport, async (a, b) => {
      const client = new FramedConnection(a, "u32be");
      const server = new FramedConnection(b, "u32be", options);
      try {
        await test(client, server);
      } finally {
        client.close();
        server.close();
      }
    });
}

/** Sends back every batch until the peer has finished, then finishes too. */
async function echo(connection: FramedConnection): Promise<void> {
  for await (const batch of connection.batches()) connection.sendBatch(batch);
  await connection.closeWrite();
}

/** Writes until the peer and everything between has no room left. */
async function fill(connection: FramedConnection): Promise<never> {
  const payload = new Uint8Array(100_000);
  for (;;) await connection.send(payload);
}

for (const transport of TRANSPORTS) {
  Deno.test(
    `${transport}: frames of every size come back whole and in order`,
    framed(transport, async (client, server) => {
      const sizes = [0, 1, 2, 0, 4_092, 4_096, 131_071, 131_072, 300_000, 0, 1_100_000, 5];
      const echoing = echo(server);
      const sending = client.sendAll(sizes.map(payloadOf)).then(() => client.closeWrite());
      const received: Uint8Array[] = [];
      for await (const frame of client) received.push(frame);
      assertEquals(received.map((frame) => frame.length), sizes);
      for (const frame of received) assertEquals(frame, payloadOf(frame.length));
      await Promise.all([echoing, sending]);
      assertEquals(client.bytesSent, sizes.reduce((sum, size) => sum + size + 4, 0));
      assertEquals(client.bytesReceived, client.bytesSent);
      assertEquals([client.bytesQueued, server.bytesQueued], [0, 0]);
    }),
  );

  Deno.test(
    `${transport}: each half closes by itself`,
    framed(transport, async (client, server) => {
      await client.send(payloadOf(3));
      await client.closeWrite();
      await client.closeWrite();
      await assertRejects(() => client.send(payloadOf(1)), ConnectionClosedError);
      assertEquals((await server.receive())?.copy(0), payloadOf(3));
      assertEquals(await server.receive(), null);
      assertEquals(await server.receive(), null);
      await server.send(payloadOf(4));
      assertEquals((await client.receive())?.copy(0), payloadOf(4));
      await server.closeWrite();
      assertEquals(await client.receive(), null);
    }),
  );

  Deno.test(
    `${transport}: an end inside a frame is told after the frames before it`,
    framed(transport, async (client, server) => {
      await client.connection.write(Uint8Array.of(0, 0, 0, 1, 7, 0, 0, 0, 9, 1));
      await client.connection.closeWrite();
      assertEquals((await server.receive())?.copy(0), Uint8Array.of(7));
      const error = await assertRejects(() => server.receive(), TruncatedFrameError);
      assertEquals([error.offset, error.have, error.need], [5, 5, 13]);
      assertStrictEquals(await server.receive().catch((again) => again), error);
      await assertRejects(() => server.send(payloadOf(1)), TruncatedFrameError);
    }),
  );

  Deno.test(
    `${transport}: close() rejects whatever waits`,
    framed(transport, async (client, server) => {
      const receiving = assertRejects(() => server.receive(), ConnectionClosedError);
      const sending = assertRejects(() => fill(server), ConnectionClosedError);
      // A frame from the client ends neither.
      server.close();
      server.close();
      await Promise.all([receiving, sending]);
      await assertRejects(() => server.receive(), ConnectionClosedError);
      await assertRejects(() => server.flush(), ConnectionClosedError);
      await server[Symbol.asyncDispose]();
      // Whatever the transport makes of it, the peer does not wait for ever.
      for (let more = true; more;) {
        more = await client.receive().then((batch) => batch !== null, () => false);
      }
    }),
  );

  Deno.test(`${transport}: an aborted signal closes and gives its reason`, async () => {
    const controller = new AbortController(), reason = new Error("the operator said so");
    await framed(transport, async (_client, server) => {
      const receiving = server.receive().catch((error) => error);
      const sending = fill(server).catch((error) => error);
      controller.abort(reason);
      assertStrictEquals(await receiving, reason);
      assertStrictEquals(await sending, reason);
      assertStrictEquals(await server.send(payloadOf(1)).catch((error) => error), reason);
    }, { signal: controller.signal })();
  });

  Deno.test(
    `${transport}: a peer that never reads keeps the queue bounded`,
    framed(transport, async (_client, server) => {
      const size = 50_000, highWaterMark = 200_000;
      let sent = 0, blocked = false;
      while (!blocked) {
        const done = server.send(payloadOf(size)).then(() => true, () => true);
        sent += size + 4;
        assert(server.bytesQueued <= highWaterMark + size + 4, `${server.bytesQueued} queued`);
        // Sending goes on while the system takes bytes; blocked is when it takes none any more.
        while (server.bytesQueued > highWaterMark && !blocked) {
          const before = server.bytesSent;
          blocked = !await within(300, done) && server.bytesSent === before;
        }
      }
      assertEquals(server.bytesSent + server.bytesQueued, sent);
    }, { highWaterMark: 200_000 }),
  );

  Deno.test(
    `${transport}: frames that were sent leave before disposal closes`,
    framed(transport, async (client, server) => {
      const sending = server.sendAll([1, 70_000, 2, 140_000].map(payloadOf));
      const disposed = server[Symbol.asyncDispose]();
      const sizes: number[] = [];
      for await (const frame of client) sizes.push(frame.length);
      assertEquals(sizes, [1, 70_000, 2, 140_000]);
      await Promise.all([disposed, sending]);
      await assertRejects(() => server.send(payloadOf(1)), ConnectionClosedError);
    }),
  );

  Deno.test(
    `${transport}: each deadline closes with its name`,
    async () => {
      const expects = (
        phase: string,
        options: FramedConnectionOptions,
        test: (peer: Connection, server: FramedConnection) => Promise<unknown>,
      ) =>
        framed(transport, async (client, server) => {
          const error = await assertRejects(() => test(client.connection, server), DeadlineError);
          assertEquals([error.phase, error.ms], [phase, 30]);
          await assertRejects(() => server.send(payloadOf(1)), DeadlineError);
        }, options)();
      await expects("handshake", { handshakeTimeoutMs: 30 }, (_, server) => server.receive());
      await expects("idle", { idleTimeoutMs: 30 }, (_, server) => server.receive());
      await expects("frame", { frameTimeoutMs: 30 }, async (peer, server) => {
        await peer.write(Uint8Array.of(0, 0, 0, 0, 0, 0));
        assertEquals((await server.receive())?.count, 1);
        return server.receive();
      });
      await expects("write", { writeTimeoutMs: 30 }, (_, server) => fill(server));
    },
  );
}

/** Whether `promise` settles within `ms`. */
async function within(ms: number, promise: Promise<unknown>): Promise<boolean> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const late = new Promise<boolean>((resolve) => timer = setTimeout(() => resolve(false), ms));
  try {
    return await Promise.race([promise.then(() => true), late]);
  } finally {
    clearTimeout(timer);
  }
}

Deno.test("a peer that resets the connection is told, after the frames that came", async () => {
  await withPair("memory", async (client, server) => {
    const connection = new FramedConnection(server, "u8");
    await client.write(Uint8Array.of(1, 7, 1, 8, 5));
    assertEquals((await connection.receive())?.count, 2);
    const receiving = connection.receive();
    client.reset?.();
    const error = await assertRejects(() => receiving, ConnectionLostError);
    assertEquals([error.bytesReceived, error.bytesSent], [5, 0]);
    assert(error.cause instanceof Deno.errors.ConnectionReset);
    await assertRejects(() => connection.send(payloadOf(1)), ConnectionLostError);
  });
});

Deno.test("a signal that was aborted before closes at once", async () => {
  await withPair("memory", async (client, server) => {
    const reason = new Error("too late");
    const connection = new FramedConnection(server, "u8", { signal: AbortSignal.abort(reason) });
    assertStrictEquals(await connection.receive().catch((error) => error), reason);
    assertEquals(await client.read(new Uint8Array(1)), null);
  });
});

Deno.test("a socket of the runtime can be framed as it is", async () => {
  using listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const [a, b] = await Promise.all([
    Deno.connect({ port: listener.addr.port }),
    listener.accept(),
  ]);
  await using client = new FramedConnection(a, "line");
  await using server = new FramedConnection(b, "line");
  await client.send(new TextEncoder().encode("hello"));
  for await (const line of server) {
    assertEquals(new TextDecoder().decode(line), "hello");
    break;
  }
  assertEquals(server.connection.remote, client.connection.local);
});
