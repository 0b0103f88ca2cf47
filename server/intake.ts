import type { Connection, Listener } from "../protocol/transport/mod.ts";

/**
 * Takes the connections of a listener one by one, each within a time limit. A connection that comes after the limit
 * is not lost: it is the next one. At most one is accepted ahead.
 */
export class Intake {
  readonly #listener: Listener;
  /** Ends with the accept that is under way. */
  #accepting: Promise<void> | null = null;
  /** The connection accepted ahead; undefined for none yet, null once there will be no more. */
  #arrived: Connection | null | undefined;
  #wake: (() => void) | null = null;

  /** Accepts nothing before {@linkcode Intake.next} is called. */
  constructor(listener: Listener) {
    this.#listener = listener;
  }

  /** The next connection, null when the listener is closed, `"timeout"` when none came within `timeoutMs`. */
  async next(timeoutMs: number): Promise<Connection | null | "timeout"> {
    if (this.#arrived === undefined) {
      this.#accept();
      await this.#arrival(timeoutMs);
    }
    const arrived = this.#arrived;
    if (arrived === undefined) return "timeout";
    if (arrived !== null) this.#arrived = undefined;
    return arrived;
  }

  /**
   * Closes the listener and what was accepted ahead. Resolves when the last accept has ended: only then a Unix socket
   * has let go of its file.
   */
  async close(): Promise<void> {
    this.#listener.close();
    this.#arrived?.close();
    this.#arrived = null;
    this.#wake?.();
    await this.#accepting;
  }

  #accept(): void {
    this.#accepting ??= this.#listener.accept().then((connection) => {
      this.#accepting = null;
      if (this.#arrived === null) connection?.close();
      else this.#arrived = connection;
      this.#wake?.();
    });
  }

  /** One promise per call, however long the listener stays quiet: waiting does not pile up. */
  #arrival(timeoutMs: number): Promise<void> {
    return new Promise((resolve) => {
      const settle = () => {
        clearTimeout(timer);
        this.#wake = null;
        resolve();
      };
      const timer = timeoutMs === Infinity ? undefined : setTimeout(settle, timeoutMs);
      this.#wake = settle;
    });
  }
}
