/**
 * What tests of transports share: a certificate for `localhost`, `127.0.0.1` and `::1` with its key (self-signed, no
 * authority, valid to 2126, used nowhere else), and connected pairs over every transport.
 * @module
 */
import { connect } from "../connect.ts";
import type { Connection } from "../connection.ts";
import { listen } from "../listen.ts";

/** The certificate, PEM. */
export const CERT: string = Deno.readTextFileSync(new URL("./cert.pem", import.meta.url));
/** Its private key, PEM. */
export const KEY: string = Deno.readTextFileSync(new URL("./key.pem", import.meta.url));

/** The transports that join two ends on this machine. */
export const TRANSPORTS: readonly string[] = Deno.build.os === "windows"
  ? ["memory", "tcp", "tls"]
  : ["memory", "tcp", "tls", "unix"];

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
    : `${transport}://127.0.0.1:0`;
  try {
    await using listener = await listen(endpoint, { tls: { cert: CERT, key: KEY } });
    const [client, server] = await Promise.all([
      connect(listener.endpoint, { tls: { caCerts: [CERT] } }),
      listener.accept(),
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
