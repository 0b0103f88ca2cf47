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
 * A TLS listener whose certificate can be changed. The runtime's own cannot, so it is closed and opened again on the same port;
 * in between, for a moment, connections are refused.
 */
export class TlsListener {
  /** Where it listens. */
  readonly addr: Deno.NetAddr;
  readonly #place: Place;
  #identity: TlsIdentity;
  #inner: Deno.TlsListener | null;
  #accepting: Promise<unknown> = Promise.resolve();
  #closed = false;

  /** Listens. */
  constructor(place: Place, identity: TlsIdentity) {
    this.#identity = identity;
    this.#inner = Deno.listenTls({ ...place, ...identity });
    this.addr = this.#inner.addr;
    // From now on it is this port, whatever was asked for.
    this.#place = { ...place, port: this.addr.port };
  }

  /** The next connection; its handshake comes later. */
  async accept(): Promise<Deno.TlsConn> {
    for (;;) {
      const inner = this.#open();
      const accepting = inner.accept();
      this.#accepting = accepting.catch(() => {});
      try {
        return await accepting;
      } catch (error) {
        if (inner === this.#inner || this.#closed) throw error;
        // The certificate has changed: go on with the new one.
      }
    }
  }

  /**
   * Takes another certificate for new connections; those that are open go on.
   *
   * @throws {Error} if it cannot be used; then the old one stays.
   */
  async renew(identity: TlsIdentity): Promise<void> {
    // What cannot be listened with anywhere is found out before anything is closed.
    Deno.listenTls({ ...this.#place, port: 0, ...identity }).close();
    if (this.#closed) return;
    this.#identity = identity;
    const old = this.#inner;
    this.#inner = null;
    old?.close();
    // The port is free when the last accept has failed.
    await this.#accepting;
    if (!this.#closed) this.#open();
  }

  /** Stops listening. */
  close(): void {
    this.#closed = true;
    this.#inner?.close();
    this.#inner = null;
  }

  #open(): Deno.TlsListener {
    if (this.#closed) throw new Deno.errors.BadResource("The listener is closed");
    return this.#inner ??= Deno.listenTls({ ...this.#place, ...this.#identity });
  }
}
