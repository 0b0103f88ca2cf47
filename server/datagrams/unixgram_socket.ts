import {
  type Datagram,
  type DatagramAddress,
  datagramAddressText,
  type DatagramEndpoint,
  DatagramError,
  DatagramTooLargeError,
  formatEndpoint,
  MAX_DATAGRAM_PAYLOAD,
  TruncatedDatagramError,
} from "../../protocol/transport/mod.ts";
import { Calls } from "../workers/calls.ts";
import { SlowReaders } from "./slow_readers.ts";
import type { AnsweringSocket } from "./serve_datagrams.ts";
import type { Arrival, SocketService, SocketUser } from "./unixgram_worker.ts";

/** Longest datagram that is taken in, in bytes: the default of `openDatagrams`. */
const MAX_RECEIVE = 65_535;
/** Longest wait for a thread to close its socket, in ms. */
const CLOSE_MS = 1000;

/** A thread with a socket, and the line to it. */
interface Thread {
  readonly worker: Worker;
  readonly calls: Calls<SocketService>;
  /** What comes next, if that was asked for; null when the thread has ended before. */
  next: PromiseWithResolvers<Arrival | null>;
  asked: boolean;
}

/**
 * The Unix datagram socket of a server. Over Unix sockets a send waits until the receiver has room; the runtime cannot call it off, and
 * receives nothing meanwhile: one client that does not read would stop the server for all of them. So the socket is in a thread
 * of its own. When a send is late the thread is ended, and the socket with it; another one takes its place.
 *
 * ```
 * receive ─▶ handler ─▶ send … 1 s ─▶ thread and socket end ─▶ new ones at the same path ─▶ receive
 * ```
 */
export class UnixgramSocket implements AnsweringSocket {
  readonly endpoint: string;
  readonly local: DatagramAddress & { readonly scheme: "unixgram" };
  readonly #sendTimeoutMs: number;
  readonly #answersOnce: boolean;
  readonly #slow = new SlowReaders();
  /** Null while there is none: it was ended, or another one could not be opened. */
  #thread: Thread | null = null;
  #sending: Promise<unknown> = Promise.resolve();
  #replaced = 0;
  #closing: Promise<void> | null = null;

  private constructor(
    endpoint: string,
    path: string,
    sendTimeoutMs: number,
    answersOnce: boolean,
  ) {
    this.endpoint = endpoint;
    this.local = { scheme: "unixgram", path };
    this.#sendTimeoutMs = sendTimeoutMs;
    this.#answersOnce = answersOnce;
  }

  /**
   * Opens it; a send may take `sendTimeoutMs`. With `answersOnce` the next datagram is received as soon as one was sent: each is
   * answered by one at most.
   *
   * @throws {ListenError} if it cannot be opened.
   */
  static async open(
    { scheme, path }: DatagramEndpoint & { readonly scheme: "unixgram" },
    sendTimeoutMs: number,
    answersOnce: boolean,
  ): Promise<UnixgramSocket> {
    const endpoint = formatEndpoint({ scheme, path, options: new Map() });
    const socket = new UnixgramSocket(endpoint, path, sendTimeoutMs, answersOnce);
    socket.#thread = await socket.#start();
    return socket;
  }

  /** How many times the socket was replaced. */
  get replaced(): number {
    return this.#replaced;
  }

  async receive(): Promise<Datagram | null> {
    while (this.#closing === null) {
      const thread = this.#thread ??= await this.#startAnew();
      askNext(thread);
      const came = await thread.next.promise;
      thread.asked = false;
      if (came === null) continue;
      if ("bytes" in came) return came;
      if ("fault" in came) throw new DatagramError("other", came.fault);
      throw new TruncatedDatagramError(came.truncatedFrom, MAX_RECEIVE);
    }
    return null;
  }

  /** Sends; who has not taken what was sent to it by then gets a {@linkcode DatagramError} `timeout`, in the end without a try. */
  async send(bytes: Uint8Array, to: DatagramAddress): Promise<void> {
    const cannot = `Cannot send to ${datagramAddressText(to)}: `;
    if (to.scheme !== "unixgram") throw new DatagramError("address", `${cannot}it is no path`);
    if (bytes.length > MAX_DATAGRAM_PAYLOAD) {
      throw new DatagramTooLargeError(bytes.length, MAX_DATAGRAM_PAYLOAD);
    }
    const waitMs = this.#slow.waitMs(to.path);
    if (waitMs > 0) {
      const problem = `it did not read, so it gets nothing for ${Math.ceil(waitMs / 1000)} s`;
      throw new DatagramError("timeout", cannot + problem);
    }
    const thread = this.#thread;
    if (thread === null || this.#closing !== null) {
      throw new DatagramError("closed", `${cannot}the socket is closed`);
    }
    // A thread that does not answer at all is of no more use, either.
    const sending = thread.calls.ask("send", [bytes, to, this.#sendTimeoutMs])
      .catch(() => "late" as const);
    this.#sending = sending;
    // Two messages less to wait for until the next question.
    if (this.#answersOnce) askNext(thread);
    const problem = await sending;
    if (problem === null) return;
    if (problem !== "late") throw new DatagramError(problem.reason, problem.message);
    this.#slow.late(to.path);
    this.#replaced++;
    this.#end(thread);
    throw new DatagramError("timeout", `${cannot}it has not read for ${this.#sendTimeoutMs} ms`);
  }

  close(): Promise<void> {
    return this.#closing ??= this.#close();
  }

  async #close(): Promise<void> {
    await this.#sending;
    const thread = this.#thread;
    if (thread !== null) {
      // Its end closes the socket as well, if it does not answer.
      await thread.calls.ask("close", [], CLOSE_MS).catch(() => {});
      this.#end(thread);
    }
    await this.#removeFile();
  }

  /** A new socket in place of the one whose thread has ended. */
  async #startAnew(): Promise<Thread> {
    // The file is that of our own former socket: nobody has to be asked whether it is in use.
    await this.#removeFile();
    return await this.#start();
  }

  async #start(): Promise<Thread> {
    // Without options of its own it has the permissions of this thread.
    const url = new URL("./unixgram_worker.ts", import.meta.url);
    const worker = new Worker(url, { type: "module", name: "unixgram" });
    const { port1, port2 } = new MessageChannel();
    const user: SocketUser = { came: (arrival) => thread.next.resolve(arrival) };
    const calls: Calls<SocketService> = new Calls(port1, user);
    const thread: Thread = { worker, calls, next: Promise.withResolvers(), asked: false };
    worker.onerror = (event) => {
      event.preventDefault();
      this.#end(thread);
    };
    worker.postMessage(null, [port2]);
    try {
      await calls.ask("open", [this.endpoint]);
      return thread;
    } catch (error) {
      this.#end(thread);
      throw error;
    }
  }

  #end(thread: Thread): void {
    if (this.#thread === thread) this.#thread = null;
    thread.calls.close(new DatagramError("closed", "The thread of a Unix socket has ended"));
    thread.worker.terminate();
    thread.next.resolve(null);
  }

  async #removeFile(): Promise<void> {
    try {
      await Deno.remove(this.local.path);
    } catch (error) {
      if (!(error instanceof Deno.errors.NotFound)) throw error;
    }
  }
}

/** Has the next datagram received, unless that is under way. */
function askNext(thread: Thread): void {
  if (thread.asked) return;
  thread.asked = true;
  thread.next = Promise.withResolvers();
  thread.calls.tell("next");
}
