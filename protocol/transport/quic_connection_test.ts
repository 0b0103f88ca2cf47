/** Peers over QUIC that vanish, are silent, or take liberties with streams. */
import { assert, assertEquals, assertRejects } from "@std/assert";
import { connect } from "./connect.ts";
import type { Connection } from "./connection.ts";
import { datagramsTo, openDatagrams } from "./open_datagrams.ts";
import { ConnectError } from "./errors.ts";
import { connectionsEnded, doneWithin, QUIC_END, QUIC_LIFE, QUIC_PROTOCOL } from "./quic.ts";
import { QuicListener } from "./quic_listener.ts";
import { CERT, KEY } from "./testdata/mod.ts";

/** How much faster than usual a connection dies of silence here. */
const HASTE = 20;
const IDLE_MS = (QUIC_LIFE.maxIdleTimeout ?? 0) / HASTE;
const LIFE = {
  ...QUIC_LIFE,
  maxIdleTimeout: IDLE_MS,
  keepAliveInterval: (QUIC_LIFE.keepAliveInterval ?? 0) / HASTE,
};

const TRUST = { tls: { caCerts: [CERT] } };

function quicListener(): QuicListener {
  const limits = { waiting: 128, handshakeMs: 10_000, life: LIFE };
  return new QuicListener({ hostname: "127.0.0.1", port: 0 }, { cert: CERT, key: KEY }, limits);
}

/** `work`, or an error when it takes far too long. */
async function inTime<Result>(work: Promise<Result>): Promise<Result> {
  if (await doneWithin(work, 20_000)) return await work;
  throw new Error("what was waited for did not come");
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}

/** A way through which datagrams pass both ways until it is cut. One client. */
async function way(to: string): Promise<AsyncDisposable & { endpoint: string; cut(): void }> {
  const near = await openDatagrams("udp://127.0.0.1:0");
  const { channel: far, peer } = await datagramsTo(to.replace("quic", "udp"));
  let whole = true;
  let client: typeof peer | undefined;
  const up = (async () => {
    for await (const { bytes, from } of near) {
      client = from;
      if (whole) await far.send(bytes, peer);
    }
  })();
  const down = (async () => {
    for await (const { bytes } of far) if (whole && client) await near.send(bytes, client);
  })();
  return {
    endpoint: near.endpoint.replace("udp", "quic"),
    cut: () => whole = false,
    async [Symbol.asyncDispose]() {
      await Promise.all([near.close(), far.close()]);
      await Promise.all([up, down]);
    },
  };
}

async function say(from: Connection, to: Connection | null): Promise<void> {
  await from.write(Uint8Array.of(7));
  assertEquals(await to?.read(new Uint8Array(9)), 1);
}

/** A client that is not ours, and what the listener makes of it. */
async function foreign(
  quic: QuicListener,
  life: Deno.QuicTransportOptions = LIFE,
): Promise<Deno.QuicConn> {
  return await Deno.connectQuic<false>({
    hostname: "127.0.0.1",
    port: Number(new URL(quic.text.replace("quic:", "http:")).port),
    serverName: "localhost",
    alpnProtocols: [QUIC_PROTOCOL],
    caCerts: [CERT],
    ...life,
  });
}

Deno.test("quic: a peer that vanishes is noticed by either side", async () => {
  const quic = quicListener();
  await using path = await way(quic.text);
  const [client, server] = await Promise.all([connect(path.endpoint, TRUST), quic.accept()]);
  assert(server !== null);
  await say(client, server);
  await say(server, client);
  path.cut();
  await server.write(Uint8Array.of(1));
  await Promise.all(
    [client, server].map((end) =>
      assertRejects(() => inTime(end.read(new Uint8Array(9))), Error, "connection lost")
    ),
  );
  await assertRejects(() => server.write(Uint8Array.of(1)));
  client.close();
  server.close();
  quic.close();
  await connectionsEnded();
});

Deno.test("quic: silence ends nothing while both are there", async () => {
  const quic = quicListener();
  const [client, server] = await Promise.all([connect(quic.text, TRUST), quic.accept()]);
  const reading = server?.read(new Uint8Array(9));
  reading?.catch(() => {});
  await pause(2.5 * IDLE_MS);
  await client.write(Uint8Array.of(1));
  assertEquals(await reading, 1);
  client.close();
  server?.close();
  quic.close();
  await connectionsEnded();
});

Deno.test("quic: a peer has one stream at a time, and what it writes to a second one is held back", async () => {
  const quic = quicListener();
  const [peer, server] = await Promise.all([foreign(quic), quic.accept()]);
  const first = (await peer.createUnidirectionalStream()).getWriter();
  for (
    const open of [() => peer.createUnidirectionalStream(), () => peer.createBidirectionalStream()]
  ) {
    await assertRejects(open, RangeError, "maximum number of concurrent");
  }
  await first.write(Uint8Array.of(7));
  await first.close();
  assertEquals(await server?.read(new Uint8Array(9)), 1);
  assertEquals(await server?.read(new Uint8Array(9)), null);
  const stream = await peer.createUnidirectionalStream({ waitUntilAvailable: true });
  const second = stream.getWriter();
  let written = 0;
  const filling = (async () => {
    for (;; written += 100_000) await second.write(new Uint8Array(100_000));
  })();
  filling.catch(() => {});
  for (let before = -1; before < written;) {
    before = written;
    await pause(300);
  }
  assert(written < 20_000_000, `${written}`);
  // The server goes on as if nothing had been.
  assertEquals(await server?.read(new Uint8Array(9)), null);
  await server?.write(Uint8Array.of(5));
  const streams = peer.incomingUnidirectionalStreams.getReader();
  const reader = (await streams.read()).value?.getReader();
  assertEquals((await reader?.read())?.value, Uint8Array.of(5));
  server?.close();
  assertEquals((await reader?.read())?.done, true);
  await assertRejects(() => filling);
  quic.close();
  await connectionsEnded();
});

Deno.test("quic: a peer that lets nothing be written to it is no peer", async () => {
  const quic = quicListener();
  const accepting = quic.accept();
  const peer = await foreign(quic, { maxConcurrentUnidirectionalStreams: 0 });
  assertEquals((await inTime(peer.closed)).closeCode, QUIC_END.reset);
  quic.close();
  assertEquals(await accepting, null);

  const endpoint = new Deno.QuicEndpoint({ hostname: "127.0.0.1" });
  const mute = endpoint.listen({
    cert: CERT,
    key: KEY,
    alpnProtocols: [QUIC_PROTOCOL],
    maxConcurrentUnidirectionalStreams: 0,
  });
  const serving = mute.accept().then(({ closed }) => closed);
  const to = `quic://127.0.0.1:${endpoint.addr.port}`;
  await assertRejects(() => connect(to, TRUST), ConnectError);
  assertEquals((await inTime(serving)).closeCode, QUIC_END.reset);
  endpoint.close();
});

Deno.test("quic: a peer that does not want to read is told to who writes", async () => {
  const quic = quicListener();
  const [peer, server] = await Promise.all([foreign(quic), quic.accept()]);
  await server?.write(Uint8Array.of(1));
  const streams = peer.incomingUnidirectionalStreams.getReader();
  await (await streams.read()).value?.cancel();
  const writing = async () => {
    for (let i = 0; i < 1000; i++) await server?.write(new Uint8Array(10_000));
  };
  await assertRejects(() => inTime(writing()), Error, "stopped");
  server?.close();
  peer.close();
  quic.close();
  await connectionsEnded();
});
