import { addressText, type Connection } from "./connection.ts";
import { doneWithin, QUIC_END, QUIC_LIFE, QUIC_PROTOCOL } from "./quic.ts";
import { QuicConnection } from "./quic_connection.ts";
import type { TlsIdentity } from "./tls_listener.ts";

/** Handshakes under way, and connections that wait for `accept`, each at most. */
const MOST = 128;
/** Longest time of a handshake, in ms. */
const HANDSHAKE_MS = 10_000;
/** How one ends that nobody accepts. */
const RESET: Deno.QuicCloseInfo = { closeCode: QUIC_END.reset, reason: "" };

/** Takes in QUIC connections. */
export class QuicListener {
  /** Where it listens, as an endpoint string. */
  readonly text: string;
  readonly #endpoint: Deno.QuicEndpoint;
  /** All of them: when one of the runtime's listeners is collected as garbage, the endpoint stops listening. */
  readonly #listeners: Deno.QuicListener[] = [];
  readonly #ready: Connection[] = [];
  #handshakes = 0;
  /** Connections that are not over. */
  #live = 0;
  #closed = false;
  #wake = () => {};

  /** Listens. The address must be numeric. */
  constructor(place: { hostname: string; port: number }, identity: TlsIdentity) {
    this.#endpoint = new Deno.QuicEndpoint(place);
    try {
      this.renew(identity);
    } catch (error) {
      this.#endpoint.close();
      throw error;
    }
    this.text = addressText(this.#endpoint.addr, "quic");
    void this.#takeIn();
  }

  /** The next connection; its handshake is over. */
  async accept(): Promise<Connection | null> {
    while (this.#ready.length === 0 && !this.#closed) {
      await new Promise<void>((resolve) => this.#wake = resolve);
    }
    return this.#ready.shift() ?? null;
  }

  /**
   * Takes another certificate for new connections; those that are open go on.
   *
   * @throws {Error} if it cannot be used; then the old one stays.
   */
  renew({ cert, key }: TlsIdentity): void {
    this.#listeners.push(this.#endpoint.listen({
      ...QUIC_LIFE,
      cert,
      key,
      alpnProtocols: [QUIC_PROTOCOL],
    }));
  }

  /** Stops listening; what was accepted goes on. */
  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    for (const listener of this.#listeners) listener.stop();
    for (const connection of this.#ready.splice(0)) connection.close();
    this.#wake();
    this.#release();
  }

  /** The runtime closes all connections with the endpoint, so that comes last. */
  #release(): void {
    if (this.#closed && this.#live === 0) this.#endpoint.close();
  }

  async #takeIn(): Promise<void> {
    const [listener] = this.#listeners;
    try {
      while (listener !== undefined) void this.#shakeHands(await listener.incoming());
    } catch {
      // The endpoint is closed. Nothing else ends it.
    }
  }

  async #shakeHands(incoming: Deno.QuicIncoming): Promise<void> {
    // Whoever asks may be a forged address: no state is kept for more of them.
    if (this.#closed || this.#handshakes + this.#ready.length >= MOST) return incoming.refuse();
    this.#handshakes++;
    this.#live++;
    const shaking = incoming.accept<false>();
    const inTime = await doneWithin(shaking, HANDSHAKE_MS);
    this.#handshakes--;
    if (!inTime) shaking.then((late) => late.close(RESET), () => {});
    const connection = inTime ? await shaking.catch(() => null) : null;
    if (connection === null || this.#closed) {
      connection?.close(RESET);
      this.#live--;
      return this.#release();
    }
    this.#ready.push(this.#connectionOf(connection));
    this.#wake();
  }

  #connectionOf(connection: Deno.QuicConn): Connection {
    return new QuicConnection(connection, {
      local: this.text,
      remote: addressText(connection.remoteAddr, "quic"),
      onEnd: () => {
        this.#live--;
        this.#release();
      },
    });
  }
}
