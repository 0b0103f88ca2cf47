import { type NetConnectOpts, Socket } from "node:net";
import type { Connection } from "../../protocol/transport/mod.ts";
import { sendReset } from "./send_reset.ts";

/** Bytes kept for a reader who is not reading. */
const QUEUE = 1024 * 1024;

/**
 * A TCP connection that can be reset. The sockets of Deno cannot send RST on demand; the kernel can be told to, and
 * where it cannot be asked, `node:net` can (`resetAndDestroy`). It is used where RST is the point, and only there.
 *
 * @throws {Error} if no connection can be made within `timeoutMs`.
 */
export async function connectResettable(
  place: { readonly hostname: string; readonly port: number },
  timeoutMs: number,
): Promise<Connection> {
  const options: NetConnectOpts = { host: place.hostname, port: place.port };
  const socket = new Socket();
  const connected = Promise.withResolvers<void>();
  socket.once("connect", () => connected.resolve());
  socket.on("error", (error) => connected.reject(error));
  const timer = setTimeout(() => {
    connected.reject(new Error(`Cannot connect: no answer within ${timeoutMs} ms`));
  }, timeoutMs);
  socket.connect(options);
  try {
    await connected.promise;
    return new NodeConnection(socket);
  } catch (error) {
    socket.destroy();
    throw error;
  } finally {
    clearTimeout(timer);
  }
}

class NodeConnection implements Connection {
  readonly #socket: Socket;
  readonly addresses: { readonly local: Deno.NetAddr; readonly remote: Deno.NetAddr };
  #queue: Uint8Array[] = [];
  #queued = 0;
  #end: Error | "ended" | undefined;
  #wake = () => {};

  constructor(socket: Socket) {
    this.#socket = socket;
    this.addresses = {
      local: {
        transport: "tcp",
        hostname: socket.localAddress ?? "",
        port: socket.localPort ?? 0,
      },
      remote: {
        transport: "tcp",
        hostname: socket.remoteAddress ?? "",
        port: socket.remotePort ?? 0,
      },
    };
    socket.on("data", (bytes) => {
      this.#queue.push(bytes);
      this.#queued += bytes.length;
      if (this.#queued > QUEUE) socket.pause();
      this.#wake();
    });
    socket.on("end", () => this.#finish("ended"));
    socket.on("error", (error) => this.#finish(error));
    socket.on("close", () => this.#finish(new Error("The connection was closed")));
  }

  get local(): string {
    return `tcp://${this.addresses.local.hostname}:${this.addresses.local.port}`;
  }

  get remote(): string {
    return `tcp://${this.addresses.remote.hostname}:${this.addresses.remote.port}`;
  }

  async read(target: Uint8Array): Promise<number | null> {
    for (;;) {
      const first = this.#queue[0];
      if (first !== undefined) {
        const count = Math.min(first.length, target.length);
        target.set(first.subarray(0, count));
        if (count === first.length) this.#queue.shift();
        else this.#queue[0] = first.subarray(count);
        this.#queued -= count;
        if (this.#queued <= QUEUE) this.#socket.resume();
        return count;
      }
      if (this.#end === "ended") return null;
      if (this.#end !== undefined) throw this.#end;
      await new Promise<void>((resolve) => this.#wake = resolve);
    }
  }

  write(source: Uint8Array): Promise<number> {
    return new Promise((resolve, reject) => {
      this.#socket.write(source, (error) => error ? reject(error) : resolve(source.length));
    });
  }

  closeWrite(): Promise<void> {
    return new Promise((resolve) => this.#socket.end(resolve));
  }

  close(): void {
    this.#socket.destroy();
  }

  reset(): void {
    const { local, remote } = this.addresses;
    // Older runtimes have no resetAndDestroy(), or one that sends nothing; the kernel does it for all of them.
    if (sendReset(local.port, remote.port)) this.#socket.destroy();
    else this.#socket.resetAndDestroy();
  }

  setNoDelay(on = true): void {
    this.#socket.setNoDelay(on);
  }

  #finish(how: Error | "ended"): void {
    this.#end ??= how;
    this.#wake();
  }
}
