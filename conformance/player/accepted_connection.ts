import { EdgeProbeError } from "../edge/edge_probe_error.ts";
import { Libc } from "../edge/libc.ts";
import type { Connection, ConnectionAddresses } from "../../protocol/transport/mod.ts";
import { sendReset } from "./send_reset.ts";
import type { TargetConnection } from "./target.ts";

/** Why RST cannot be sent over accepted connections here; undefined when it can. */
export function whyNoReset(): string | undefined {
  try {
    Libc.open()[Symbol.dispose]();
    return undefined;
  } catch (error) {
    if (!(error instanceof EdgeProbeError)) throw error;
    return `RST cannot be sent over a connection that was accepted (${error.message})`;
  }
}

/** A connection that a client dialled; it knows when it is closed, and can be reset where the kernel does that for us. */
export class AcceptedConnection implements TargetConnection {
  readonly #connection: Connection;
  readonly #onClose: () => void;
  /** Both ends, where the runtime tells them. */
  readonly addresses?: ConnectionAddresses;
  /** Sends RST; only there if that was asked for. */
  readonly reset?: () => void;

  /** Takes over a connection; `onClose` is told when it is closed. */
  constructor(
    connection: Connection,
    options: { readonly resettable: boolean; readonly onClose: () => void },
  ) {
    this.#connection = connection;
    this.#onClose = options.onClose;
    if (connection.addresses) this.addresses = connection.addresses;
    if (options.resettable) this.reset = () => this.#reset();
  }

  get local(): string {
    return this.#connection.local;
  }

  get remote(): string {
    return this.#connection.remote;
  }

  read(target: Uint8Array): Promise<number | null> {
    return this.#connection.read(target);
  }

  write(source: Uint8Array): Promise<number> {
    return this.#connection.write(source);
  }

  closeWrite(): Promise<void> {
    return this.#connection.closeWrite();
  }

  setNoDelay(on = true): void {
    this.#connection.setNoDelay?.(on);
  }

  close(): void {
    this.#connection.close();
    this.#onClose();
  }

  #reset(): void {
    const ends = this.addresses;
    if (ends?.local.transport === "tcp" && ends.remote.transport === "tcp") {
      sendReset(ends.local.port, ends.remote.port);
    }
    this.close();
  }
}
