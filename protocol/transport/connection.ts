/**
 * A two-way byte stream: what framed connections stand on. It has the core of `Deno.Conn`; see
 * {@linkcode connectionOf} to use one of those.
 */
export interface Connection {
  /** Reads at least one byte into `target`; resolves to how many came, null at the end of the stream. */
  read(target: Uint8Array): Promise<number | null>;
  /** Writes bytes of `source` and resolves to how many were taken: 1 to all. */
  write(source: Uint8Array): Promise<number>;
  /** Says that no more bytes will be written (FIN); reading goes on. */
  closeWrite(): Promise<void>;
  /** Ends both directions at once; pending reads and writes reject. Doing it again changes nothing. */
  close(): void;
  /** This end, as an endpoint string. */
  readonly local: string;
  /** The other end, as an endpoint string. */
  readonly remote: string;
  /** Ends the connection abruptly (RST), where the transport can. */
  reset?(): void;
  /** Turns Nagle's algorithm off (default) or on, where the transport has one. */
  setNoDelay?(on?: boolean): void;
  /** Both ends as the runtime tells them, where it does. */
  readonly addresses?: ConnectionAddresses;
}

/**
 * Makes the system ask from time to time whether the peer is still there (RFC 9293, 3.8.4), so that a connection whose peer has
 * vanished does not last for ever. The runtime cannot do it for its own TLS connections.
 */
export function keepAlive<Socket extends Deno.Conn>(socket: Socket): Socket {
  const tcp: Deno.Conn & { setKeepAlive?: (on: boolean) => void } = socket;
  try {
    tcp.setKeepAlive?.(true);
  } catch {
    // Some systems refuse it once the peer has reset the connection; the next read tells.
  }
  return socket;
}

/** Both ends of a connection as the runtime tells them. */
export interface ConnectionAddresses {
  /** This end. */
  readonly local: Deno.Addr;
  /** The other end. */
  readonly remote: Deno.Addr;
}

/** The address as an endpoint string; IPv4 addresses mapped into IPv6 are shown as IPv4. */
export function addressText(
  address: Deno.Addr,
  scheme: "tcp" | "tls" | "quic",
): string {
  if ("hostname" in address) {
    const hostname = address.hostname.replace(/^::ffff:(?=\d+\.\d+\.\d+\.\d+$)/i, "");
    return `${scheme}://${hostname.includes(":") ? `[${hostname}]` : hostname}:${address.port}`;
  }
  if ("cid" in address) return `vsock:${address.cid}:${address.port}`;
  // The end of a client has no path.
  return `unix:${address.path?.startsWith("/") ? "//" : ""}${address.path ?? ""}`;
}

/**
 * A socket of the runtime as a {@linkcode Connection}. Addresses need to be given only where the socket has forgotten them
 * (after `Deno.startTls`).
 *
 * @example
 * ```ts
 * import { connectionOf } from "@nonstick/nonstick/transport";
 *
 * using listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
 * const [client, server] = await Promise.all([
 *   Deno.connect({ port: listener.addr.port }),
 *   listener.accept(),
 * ]);
 * const connection = connectionOf(client);
 * console.log(connection.remote); // tcp://127.0.0.1:…
 * connection.close();
 * server.close();
 * ```
 */
export function connectionOf(
  socket: Deno.Conn,
  addresses?: ConnectionAddresses,
): Connection {
  return new SocketConnection(socket, addresses);
}

/** A socket of the runtime. */
export class SocketConnection implements Connection {
  readonly #socket: Deno.Conn;
  readonly #addresses: ConnectionAddresses | undefined;
  #open = true;

  constructor(socket: Deno.Conn, addresses: ConnectionAddresses | undefined) {
    this.#socket = socket;
    this.#addresses = addresses;
  }

  read(target: Uint8Array): Promise<number | null> {
    return this.#socket.read(target);
  }

  write(source: Uint8Array): Promise<number> {
    return this.#socket.write(source);
  }

  closeWrite(): Promise<void> {
    return this.#socket.closeWrite();
  }

  close(): void {
    if (!this.#open) return;
    this.#open = false;
    try {
      this.#socket.close();
    } catch (error) {
      // The owner of the socket may have closed it by itself.
      if (!(error instanceof Deno.errors.BadResource)) throw error;
    }
  }

  setNoDelay(on = true): void {
    const socket: Deno.Conn & { setNoDelay?: (on?: boolean) => void } = this.#socket;
    try {
      socket.setNoDelay?.(on);
    } catch {
      // Some systems refuse it once the peer has reset the connection; the next read tells.
    }
  }

  get #scheme(): "tcp" | "tls" {
    return "handshake" in this.#socket ? "tls" : "tcp";
  }

  get addresses(): ConnectionAddresses {
    return this.#addresses ?? { local: this.#socket.localAddr, remote: this.#socket.remoteAddr };
  }

  get local(): string {
    return addressText(this.addresses.local, this.#scheme);
  }

  get remote(): string {
    return addressText(this.addresses.remote, this.#scheme);
  }
}
