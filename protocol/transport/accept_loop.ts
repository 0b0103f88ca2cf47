import type { Connection } from "./connection.ts";
import type { Listener } from "./listen.ts";
import type { TlsIdentity } from "./tls_listener.ts";

/** The first and the longest wait after a failed `accept`, in milliseconds. */
const FIRST_WAIT_MS = 5, LONGEST_WAIT_MS = 1000;

/** A {@linkcode Listener} over a function that takes in one connection. */
export class AcceptLoop implements Listener {
  readonly endpoint: string;
  readonly #accept: () => Promise<Connection | null>;
  readonly #close: () => void;
  readonly renew?: (identity: TlsIdentity) => Promise<void>;
  readonly #onError: ((error: unknown, retryInMs: number) => void) | undefined;
  #closed = false;
  #waitMs = FIRST_WAIT_MS;
  #wake: (() => void) | null = null;

  constructor(
    endpoint: string,
    accept: () => Promise<Connection | null>,
    close: () => void,
    onError?: (error: unknown, retryInMs: number) => void,
    renew?: (identity: TlsIdentity) => Promise<void>,
  ) {
    this.endpoint = endpoint;
    this.#accept = accept;
    this.#close = close;
    this.#onError = onError;
    if (renew !== undefined) this.renew = renew;
  }

  async accept(): Promise<Connection | null> {
    while (!this.#closed) {
      try {
        const connection = await this.#accept();
        this.#waitMs = FIRST_WAIT_MS;
        return connection;
      } catch (error) {
        // close() makes a waiting accept fail: that is the end, not an error.
        if (this.#closed) return null;
        this.#onError?.(error, this.#waitMs);
        await this.#pause(this.#waitMs);
        this.#waitMs = Math.min(2 * this.#waitMs, LONGEST_WAIT_MS);
      }
    }
    return null;
  }

  async *connections(): AsyncGenerator<Connection, void> {
    for (let next = await this.accept(); next !== null; next = await this.accept()) yield next;
  }

  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#wake?.();
    this.#close();
  }

  [Symbol.asyncDispose](): Promise<void> {
    this.close();
    return Promise.resolve();
  }

  #pause(ms: number): Promise<void> {
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, ms);
      this.#wake = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  }
}
