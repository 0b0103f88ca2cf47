import { assertEquals } from "@std/assert";
import { makeCertificate } from "../../server/cert/make_certificate.ts";
import { connect } from "./connect.ts";
import { listen, type Listener } from "./listen.ts";
import { canHalfClose } from "./node_tls.ts";
import { CERT, KEY } from "./testdata/mod.ts";

/** What a client and the server hear of each other. */
async function conversation(listener: Listener, ca: string): Promise<string> {
  const connecting = connect(listener.endpoint, { tls: { caCerts: [ca] } });
  const server = await listener.accept();
  const heard = new Uint8Array(8), serving = server?.read(heard);
  const client = await connecting;
  await client.write(new TextEncoder().encode("hi"));
  const count = await serving ?? 0;
  await server?.write(heard.subarray(0, count));
  const answer = new Uint8Array(8);
  const length = await client.read(answer) ?? 0;
  client.close();
  server?.close();
  return new TextDecoder().decode(answer.subarray(0, length));
}

Deno.test({
  name: "handshakes that never end cost some descriptors, not all, and the listener goes on",
  ignore: !canHalfClose(),
  async fn() {
    await using listener = await listen("tls://127.0.0.1:0", { tls: { cert: CERT, key: KEY } });
    const tcp = listener.endpoint.replace("tls", "tcp");
    assertEquals(await conversation(listener, CERT), "hi");
    /** Whether a silent peer is let go of when its connection is closed. */
    const letGo = async () => {
      const silent = await connect(tcp);
      const server = await listener.accept();
      const reading = server?.read(new Uint8Array(1)).catch(() => null);
      server?.close();
      await reading;
      return silent;
    };
    const held = [];
    while (held.length < 32) held.push(await letGo());
    assertEquals(await conversation(listener, CERT), "hi");
    for (let i = 0; i < 8; i++) {
      const silent = await letGo();
      assertEquals(await silent.read(new Uint8Array(1)), null);
      silent.close();
    }
    // The certificate can still be changed.
    const other = await makeCertificate(["127.0.0.1"], 1);
    await listener.renew?.(other);
    assertEquals(await conversation(listener, other.cert), "hi");
    for (const silent of held) silent.close();
  },
});
