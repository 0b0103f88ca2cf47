/** What is particular to QUIC. What holds over every transport: `connect_test.ts`, `framed_connection_test.ts`. */
import { assert, assertEquals, assertRejects, assertStringIncludes } from "@std/assert";
import { connect } from "./connect.ts";
import type { Connection } from "./connection.ts";
import { ConnectError, ListenError } from "./errors.ts";
import { listen } from "./listen.ts";
import { openDatagrams } from "./open_datagrams.ts";
import { connectionsEnded } from "./quic.ts";
import { CERT, FINGERPRINT, KEY, withPair } from "./testdata/mod.ts";

const TLS = { tls: { cert: CERT, key: KEY } };
const TRUST = { tls: { caCerts: [CERT] } };

function refused(...to: Parameters<typeof connect>): Promise<ConnectError> {
  return assertRejects(() => connect(...to), ConnectError);
}

/** Reads to the end; every byte must be that of its place. */
async function countBytes(connection: Connection): Promise<number> {
  const buffer = new Uint8Array(50_000);
  let count = 0;
  for (let read; (read = await connection.read(buffer)) !== null; count += read) {
    if (buffer.subarray(0, read).some((byte, i) => byte !== (count + i) % 251)) {
      throw new Error(`a byte behind ${count} is wrong`);
    }
  }
  return count;
}

Deno.test("quic: either side may speak first, and what was written before close() arrives", async () => {
  const bytes = Uint8Array.from({ length: 3_000_000 }, (_, i) => i % 251);
  for (const serverFirst of [false, true]) {
    await withPair("quic", async (client, server) => {
      const [from, to] = serverFirst ? [server, client] : [client, server];
      const counting = countBytes(to);
      assertEquals(await from.write(bytes), bytes.length);
      from.close();
      assertEquals(await counting, bytes.length);
      to.close();
    });
  }
  await connectionsEnded();
});

Deno.test("quic: whoever reads to the end sees the end, however fast the other side is gone", async () => {
  await using listener = await listen("quic://127.0.0.1:0", TLS);
  for (let round = 0; round < 60; round++) {
    const [client, server] = await Promise.all([
      connect(listener.endpoint, TRUST),
      listener.accept(),
    ]);
    const serving = (async () => {
      if (server === null) return;
      await countBytes(server);
      await server.write(Uint8Array.from({ length: 10 }, (_, i) => i));
      server.close();
    })();
    await client.write(Uint8Array.of(0, 1));
    await client.closeWrite();
    assertEquals(await countBytes(client), 10);
    assertEquals(await client.read(new Uint8Array(1)), null);
    client.close();
    await serving;
  }
  await connectionsEnded();
});

Deno.test("quic: a reset is told, and is no end of the stream", async () => {
  await withPair("quic", async (client, server) => {
    await client.write(Uint8Array.of(1));
    await server.read(new Uint8Array(1));
    client.reset?.();
    await assertRejects(() => server.read(new Uint8Array(1)));
    await assertRejects(() => client.read(new Uint8Array(1)), Deno.errors.BadResource);
    await assertRejects(() => client.write(new Uint8Array(1)), Deno.errors.BadResource);
  });
});

Deno.test("quic: who does not read stops who writes", async () => {
  await withPair("quic", async (client, server) => {
    let written = 0;
    const filling = (async () => {
      for (;; written += 100_000) await client.write(new Uint8Array(100_000));
    })();
    filling.catch(() => {});
    await server.read(new Uint8Array(1));
    for (let before = -1; before < written;) {
      before = written;
      await new Promise((resolve) => setTimeout(resolve, 300));
    }
    assert(written > 0 && written < 20_000_000, `${written}`);
    // What waits ends at once; what was written has some time more.
    let over = false;
    client.close();
    void connectionsEnded().then(() => over = true);
    await assertRejects(() => filling, Deno.errors.BadResource);
    assertEquals(over, false);
  });
});

Deno.test("quic: after close() of the listener what was accepted goes on", async () => {
  const listener = await listen("quic://localhost:0", TLS);
  assert(/^quic:\/\/127\.0\.0\.1:[1-9]\d*$/.test(listener.endpoint), listener.endpoint);
  const client = await connect(listener.endpoint.replace("127.0.0.1", "localhost"), TRUST);
  const server = await listener.accept();
  listener.close();
  assertEquals(await listener.accept(), null);
  await client.write(Uint8Array.of(7));
  const buffer = new Uint8Array(4);
  assertEquals(await server?.read(buffer), 1);
  await server?.write(buffer.subarray(0, 1));
  assertEquals(await client.read(buffer), 1);
  client.close();
  server?.close();
  await connectionsEnded();
});

Deno.test("quic: what the runtime cannot do is refused, and so is a wrong peer", async () => {
  const listening = (options: Parameters<typeof listen>[1]) =>
    assertRejects(() => listen("quic://127.0.0.1:0", options), ListenError);
  assertEquals((await listening({})).reason, "tls");
  assertEquals((await listening({ tls: { cert: "junk", key: KEY } })).reason, "tls");
  assertEquals((await listening({ tls: { ...TLS.tls, clientCa: [CERT] } })).reason, "unsupported");

  await using listener = await listen("quic://127.0.0.1:0", TLS);
  const taken = await assertRejects(() => listen(listener.endpoint, TLS), ListenError);
  assertEquals(taken.reason, "in-use");
  assertEquals((await refused(listener.endpoint)).reason, "tls");
  for (
    const tls of [
      { pin: FINGERPRINT },
      { identity: { cert: CERT, key: KEY } },
      { insecureHostname: true },
    ]
  ) {
    const error = await refused(listener.endpoint, { tls });
    assertEquals(error.reason, "unsupported");
    assertStringIncludes(error.message, "or use tls");
  }
  const endpoint = new Deno.QuicEndpoint({ hostname: "127.0.0.1" });
  const other = endpoint.listen({ cert: CERT, key: KEY, alpnProtocols: ["h3"] });
  const accepting = other.accept().catch(() => {});
  const foreign = await refused(`quic://127.0.0.1:${endpoint.addr.port}`, TRUST);
  assertStringIncludes(foreign.message, "another protocol");
  endpoint.close();
  await accepting;
  assertEquals((await refused("quic://127.0.0.1:0")).reason, "no-port");
  assertEquals((await refused("quic://no-such-host.invalid:1")).reason, "unresolved");
});

Deno.test("quic: connect() gives up in time where nobody answers, and nothing of it is left", async () => {
  await using silent = await openDatagrams("udp://127.0.0.1:0");
  const place = silent.endpoint.replace("udp", "quic");
  const startMs = performance.now();
  assertEquals((await refused(place, { ...TRUST, connectTimeoutMs: 50 })).reason, "timeout");
  const attempt = connect(place, { ...TRUST, signal: AbortSignal.timeout(50) });
  await assertRejects(() => attempt, DOMException);
  // By itself the runtime would try for 30 s.
  assert(performance.now() - startMs < 20_000);
  const reason = new Error("not needed any more");
  await assertRejects(() => connect(place, { signal: AbortSignal.abort(reason) }), Error, "not");
});

Deno.test("quic: to call one connection off harms no other one", async () => {
  // Leaves a socket to be used again.
  await withPair("quic", async () => {});
  await connectionsEnded();
  await using silent = await openDatagrams("udp://127.0.0.1:0");
  await withPair("quic", async (client, server) => {
    const attempts = Array.from(
      { length: 5 },
      (_, i) => connect(silent.endpoint.replace("udp", "quic"), { connectTimeoutMs: 20 * i + 20 }),
    );
    for (const attempt of attempts) await assertRejects(() => attempt, ConnectError);
    await client.write(Uint8Array.of(3));
    assertEquals(await server.read(new Uint8Array(9)), 1);
  });
  await connectionsEnded();
});

Deno.test("quic: a socket is used again, and trust is not", async () => {
  await using listener = await listen("quic://127.0.0.1:0", TLS);
  const once = async () => {
    const [client, server] = await Promise.all([
      connect(listener.endpoint, TRUST),
      listener.accept(),
    ]);
    client.close();
    server?.close();
    await connectionsEnded();
    return client.local;
  };
  const local = await once();
  assertEquals((await refused(listener.endpoint)).reason, "tls");
  assertEquals(await once(), local);
});

/** Runs a script with an own `deno`, and resolves to what it said. */
async function run(flags: readonly string[], script: string): Promise<[string, string]> {
  const path = await Deno.makeTempFile({ suffix: ".ts" });
  try {
    await Deno.writeTextFile(path, script);
    const { stdout, stderr } = await new Deno.Command(Deno.execPath(), {
      args: ["run", "--no-config", "--no-lock", "--no-check", "--quiet", ...flags, path],
      env: { NO_COLOR: "1" },
      signal: AbortSignal.timeout(60_000),
    }).output();
    const decoder = new TextDecoder();
    return [decoder.decode(stdout), decoder.decode(stderr)];
  } finally {
    await Deno.remove(path);
  }
}

const IMPORTS = `
  import { connect } from ${JSON.stringify(import.meta.resolve("./connect.ts"))};
  import { listen } from ${JSON.stringify(import.meta.resolve("./listen.ts"))};
  import { connectionsEnded } from ${JSON.stringify(import.meta.resolve("./quic.ts"))};
  const cert = ${JSON.stringify(CERT)}, key = ${JSON.stringify(KEY)};
`;

Deno.test("without --unstable-net quic says what it needs", async () => {
  const script = `${IMPORTS}
    await listen("quic://127.0.0.1:0", { tls: { cert, key } })
      .catch((error) => console.log(error.name, error.reason));
    await connect("quic://127.0.0.1:1").catch((error) => console.log(error.name, error.message));
  `;
  assertEquals(await run(["--allow-net=127.0.0.1"], script), [
    "ListenError unsupported\nConnectError Cannot connect to quic://127.0.0.1:1: the runtime has QUIC only with " +
    "--unstable-net; give it that flag, or use tls instead\n",
    "",
  ]);
});

Deno.test("quic: once connectionsEnded() a program may exit, and all has arrived", async () => {
  await using listener = await listen("quic://127.0.0.1:0", TLS);
  const serving = (async () => {
    const server = await listener.accept();
    return server === null ? -1 : await countBytes(server).finally(() => server.close());
  })();
  const client = `${IMPORTS}
    const connection = await connect(${
    JSON.stringify(listener.endpoint)
  }, { tls: { caCerts: [cert] } });
    await connection.write(Uint8Array.from({ length: 900_000 }, (_, i) => i % 251));
    connection.close();
    await connectionsEnded();
    Deno.exit(0);
  `;
  assertEquals(await run(["--allow-net=127.0.0.1", "--unstable-net"], client), ["", ""]);
  assertEquals(await serving, 900_000);
});

Deno.test("quic: who may reach one host only can connect as well", async () => {
  await using listener = await listen("quic://127.0.0.1:0", TLS);
  await using silent = await openDatagrams("udp://127.0.0.1:0");
  const [to, nobody] = [listener.endpoint, silent.endpoint.replace("udp", "quic")];
  const serving = (async () => {
    for await (const server of listener.connections()) {
      void countBytes(server).finally(() => server.close());
    }
  })();
  const script = `${IMPORTS}
    const locals = new Set();
    for (let i = 0; i < 3; i++) {
      const connection = await connect("${to}", { tls: { caCerts: [cert] } });
      locals.add(connection.local);
      await connection.write(Uint8Array.of(0));
      connection.close();
      await connectionsEnded();
    }
    await connect("${nobody}", { connectTimeoutMs: 50 }).catch(({ reason }) => console.log(reason));
    console.log(locals.size);
    Deno.exit(0);
  `;
  const hosts = [to, nobody].map((place) => place.replace("quic://", "")).join();
  assertEquals(await run([`--allow-net=${hosts}`, "--unstable-net"], script), ["timeout\n1\n", ""]);
  listener.close();
  await serving;
  await connectionsEnded();
});
