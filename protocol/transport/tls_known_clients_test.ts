import { assertEquals, assertRejects } from "@std/assert";
import { connect } from "./connect.ts";
import { listen } from "./listen.ts";
import { canHalfClose } from "./node_tls.ts";
import { CERT, KEY } from "./testdata/mod.ts";
import { makeCertificate } from "../../server/cert/make_certificate.ts";

Deno.test({
  name: "only clients with a certificate of the authority are served",
  ignore: !canHalfClose(),
  async fn() {
    const known = await makeCertificate(["client"], 1);
    const stranger = await makeCertificate(["client"], 1);
    const tls = { cert: CERT, key: KEY, clientCa: [known.cert] };
    await using listener = await listen("tls://127.0.0.1:0", { tls });
    const answer = async (identity?: { cert: string; key: string }): Promise<string> => {
      const client = connect(listener.endpoint, {
        tls: { caCerts: [CERT], ...(identity === undefined ? {} : { identity }) },
      });
      const server = await listener.accept();
      const serving = server?.write(new TextEncoder().encode("hi")).catch(() => 0);
      try {
        const connection = await client;
        try {
          const buffer = new Uint8Array(8);
          const count = await connection.read(buffer) ?? 0;
          return new TextDecoder().decode(buffer.subarray(0, count));
        } finally {
          connection.close();
        }
      } finally {
        // Nothing was sent to whoever is not known.
        assertEquals(await serving, identity === known ? 2 : 0);
        server?.close();
      }
    };
    assertEquals(await answer(known), "hi");
    // With TLS 1.3 the client learns it after its handshake: by an error, or by the end (RFC 8446, 4.4.2.4).
    for (const nobody of [undefined, stranger]) {
      assertEquals(await answer(nobody).catch(() => ""), "");
    }
    assertEquals(await answer(known), "hi");
  },
});

Deno.test({
  name: "a client that does not shake hands is given up when its connection is closed",
  ignore: !canHalfClose(),
  async fn() {
    await using listener = await listen("tls://127.0.0.1:0", {
      tls: { cert: CERT, key: KEY, clientCa: [CERT] },
    });
    const silent = await connect(listener.endpoint.replace("tls", "tcp"));
    const server = await listener.accept();
    const reading = assertRejects(async () => await server?.read(new Uint8Array(1)));
    server?.close();
    await reading;
    assertEquals(await silent.read(new Uint8Array(1)), null);
    silent.close();
  },
});

Deno.test({
  name: "a client that goes during the handshake is not waited for",
  ignore: !canHalfClose(),
  async fn() {
    await using listener = await listen("tls://127.0.0.1:0", {
      tls: { cert: CERT, key: KEY, clientCa: [CERT] },
    });
    for (const said of [[], [22, 3, 1, 2, 0, 1]]) {
      const client = await connect(listener.endpoint.replace("tls", "tcp"));
      const server = await listener.accept();
      const reading = assertRejects(async () => await server?.read(new Uint8Array(1)));
      if (said.length > 0) await client.write(Uint8Array.from(said));
      client.close();
      await reading;
      server?.close();
    }
  },
});

Deno.test({
  name: "a runtime that would serve everybody refuses",
  ignore: canHalfClose(),
  async fn() {
    const tls = { cert: CERT, key: KEY, clientCa: [CERT] };
    await assertRejects(() => listen("tls://127.0.0.1:0", { tls }), Error, "Deno 2.8");
  },
});
