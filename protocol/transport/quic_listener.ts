import { addressText, type Connection } from "./connection.ts";
import { doneWithin, QUIC_END, QUIC_LIFE, QUIC_PROTOCOL } from "./quic.ts";
import { QuicConnection } from "./quic_connection.ts";
import type { TlsIdentity } from "./tls_listener.ts";

/** How much a listener puts up with. */
export interface QuicLimits {
  /** Most handshakes under way, and connections that wait for `accept`, each. */
  readonly waiting: number;
  /** Longest time of a handshake, in ms. */
  readonly handshakeMs: number;
  /** What holds for its connections. */
  readonly life: Deno.QuicTransportOptions;
}

/** The usual ones. */
const LIMITS: QuicLimits = { waiting: 128, handshakeMs: 10_000, life: QUIC_LIFE };

/** How one ends that is not accepted. */
const RESET: Deno.QuicCloseInfo = { closeCode: QUIC_END.reset, reason: "" };

/** Takes in QUIC connections. */
export class QuicListener {
  /** Where it listens, as an endpoint string. */
  readonly text: string;
  readonly #endpoint: Deno.QuicEndpoint;
  readonly #limits: QuicLimits;
  /** All of them: when one of the runtime's listeners is collected as garbage, the endpoint stops listening. */
  readonly #listeners: Deno.QuicListener[] = [];
  readonly #ready: Connection[] = [];
  /** Handshakes under way, the oldest one first. */
  readonly #shaking = new Set<Deno.QuicConn>();
  /** Connections that are not over, from the end of their handshake on. */
  #live = 0;
  #closed = false;
  #wake = () => {};

  /** Listens. The address must be numeric. */
  constructor(
    place: { hostname: string; port: number },
    identity: TlsIdentity,
    limits: QuicLimits = LIMITS,
  ) {
    this.#limits = limits;
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
      ...this.#limits.life,
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

  /** The runtime ends all connections and handshakes with the endpoint: nobody waits for these, but for those. */
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
    const { waiting, handshakeMs } = this.#limits;
    if (this.#closed || this.#ready.length >= waiting) return incoming.refuse();
    const connection = begun(incoming);
    if (connection === null) return;
    // Whoever asks may be a forged address, which never answers. Clients are done in a moment: the oldest one is none.
    const [oldest] = this.#shaking;
    if (oldest !== undefined && this.#shaking.size >= waiting) this.#giveUp(oldest);
    this.#shaking.add(connection);
    // The end of a handshake looks the same however it ended; a failed one has no streams.
    const output = connection.handshake.then(() => connection.createUnidirectionalStream());
    const inTime = await doneWithin(output, handshakeMs);
    const stream = inTime ? await output.catch(() => null) : null;
    if (stream === null || this.#closed) return this.#giveUp(connection);
    this.#shaking.delete(connection);
    this.#live++;
    this.#ready.push(this.#connectionOf(connection, stream));
    this.#wake();
  }

  #giveUp(connection: Deno.QuicConn): void {
    this.#shaking.delete(connection);
    connection.close(RESET);
  }

  #connectionOf(connection: Deno.QuicConn, output: Deno.QuicSendStream): Connection {
    return new QuicConnection(connection, output, {
      local: this.text,
      remote: addressText(connection.remoteAddr, "quic"),
      onEnd: () => {
        this.#live--;
        this.#release();
      },
    });
  }
}

/** A connection whose handshake begins: it can be closed meanwhile. Null for a datagram that only looked like a beginning. */
function begun(incoming: Deno.QuicIncoming): Deno.QuicConn | null {
  try {
    const connection = incoming.accept<true>({ zeroRtt: true });
    // Before Deno 2.9 a failure that nobody looks at ends the program.
    connection.closed.catch(() => {});
    return connection;
  } catch {
    return null;
  }
}
