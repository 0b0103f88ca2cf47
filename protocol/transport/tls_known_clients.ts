import { createSecureContext, createServer, type TlsOptions } from "node:tls";
import { addressText, type Connection, type ConnectionAddresses } from "./connection.ts";
import { ConnDuplex } from "./duplex.ts";
import { denoError } from "./node_errors.ts";
import { nodeTlsConnection } from "./node_tls.ts";
import type { TlsIdentity } from "./tls_listener.ts";

/**
 * Serves TLS over connections of the runtime by what Node has: to clients with a certificate that one of `clientCa` has signed, and
 * to nobody else; without it to everybody.
 */
export class KnownClients {
  readonly #clientCa: readonly string[];
  #identity: TlsIdentity;

  /** Throws if the certificates cannot be used. */
  constructor(identity: TlsIdentity, clientCa: readonly string[] = []) {
    this.#clientCa = clientCa;
    this.#identity = usable(identity, clientCa);
  }

  /** Takes another certificate for new connections. */
  renew(identity: TlsIdentity): void {
    this.#identity = usable(identity, this.#clientCa);
  }

  /** The connection with TLS on it; reads and writes wait for the handshake, so that their deadlines hold for it, too. */
  serve(conn: Deno.TcpConn): Connection {
    return new HandshakingConnection(conn, this.#identity, this.#clientCa);
  }
}

/** The certificate, if it can be used; throws if not. */
function usable(identity: TlsIdentity, clientCa: readonly string[]): TlsIdentity {
  createSecureContext({ ...identity, ...(clientCa.length > 0 ? { ca: [...clientCa] } : {}) });
  return identity;
}

class HandshakingConnection implements Connection {
  readonly addresses: ConnectionAddresses;
  readonly #duplex: ConnDuplex;
  readonly #identity: TlsIdentity;
  readonly #clientCa: readonly string[];
  #handshake: Promise<Connection> | null = null;

  constructor(conn: Deno.TcpConn, identity: TlsIdentity, clientCa: readonly string[]) {
    conn.setNoDelay(true);
    this.addresses = { local: conn.localAddr, remote: conn.remoteAddr };
    this.#duplex = new ConnDuplex(conn);
    this.#identity = identity;
    this.#clientCa = clientCa;
  }

  /** Begins with the first read or write: a server has a few ms to do for it, and none for who is closed before its turn. */
  get #ready(): Promise<Connection> {
    return this.#handshake ??= this.#shakeHands();
  }

  #shakeHands(): Promise<Connection> {
    const duplex = this.#duplex, identity = this.#identity, clientCa = this.#clientCa;
    const known = clientCa.length > 0;
    const options: TlsOptions = {
      ...{ ...identity, allowHalfOpen: true },
      ...(known ? { ca: [...clientCa], requestCert: true, rejectUnauthorized: true } : {}),
    };
    const { promise, resolve, reject } = Promise.withResolvers<Connection>();
    // A socket alone does not verify the certificate: its server does, also for connections that it did not accept itself.
    const server = createServer(options, (socket) => {
      if (socket.authorized || !known) {
        resolve(nodeTlsConnection({ socket, addresses: this.addresses }));
      } else socket.destroy();
    });
    server.on("tlsClientError", (error) => reject(denoError(error)));
    duplex.on("close", () => reject(new Deno.errors.BadResource("The connection is closed")));
    duplex.on("end", () => reject(new Deno.errors.UnexpectedEof("The peer ended the handshake")));
    server.emit("connection", duplex);
    // Nobody may be waiting when it fails.
    promise.catch(() => {});
    return promise;
  }

  async read(target: Uint8Array): Promise<number | null> {
    return await (await this.#ready).read(target);
  }

  async write(source: Uint8Array): Promise<number> {
    return await (await this.#ready).write(source);
  }

  async closeWrite(): Promise<void> {
    await (await this.#ready).closeWrite();
  }

  close(): void {
    this.#handshake?.then((connection) => connection.close(), () => {});
    this.#duplex.destroy();
  }

  get local(): string {
    return addressText(this.addresses.local, "tls");
  }

  get remote(): string {
    return addressText(this.addresses.remote, "tls");
  }
}
