import type { Socket } from "node:net";
import { addressText, type Connection, type ConnectionAddresses } from "./connection.ts";
import { denoError } from "./node_errors.ts";

/** What is known of a socket of Node besides itself. */
export interface NodeConnectionFacts {
  /** Both ends. */
  readonly addresses: ConnectionAddresses;
  /** How they are written. */
  readonly scheme: "tcp" | "tls";
  /** Called when bytes were taken from the socket. */
  readonly onRead?: () => void;
}

/** A socket of Node as a {@linkcode Connection}; it must allow half-open connections. Its failures are those of the runtime. */
export class NodeConnection implements Connection {
  readonly #socket: Socket;
  readonly #facts: NodeConnectionFacts;
  #problem: Error | null = null;
  #ended = false;
  #wake: () => void = () => {};

  /** Takes the socket over. */
  constructor(socket: Socket, facts: NodeConnectionFacts) {
    this.#socket = socket;
    this.#facts = facts;
    socket.on("readable", () => this.#wake());
    socket.on("end", () => {
      this.#ended = true;
      this.#wake();
    });
    socket.on("error", (error) => this.#end(denoError(error)));
    socket.on("close", () => this.#end(new Deno.errors.BadResource("The connection is closed")));
  }

  get addresses(): ConnectionAddresses {
    return this.#facts.addresses;
  }

  get local(): string {
    return addressText(this.addresses.local, this.#facts.scheme);
  }

  get remote(): string {
    return addressText(this.addresses.remote, this.#facts.scheme);
  }

  /** The socket keeps a bounded number of bytes that were not read, and takes no more from the peer until they are. */
  async read(target: Uint8Array): Promise<number | null> {
    if (target.length === 0) return 0;
    for (;;) {
      const ready = this.#socket.readableLength;
      // Without bytes, read() asks the socket for some and lets it tell its end.
      const chunk: Uint8Array | null = this.#socket.read(Math.min(ready, target.length));
      if (chunk !== null && chunk.length > 0) {
        target.set(chunk);
        this.#facts.onRead?.();
        return chunk.length;
      }
      if (this.#ended) return null;
      if (this.#problem !== null) throw this.#problem;
      const { promise, resolve } = Promise.withResolvers<void>();
      this.#wake = resolve;
      await promise;
    }
  }

  /** Resolves when the system has taken all of it. */
  write(source: Uint8Array): Promise<number> {
    return new Promise((resolve, reject) => {
      if (this.#problem !== null) return reject(this.#problem);
      const giveUp = (error: Error) => reject(this.#problem ?? denoError(error));
      // A socket that is destroyed forgets the callbacks of its writes.
      const onClose = () => giveUp(new Deno.errors.BrokenPipe("The connection is closed"));
      this.#socket.once("close", onClose);
      this.#socket.write(source, (error) => {
        this.#socket.off("close", onClose);
        if (error) giveUp(error);
        else resolve(source.length);
      });
    });
  }

  closeWrite(): Promise<void> {
    return new Promise((resolve, reject) => {
      if (this.#problem !== null) return reject(this.#problem);
      const onClose = () => reject(this.#problem ?? new Deno.errors.BrokenPipe("It is closed"));
      this.#socket.once("close", onClose);
      this.#socket.end(() => {
        this.#socket.off("close", onClose);
        resolve();
      });
    });
  }

  close(): void {
    this.#end(new Deno.errors.BadResource("The connection is closed"));
    hangUp(this.#socket);
  }

  setNoDelay(on = true): void {
    this.#socket.setNoDelay(on);
  }

  /** The first problem is the one that is told. */
  #end(problem: Error): void {
    this.#problem ??= problem;
    this.#wake();
  }
}

/** Closes at once; over TLS the peer is told that this is the end (RFC 8446, 6.1). */
export function hangUp(socket: Socket): void {
  socket.end();
  socket.destroy();
}
