import { printable } from "../../cli/printable.ts";
import {
  type Exchange,
  ExchangeError,
  type JsonObject,
  type NativeService,
} from "../../protocol/native/mod.ts";
import type { ChatBus, ChatEvent, ChatSeat } from "../chat/chat_bus.ts";
import { FloodGate } from "../flood_gate.ts";

/** Longest message, in characters. */
const LONGEST = 4000;
/** Messages that a member may say at once, and each second from then on; and refused ones until it is sent away. */
const BURST = 10, PER_SECOND = 2, PATIENCE = 20;
/** Events that may wait for a member who reads slowly, and their characters. */
const MOST_WAITING = 256, MOST_LENGTH = 256 * 1024;

/** Rooms where people write to each other (PROTOCOL.md, clause 8.8). */
export function chatService(bus: ChatBus): NativeService {
  return async (exchange) => {
    const { op, room, name } = exchange.args;
    if (op === "rooms") {
      for (const room of await bus.rooms()) await exchange.tell({ kind: "room", ...room });
      return;
    }
    if (op !== "join" || typeof room !== "string" || typeof name !== "string") {
      throw new ExchangeError(
        "invalid",
        'chat takes {"op":"join","room","name"} or {"op":"rooms"}',
      );
    }
    await new Member(exchange, name).stay(bus, room);
  };
}

/** Somebody in a room, at the other end of an exchange. */
class Member {
  readonly #exchange: Exchange;
  readonly #name: string;
  readonly #gate = new FloodGate(BURST, PER_SECOND);
  #waiting: JsonObject[] = [];
  #welcomed = false;
  #length = 0;
  #sending = Promise.resolve();
  /** Ends together with its loop: an event between that and the end of the promise would wait for the next one. */
  #sends = false;
  #refused = 0;

  constructor(exchange: Exchange, name: string) {
    this.#exchange = exchange;
    this.#name = name;
  }

  async stay(bus: ChatBus, room: string): Promise<void> {
    const seat = await bus.join(room, this.#name, (event) => this.#hear(event));
    let why: string | undefined;
    try {
      const members = await seat.members();
      this.#welcome({ kind: "welcome", room, name: this.#name, members: [...members] }, seat);
      for await (const { about } of this.#exchange) await this.#do(seat, about ?? {});
    } catch (error) {
      why =
        this.#exchange.signal.aborted && !(error instanceof ExchangeError && error.code === "limit")
          ? "connection lost"
          : error instanceof Error
          ? error.message
          : undefined;
      throw error;
    } finally {
      await seat.leave(why);
    }
    await this.#sending;
  }

  async #do(seat: ChatSeat, about: JsonObject): Promise<void> {
    const { kind, text, to } = about;
    if (kind === "who") {
      const members = await seat.members();
      return this.#push({ kind: "who", members: [...members] });
    }
    if (typeof text !== "string" || (kind !== "say" && kind !== "private")) {
      throw new ExchangeError("invalid", '"kind" is not say, private or who, or "text" is missing');
    }
    if (text.length > LONGEST) {
      return this.#notice(`A message has up to ${LONGEST} characters, not ${text.length}`);
    }
    if (!this.#gate.pass()) {
      if (++this.#refused > PATIENCE) throw new ExchangeError("limit", "You write too much");
      return this.#notice("You write too fast: this was not sent");
    }
    // One line, and nothing that makes a terminal do things.
    const line = printable(text);
    if (kind === "say") return await seat.say(line);
    if (typeof to !== "string") throw new ExchangeError("invalid", '"to" is missing');
    try {
      await seat.tell(to, line);
    } catch (error) {
      if (!(error instanceof ExchangeError)) throw error;
      this.#notice(error.message);
    }
  }

  /** What was heard since joining comes behind it. */
  #welcome(welcome: JsonObject, { history }: ChatSeat): void {
    const early = this.#waiting;
    this.#waiting = [];
    this.#length = 0;
    this.#welcomed = true;
    for (const event of [welcome, ...history, ...early]) this.#push({ ...event });
  }

  #hear(event: ChatEvent): void {
    if (event.kind === "left" && event.name === this.#name) {
      this.#exchange.fail("limit", event.why ?? "You were sent away").catch(() => {});
    } else this.#push({ ...event });
  }

  #notice(text: string): void {
    this.#push({ kind: "notice", text });
  }

  /** Queues an event; who takes too few is sent away, so that nobody else has to wait. */
  #push(event: JsonObject): void {
    if (this.#exchange.ended) return;
    this.#waiting.push(event);
    this.#length += JSON.stringify(event).length;
    if (this.#waiting.length > MOST_WAITING || this.#length > MOST_LENGTH) {
      this.#waiting = [];
      this.#exchange.fail("limit", "You read too slowly").catch(() => {});
      return;
    }
    if (this.#welcomed && !this.#sends) this.#sending = this.#send();
  }

  async #send(): Promise<void> {
    this.#sends = true;
    try {
      for (let event = this.#waiting.shift(); event !== undefined; event = this.#waiting.shift()) {
        this.#length -= JSON.stringify(event).length;
        await this.#exchange.tell(event);
      }
    } catch {
      // The member has gone; its own loop is told.
    }
    this.#sends = false;
  }
}
