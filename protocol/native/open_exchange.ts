import { ConnectionClosedError } from "../session/errors.ts";
import { Bodies, type Body } from "./body.ts";
import { type ErrorCode, ExchangeError, knownCode, ProtocolError } from "./errors.ts";
import type { Exchange, Received } from "./exchange.ts";
import { costOf, encodeMessage, type Link } from "./link.ts";
import type { JsonObject, Message, MessageOf, NativeLimits } from "./message.ts";
import { SendWindow } from "./window.ts";

/** What an exchange is made of. */
export interface ExchangeParts {
  readonly link: Link;
  readonly id: number;
  readonly service: string;
  readonly args: JsonObject;
  /** What this side takes. */
  readonly own: NativeLimits;
  /** What the peer takes. */
  readonly peers: NativeLimits;
  /** Least speed at which the peer takes what waits, in bytes per second. */
  readonly minRate: number;
  /** Called once both sides have ended. */
  readonly over: () => void;
}

/** Something that waits to be received; its cost is given back to the sender when it is. */
interface Waiting extends Received {
  readonly cost: number;
}

/** An exchange under way, as its connection sees it: what it takes from the peer comes in here. */
export class OpenExchange implements Exchange {
  /** Number of the exchange on its connection, from 1 on. */
  readonly id: number;
  /** The service that was asked for. */
  readonly service: string;
  /** What it was asked. */
  readonly args: JsonObject;
  readonly #parts: ExchangeParts;
  readonly #window: SendWindow;
  readonly #stop = new AbortController();
  readonly #settled = Promise.withResolvers<JsonObject>();
  readonly #bodies = new Bodies();
  #queue: Waiting[] = [];
  /** Cost of what was received and not yet given back to the sender. */
  #owed = 0;
  /** Cost of what is under way towards us or waits in the queue. */
  #held = 0;
  /** The message whose body is coming. */
  #coming:
    | { readonly about: JsonObject | undefined; readonly cost: number; readonly body: Body }
    | null = null;
  #wake: (() => void) | null = null;
  #endedHere = false;
  #endedThere = false;
  #failure: { readonly reason: unknown } | null = null;
  #bytesSent = 0;
  #bytesReceived = 0;

  /** Made by a client's `open`, and for a service by the server. */
  constructor(parts: ExchangeParts) {
    this.#parts = parts;
    this.id = parts.id;
    this.service = parts.service;
    this.args = parts.args;
    this.#window = new SendWindow(parts.peers.window, parts.minRate);
    // Who never asks for the result need not handle its failure.
    this.#settled.promise.catch(() => {});
  }

  /** Aborted when the exchange came to nothing: the peer cancelled or failed, or the connection is gone. */
  get signal(): AbortSignal {
    return this.#stop.signal;
  }

  /** Bytes of bodies sent so far. */
  get bytesSent(): number {
    return this.#bytesSent;
  }

  /** Bytes of bodies received so far. */
  get bytesReceived(): number {
    return this.#bytesReceived;
  }

  /** Whether this side has said its last word. */
  get ended(): boolean {
    return this.#endedHere;
  }

  /** Whether both sides have said their last word. */
  get isOver(): boolean {
    return this.#endedHere && this.#endedThere;
  }

  /** For how long something has been waiting to be sent because the peer takes no more, in ms. */
  get stalledMs(): number {
    return this.#window.stalledMs;
  }

  /**
   * Sends bytes, in as many messages as it takes. Resolves when the bytes may be used again; it waits while the peer takes
   * no more. `about` says what they are; with no bytes it is the message.
   *
   * @throws {ExchangeError} if the peer has given up.
   * @throws {ConnectionLostError} if the connection broke off.
   */
  async send(bytes: Uint8Array, about?: JsonObject): Promise<void> {
    const { link, id, peers } = this.#parts;
    const most = peers.part;
    for (let at = 0; at === 0 || at < bytes.length; at += most) {
      this.#checkOutput();
      const body = bytes.length <= most ? bytes : bytes.subarray(at, at + most);
      const size = body.length;
      const head = encodeMessage({ type: "data", id, ...(about ? { about } : {}), size });
      const cost = costOf(head, size);
      if (cost > peers.window) {
        throw new ExchangeError("limit", `The peer takes no ${cost} bytes at once`);
      }
      await this.#window.take(cost);
      this.#checkOutput();
      await link.sendEncoded(head, body);
      this.#bytesSent += size;
    }
  }

  /** Sends a message without bytes. */
  async tell(about: JsonObject): Promise<void> {
    await this.send(NOTHING, about);
  }

  /**
   * What comes next; null once the peer has ended. What is received makes room for more.
   *
   * @throws {ExchangeError} if the peer has given up, or this side has.
   * @throws {ConnectionLostError} if the connection broke off; what had come before was received first.
   */
  async receive(): Promise<Received | null> {
    for (;;) {
      const next = this.#queue.shift();
      if (next !== undefined) {
        const { cost, ...received } = next;
        this.#giveBack(cost);
        return received;
      }
      if (this.#failure !== null) throw this.#failure.reason;
      if (this.#endedThere) return null;
      if (this.#wake !== null) throw new Error("Cannot receive: another receive is waiting");
      await new Promise<void>((resolve) => this.#wake = resolve);
      this.#wake = null;
    }
  }

  /** Takes back the memory of bytes that were received, for what comes next; nobody may look at them any more. */
  reuse(bytes: Uint8Array): void {
    this.#bodies.reuse(bytes);
  }

  /** Everything to the peer's end. */
  async *[Symbol.asyncIterator](): AsyncGenerator<Received, void> {
    for (let part = await this.receive(); part !== null; part = await this.receive()) yield part;
  }

  /**
   * What the peer said with its end, once it came.
   *
   * @throws {ExchangeError} if it gave up instead.
   * @throws {ConnectionLostError} if the connection broke off.
   */
  result(): Promise<JsonObject> {
    return this.#settled.promise;
  }

  /** Says that this side is done; `result` is what it has to say in the end. Once ended, nothing changes it. */
  async end(result: JsonObject = {}): Promise<void> {
    await this.#finish({ type: "end", id: this.id, result });
  }

  /** Gives up, and says why; whatever waits here gets the same. */
  async fail(code: ErrorCode, message: string, info: JsonObject = {}): Promise<void> {
    const more = Object.keys(info).length === 0 ? {} : { info };
    const sent = this.#finish({ type: "error", id: this.id, code, message, ...more });
    this.#break(new ExchangeError(code, message, info));
    await sent;
  }

  /** Asks the peer to stop and gives up. */
  async cancel(): Promise<void> {
    const sent = this.#finish({ type: "cancel", id: this.id });
    this.#break(new ExchangeError("cancelled", "It was cancelled on this side"));
    await sent;
  }

  /**
   * Takes a message of the peer; for the connection only.
   *
   * @throws {ProtocolError} if it does not fit.
   */
  take(message: Message, cost: number): void {
    if (message.type === "credit") {
      // Who has ended still receives, and makes room.
      if (this.#window.give(message.bytes)) return;
      throw new ProtocolError("More credit came than was spent");
    }
    if (this.#endedThere) {
      throw new ProtocolError(`"${message.type}" came behind the end of exchange ${this.id}`);
    }
    switch (message.type) {
      case "data":
        return this.#takeData(message, cost);
      case "end":
        this.#endedThere = true;
        this.#settled.resolve(message.result);
        break;
      case "error":
        this.#endedThere = true;
        this.#givenUp(knownCode(message.code), message.message, message.info);
        break;
      case "cancel":
        this.#endedThere = true;
        this.#givenUp("cancelled", "The other side cancelled it");
        break;
      default:
        throw new ProtocolError(`"${message.type}" does not belong into an exchange`);
    }
    this.#turn();
    this.#checkOver();
  }

  /** Takes a piece of a body; for the connection only. */
  takeBody(bytes: Uint8Array): void {
    const coming = this.#coming;
    if (coming === null) return;
    this.#bytesReceived += bytes.length;
    if (this.#endedHere && this.#failure !== null) return;
    const whole = coming.body.take(bytes);
    if (whole !== null) this.#arrived(coming.about, whole, coming.cost);
  }

  /** The connection is gone; for the connection only. */
  lose(reason: unknown): void {
    this.#endedHere = this.#endedThere = true;
    this.#break(reason);
  }

  #takeData({ about, size }: MessageOf<"data">, cost: number): void {
    const { own } = this.#parts;
    if (size > own.part) {
      throw new ProtocolError(`A part of ${size} bytes: ${own.part} are allowed`);
    }
    this.#held += cost;
    if (this.#held > own.window) throw new ProtocolError("More was sent than the window allows");
    this.#coming = { about, cost, body: this.#bodies.begin(size) };
    if (size === 0 && this.#failure === null) this.#arrived(about, NOTHING, cost);
  }

  #arrived(about: JsonObject | undefined, bytes: Uint8Array, cost: number): void {
    this.#queue.push({ ...(about === undefined ? {} : { about }), bytes, cost });
    this.#turn();
  }

  #giveBack(cost: number): void {
    this.#held -= cost;
    this.#owed += cost;
    const { link, own } = this.#parts;
    // Seldom enough to cost nothing, early enough that the sender never has to wait for it.
    if (this.#owed < own.window / 4 || this.#endedThere || this.#endedHere && this.#failure) return;
    const bytes = this.#owed;
    this.#owed = 0;
    link.send({ type: "credit", id: this.id, bytes }).catch(() => {});
  }

  #givenUp(code: ErrorCode, message: string, info?: JsonObject): void {
    this.#break(new ExchangeError(code, message, info));
    // Who is told of a failure and has not ended says so, and the exchange is over (clause 5.5).
    this.end().catch(() => {});
  }

  async #finish(message: MessageOf<"end" | "error" | "cancel">): Promise<void> {
    if (this.#endedHere) return;
    const head = encodeMessage(message);
    this.#endedHere = true;
    this.#window.close(new ConnectionClosedError("Cannot send: this side has ended the exchange"));
    const sent = this.#parts.link.sendEncoded(head);
    this.#checkOver();
    await sent;
  }

  #break(reason: unknown): void {
    if (this.#failure !== null) return;
    this.#failure = { reason };
    this.#window.close(reason);
    this.#settled.reject(reason);
    this.#stop.abort(reason);
    this.#turn();
  }

  #checkOutput(): void {
    if (this.#failure !== null) throw this.#failure.reason;
    if (this.#endedHere) throw new ConnectionClosedError("Cannot send: this side has ended");
  }

  #checkOver(): void {
    if (this.isOver) this.#parts.over();
  }

  #turn(): void {
    this.#wake?.();
  }
}

const NOTHING = new Uint8Array(0);
