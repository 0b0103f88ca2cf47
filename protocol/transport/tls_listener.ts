import { type Connection, SocketConnection } from "./connection.ts";
import { canHalfClose } from "./node_tls.ts";
import { KnownClients } from "./tls_known_clients.ts";

/** Who a server is: certificate chain and private key, both PEM. */
export interface TlsIdentity {
  /** Certificate chain (PEM), the server's own first. */
  readonly cert: string;
  /** Private key (PEM). */
  readonly key: string;
}

/** Where it listens. */
type Place = Deno.ListenOptions & Deno.TcpListenOptions;

/**
 * Handshakes that may be given up. The runtime's own TLS keeps the descriptor of each until the peer goes (seen with Deno 2.9.6),
 * so that silent peers could take all there are.
 */
const MOST_ABANDONED = 32;

/**
 * A TLS listener whose certificate can be changed, and which peers that do not finish the handshake cannot exhaust.
 *
 * The runtime's own cannot do either. For another certificate it is closed and opened again on the same port; in between, for a
 * moment, connections are refused. After {@linkcode MOST_ABANDONED} handshakes that were given up it gives way, in the same
 * manner, to Node's TLS over plain connections: that lets go of everything, at about half the speed. Needs Deno 2.8.
 */
export class TlsListener {
  /** Where it listens. */
  readonly addr: Deno.NetAddr;
  readonly #place: Place;
  #identity: TlsIdentity;
  #inner: Deno.TlsListener | Deno.TcpListener | null;
  #accepting: Promise<unknown> = Promise.resolve();
  #closed = false;
  #abandoned = 0;
  /** Node's TLS, once it is in use. */
  #careful: KnownClients | null = null;

  /** Listens. */
  constructor(place: Place, identity: TlsIdentity) {
    this.#identity = identity;
    const inner = this.#inner = Deno.listenTls({ ...place, ...identity });
    this.addr = inner.addr;
    // From now on it is this port, whatever was asked for.
    this.#place = { ...place, port: this.addr.port };
  }

  /** The next connection; its handshake comes later. */
  async accept(): Promise<Connection> {
    for (;;) {
      const inner = this.#open();
      const accepting: Promise<Deno.TlsConn | Deno.TcpConn> = inner.accept();
      this.#accepting = accepting.catch(() => {});
      try {
        const conn = await accepting;
        return "handshake" in conn
          ? new WatchedTls(conn, () => this.#abandon())
          : this.#carefully().serve(conn);
      } catch (error) {
        if (inner === this.#inner || this.#closed) throw error;
        // There is another listener now: go on with that.
      }
    }
  }

  /**
   * Takes another certificate for new connections; those that are open go on.
   *
   * @throws {Error} if it cannot be used; then the old one stays.
   */
  async renew(identity: TlsIdentity): Promise<void> {
    if (this.#careful !== null) this.#careful.renew(identity);
    // What cannot be listened with anywhere is found out before anything is closed.
    else Deno.listenTls({ ...this.#place, port: 0, ...identity }).close();
    this.#identity = identity;
    if (this.#careful === null) await this.#reopen();
  }

  /** Stops listening. */
  close(): void {
    this.#closed = true;
    this.#inner?.close();
    this.#inner = null;
  }

  #abandon(): void {
    if (++this.#abandoned < MOST_ABANDONED || this.#careful !== null || !canHalfClose()) return;
    this.#carefully();
    // If the port is lost, whoever accepts is told.
    this.#reopen().catch(() => {});
  }

  #carefully(): KnownClients {
    return this.#careful ??= new KnownClients(this.#identity);
  }

  async #reopen(): Promise<void> {
    if (this.#closed) return;
    const old = this.#inner;
    this.#inner = null;
    old?.close();
    // The port is free when the last accept has failed.
    await this.#accepting;
    if (!this.#closed) this.#open();
  }

  #open(): Deno.TlsListener | Deno.TcpListener {
    if (this.#closed) throw new Deno.errors.BadResource("The listener is closed");
    return this.#inner ??= this.#careful === null
      ? Deno.listenTls({ ...this.#place, ...this.#identity })
      : Deno.listen({ ...this.#place, transport: "tcp" });
  }
}

/** A connection that tells when it is closed before its handshake is over. */
class WatchedTls extends SocketConnection {
  readonly #abandon: () => void;
  #shaken = false;

  constructor(conn: Deno.TlsConn, abandon: () => void) {
    super(conn, undefined);
    this.#abandon = abandon;
    const settle = () => {
      this.#shaken = true;
    };
    conn.handshake().then(settle, settle);
  }

  override close(): void {
    if (!this.#shaken) this.#abandon();
    // Once is enough, however often it is closed.
    this.#shaken = true;
    super.close();
  }
}
