import { assert, assertEquals, assertRejects, assertStringIncludes } from "@std/assert";
import { connect } from "./connect.ts";
import { ConnectError } from "./errors.ts";
import { listen, type Listener } from "./listen.ts";
import { denoError } from "./node_errors.ts";
import { canHalfClose } from "./node_tls.ts";
import { CERT, FINGERPRINT, KEY } from "./testdata/mod.ts";
import type { PeerCertificate, TlsClientOptions } from "./tls_trust.ts";

const TLS = { tls: { cert: CERT, key: KEY } };
const OTHER = "00:".repeat(31) + "00";

/** Answers every connection with "hi" until the listener is closed. */
async function greet(listener: Listener): Promise<void> {
  for await (const connection of listener.connections()) {
    // Whoever only looks, or does not trust us, does not take it.
    await connection.write(new TextEncoder().encode("hi")).catch(() => {});
    await connection.read(new Uint8Array(1)).catch(() => {});
    connection.close();
  }
}

/** Connects to a server with our certificate, and gives its greeting. */
async function greeting(tls: TlsClientOptions, on = "tls://127.0.0.1:0"): Promise<string> {
  const listener = await listen(on, TLS);
  const greeting = greet(listener);
  try {
    const connection = await connect(listener.endpoint, { tls });
    const buffer = new Uint8Array(8);
    const count = await connection.read(buffer) ?? 0;
    connection.close();
    return new TextDecoder().decode(buffer.subarray(0, count));
  } finally {
    listener.close();
    await greeting;
  }
}

/** Fails to connect and returns the error. */
function refused(tls: TlsClientOptions): Promise<ConnectError> {
  return assertRejects(() => greeting(tls), ConnectError);
}

Deno.test("a pinned certificate is accepted without an authority, another one is not", async () => {
  assertEquals(await greeting({ pin: FINGERPRINT }), "hi");
  assertEquals(await greeting({ pin: FINGERPRINT.replaceAll(":", "").toLowerCase() }), "hi");
  const other = await refused({ pin: OTHER });
  assertEquals(other.reason, "identity");
  assertStringIncludes(other.message, FINGERPRINT);
  assertStringIncludes(other.message, OTHER);
  // An authority does not help against a pin.
  assertEquals((await refused({ pin: OTHER, caCerts: [CERT] })).reason, "identity");
  assertStringIncludes((await refused({ pin: "AB:CD" })).message, "64 hexadecimal digits");
});

Deno.test("trust is asked about what nobody vouches for, and only then", async () => {
  const asked: PeerCertificate[] = [];
  const trust = (peer: PeerCertificate) => asked.push(peer) > 0;
  assertEquals(await greeting({ caCerts: [CERT], trust }), "hi");
  assertEquals(asked, []);
  assertEquals(await greeting({ trust }), "hi");
  assertEquals(asked.map(({ fingerprint }) => fingerprint), [FINGERPRINT]);
  // What trust was given makes the server known from then on.
  const caCerts = asked.map(({ pem }) => pem);
  assertEquals(await greeting({ caCerts, trust: () => false }), "hi");
  assertEquals((await refused({ trust: () => false })).reason, "identity");
  const own = new Error("asked, and said no");
  const failing = assertRejects(() => greeting({ trust: () => Promise.reject(own) }), Error);
  assertEquals(await failing, own);
});

Deno.test({
  name: "trust is asked about a name that is not in the certificate",
  // There the machine answers to 127.0.0.1 alone.
  ignore: Deno.build.os === "darwin",
  async fn() {
    let problem = "";
    const trust = (peer: PeerCertificate) => (problem = peer.problem) !== "";
    assertEquals(await greeting({ caCerts: [CERT], trust }, "tls://127.0.0.2:0"), "hi");
    assert(/name/i.test(problem), problem);
  },
});

Deno.test("trust is not asked when the server is no TLS server or silent", async () => {
  await using plain = await listen("tcp://127.0.0.1:0");
  const endpoint = plain.endpoint.replace("tcp", "tls");
  for (const tls of [{ trust: () => true }, { pin: FINGERPRINT }]) {
    const failing = assertRejects(() => connect(endpoint, { tls }), ConnectError);
    const server = await plain.accept();
    await server?.write(new TextEncoder().encode("220 this is not TLS\r\n"));
    assertEquals((await failing).reason, "tls");
    server?.close();
    const late = assertRejects(
      () => connect(endpoint, { tls, connectTimeoutMs: 50 }),
      ConnectError,
    );
    const silent = await plain.accept();
    assertEquals((await late).reason, "timeout");
    silent?.close();
  }
});

Deno.test("failures of Node look like those of the runtime", () => {
  const failure = (code: string, message = "said") => Object.assign(new Error(message), { code });
  assert(denoError(failure("ECONNRESET")) instanceof Deno.errors.ConnectionReset);
  assert(denoError(failure("EPIPE")) instanceof Deno.errors.BrokenPipe);
  assert(denoError(failure("ERR_SSL_WRONG_VERSION_NUMBER")) instanceof Deno.errors.InvalidData);
  assert(
    denoError(failure("CERT_HAS_EXPIRED")).message.startsWith("invalid peer certificate: said"),
  );
  assertEquals(denoError("text").message, "text");
  const other = new Error("something else");
  assertEquals(denoError(other), other);
  assertEquals(
    ["2.6.10", "2.7.0", "2.8.0", "2.10.1", "3.0.0"].map(canHalfClose),
    [false, false, true, true, true],
  );
});
