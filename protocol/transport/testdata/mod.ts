/**
 * What tests of transports share: a certificate for `localhost`, `127.0.0.1` and `::1` with its key (self-signed, no
 * authority, valid to 2126, used nowhere else), and connected pairs over every transport.
 * @module
 */
import { connect } from "../connect.ts";
import type { Connection } from "../connection.ts";
import { listen, type Listener } from "../listen.ts";
import { canHalfClose } from "../node_tls.ts";

/** The certificate, PEM. */
export const CERT: string = Deno.readTextFileSync(new URL("./cert.pem", import.meta.url));
/** Its private key, PEM. */
export const KEY: string = Deno.readTextFileSync(new URL("./key.pem", import.meta.url));

/** SHA-256 of the certificate, as `openssl x509 -fingerprint -sha256` tells it. */
export const FINGERPRINT = "80:75:E2:78:8B:EA:E3:98:E9:E7:2E:32:E3:42:91:A7:" +
  "B5:EF:9E:E9:69:18:AE:CA:42:84:7A:65:B1:A6:5C:D5";

/** The transports that join two ends on this machine; `tls-pinned` is TLS of Node on the side of the client. */
export const TRANSPORTS: readonly string[] = [
  ...["memory", "tcp", "tls", "quic"],
  ...(canHalfClose() ? ["tls-pinned"] : []),
  ...(Deno.build.os === "windows" ? [] : ["unix"]),
];

/** Runs `test` with both ends of a connection (client first) and closes them. */
export async function withPair(
  transport: string,
  test: (client: Connection, server: Connection) => Promise<void>,
): Promise<void> {
  const folder = transport === "unix" ? await Deno.makeTempDir() : undefined;
  const endpoint = folder !== undefined
    ? `unix:${folder}/test.sock`
    : transport === "memory"
    ? `memory:${crypto.randomUUID()}`
    : `${transport.replace("-pinned", "")}://127.0.0.1:0`;
  const trust = transport === "tls-pinned" ? { pin: FINGERPRINT } : { caCerts: [CERT] };
  try {
    await using listener = await listen(endpoint, { tls: { cert: CERT, key: KEY } });
    const [client, server] = await Promise.all([
      connect(listener.endpoint, { tls: trust }),
      acceptLast(listener, transport === "tls-pinned" ? 2 : 1),
    ]);
    if (server === null) throw new Error("the listener closed by itself");
    try {
      await test(client, server);
    } finally {
      client.close();
      server.close();
    }
  } finally {
    if (folder !== undefined) await Deno.remove(folder, { recursive: true });
  }
}

/** The last one of `count` connections; the others only look at us. */
async function acceptLast(listener: Listener, count: number): Promise<Connection | null> {
  for (; count > 1; count--) {
    const connection = await listener.accept();
    // The end, or the failure, of somebody who has seen enough.
    await connection?.read(new Uint8Array(1)).catch(() => {});
    connection?.close();
  }
  return await listener.accept();
}
