import { assert, assertEquals, assertRejects, assertStringIncludes } from "@std/assert";
import { connect } from "./connect.ts";
import { EndpointError } from "./endpoint.ts";
import { ConnectError } from "./errors.ts";
import { listen } from "./listen.ts";
import { CERT, KEY, TRANSPORTS, withPair } from "./testdata/mod.ts";

const TLS = { tls: { cert: CERT, key: KEY } };

/** Fails to connect and returns the error. */
function refused(...to: Parameters<typeof connect>): Promise<ConnectError> {
  return assertRejects(() => connect(...to), ConnectError);
}

for (const transport of TRANSPORTS) {
  Deno.test(`connect() over ${transport} carries bytes both ways and half-closes`, () =>
    withPair(transport, async (client, server) => {
      const buffer = new Uint8Array(16);
      assertEquals(await client.write(Uint8Array.of(1, 2, 3)), 3);
      assertEquals(await server.read(buffer), 3);
      assertEquals([...buffer.subarray(0, 3)], [1, 2, 3]);
      await client.closeWrite();
      assertEquals(await server.read(buffer), null);
      await server.write(Uint8Array.of(4));
      assertEquals(await client.read(buffer), 1);
      server.close();
      server.close();
      assertEquals(await client.read(buffer), null);
      const scheme = transport.replace("-pinned", "");
      assert(client.remote.startsWith(`${scheme}:`), client.remote);
      assert(server.local.startsWith(`${scheme}:`), server.local);
      if (scheme === "tcp" || scheme === "tls") assertEquals(client.local, server.remote);
      client.setNoDelay?.(true);
    }));

  Deno.test(`close() over ${transport} ends a waiting read`, () =>
    withPair(transport, async (client) => {
      const waiting = client.read(new Uint8Array(1));
      client.close();
      await assertRejects(() => waiting);
    }));
}

Deno.test("connect() tells what is wrong with the place", async () => {
  const gone = await listen("tcp://127.0.0.1:0");
  gone.close();
  const nobody = await refused(gone.endpoint);
  assertEquals([nobody.reason, nobody.endpoint], ["refused", gone.endpoint]);
  assertStringIncludes(nobody.message, "is the server running?");

  assertEquals((await refused("tcp://127.0.0.1:0")).reason, "no-port");
  assertEquals((await refused("memory:nobody")).reason, "refused");
  assertEquals((await refused("tcp://no-such-host.invalid:1")).reason, "unresolved");
  await assertRejects(() => connect("tcp://127.0.0.1"), EndpointError);
});

Deno.test({
  name: "connect() tells a missing, a stale and an impossible Unix socket apart",
  ignore: Deno.build.os === "windows",
  async fn() {
    const folder = await Deno.makeTempDir();
    const missing = await refused(`unix:${folder}/x.sock`);
    assertEquals(missing.reason, "missing");
    await staleSocket(`${folder}/x.sock`);
    assertEquals((await refused(`unix:${folder}/x.sock`)).reason, "refused");
    assertEquals((await refused(`unix:${folder}/${"x".repeat(200)}`)).reason, "address");
    await Deno.remove(folder, { recursive: true });
  },
});

Deno.test("connect() over TLS tells what is wrong with the peer", async () => {
  await using secure = await listen("tls://127.0.0.1:0", TLS);
  const untrusted = refused(secure.endpoint);
  (await secure.accept())?.close();
  assertEquals((await untrusted).reason, "tls");

  await using plain = await listen("tcp://127.0.0.1:0");
  const failing = refused(plain.endpoint.replace("tcp", "tls"));
  const server = await plain.accept();
  await server?.write(new TextEncoder().encode("220 this is not TLS\r\n"));
  assertStringIncludes((await failing).message, "does not speak TLS");
  server?.close();
});

Deno.test({
  name: "connect() checks the host name unless told otherwise",
  // There the machine answers to 127.0.0.1 alone.
  ignore: Deno.build.os === "darwin",
  async fn() {
    await using secure = await listen("tls://127.0.0.2:0", TLS);
    const wrongName = refused(secure.endpoint, { tls: { caCerts: [CERT] } });
    (await secure.accept())?.close();
    assertEquals((await wrongName).reason, "tls");

    const tls = { caCerts: [CERT], insecureHostname: true };
    const [client, server] = await Promise.all([
      connect(secure.endpoint, { tls }),
      secure.accept(),
    ]);
    client.close();
    server?.close();
  },
});

Deno.test("connect() gives up after connectTimeoutMs", async () => {
  await using silent = await listen("tcp://127.0.0.1:0");
  const endpoint = silent.endpoint.replace("tcp", "tls");
  const failing = refused(endpoint, { connectTimeoutMs: 30 });
  const server = await silent.accept();
  const error = await failing;
  assertEquals(error.reason, "timeout");
  assertStringIncludes(error.message, "no answer within 30 ms");
  server?.close();
});

Deno.test("connect() can be called off", async () => {
  await using silent = await listen("tcp://127.0.0.1:0");
  const reason = new Error("not needed any more");
  await assertRejects(
    () => connect(silent.endpoint, { signal: AbortSignal.abort(reason) }),
    Error,
    reason.message,
  );
  const controller = new AbortController();
  const endpoint = silent.endpoint.replace("tcp", "tls");
  const attempt = connect(endpoint, { signal: controller.signal });
  const server = await silent.accept();
  controller.abort(reason);
  await assertRejects(() => attempt, Error, reason.message);
  server?.close();
});

/** Leaves a socket file that nobody listens on, as a killed server does. */
async function staleSocket(path: string): Promise<void> {
  const listener = Deno.listen({ transport: "unix", path: `${path}.real` });
  await Deno.rename(`${path}.real`, path);
  listener.close();
}
