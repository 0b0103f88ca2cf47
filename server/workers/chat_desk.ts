import { ExchangeError } from "../../protocol/native/mod.ts";
import type { ChatBus, ChatEvent, ChatSeat } from "../chat/chat_bus.ts";

/** One event for some of the members that a worker serves, by the numbers of their seats. */
export interface Delivery {
  readonly seats: number[];
  readonly event: ChatEvent;
}

/** Events that may wait for a worker which is busy, and their characters. */
const MOST_WAITING = 4096, MOST_LENGTH = 4 * 1024 * 1024;
/** What members are told whose worker did not keep up. */
const TOO_SLOW = "The server is too busy";

/**
 * Sits in the rooms for the members that one worker serves. What happens goes to the worker in batches, one at a time, the next
 * when the last was taken; an event goes once, however many of them hear it. A worker that does not keep up loses its members,
 * so that nobody else has to wait.
 */
export class ChatDesk {
  readonly #bus: ChatBus;
  readonly #deliver: (batch: readonly Delivery[]) => Promise<void>;
  /** By number; null while somebody is on the way in. */
  readonly #seats = new Map<number, ChatSeat | null>();
  #waiting: Delivery[] = [];
  #length = 0;
  #sending: Promise<void> | null = null;

  /** `deliver` resolves when the worker has taken the batch. */
  constructor(bus: ChatBus, deliver: (batch: readonly Delivery[]) => Promise<void>) {
    this.#bus = bus;
    this.#deliver = deliver;
  }

  /** Takes a seat under a number that the worker has chosen. */
  async join(
    id: number,
    room: string,
    name: string | null,
  ): Promise<Pick<ChatSeat, "name" | "history">> {
    this.#seats.set(id, null);
    try {
      const seat = await this.#bus.join(room, name, (event) => this.#hear(id, event));
      if (!this.#seats.has(id)) {
        await seat.leave(TOO_SLOW);
        throw new ExchangeError("limit", TOO_SLOW);
      }
      this.#seats.set(id, seat);
      return { name: seat.name, history: seat.history };
    } catch (error) {
      this.#seats.delete(id);
      throw error;
    }
  }

  /** The seat of that number. */
  seat(id: number): ChatSeat {
    const seat = this.#seats.get(id);
    if (seat) return seat;
    throw new ExchangeError("limit", TOO_SLOW);
  }

  /** Leaves; who was sent away has left already. */
  async leave(id: number, why?: string): Promise<void> {
    const seat = this.#seats.get(id);
    this.#seats.delete(id);
    await seat?.leave(why);
  }

  #hear(id: number, event: ChatEvent): void {
    if (!this.#seats.has(id)) return;
    const last = this.#waiting.at(-1);
    if (last?.event === event) last.seats.push(id);
    else {
      this.#waiting.push({ seats: [id], event });
      this.#length += lengthOf(event);
    }
    if (this.#waiting.length > MOST_WAITING || this.#length > MOST_LENGTH) this.#sendAway();
    this.#sending ??= this.#send();
  }

  async #send(): Promise<void> {
    // Everybody hears an event in the same turn: first let it come to all of them.
    await Promise.resolve();
    while (this.#waiting.length > 0) {
      const batch = this.#waiting;
      this.#waiting = [];
      this.#length = 0;
      try {
        await this.#deliver(batch);
      } catch {
        // Once nobody is left to be sent away, nothing waits any more, also if the worker is gone.
        this.#sendAway();
      }
    }
    this.#sending = null;
  }

  #sendAway(): void {
    const seats = [...this.#seats];
    this.#seats.clear();
    this.#length = 0;
    this.#waiting = seats.flatMap(([id, seat]) =>
      seat === null
        ? []
        : [{ seats: [id], event: { kind: "left", name: seat.name, why: TOO_SLOW } as const }]
    );
    for (const [, seat] of seats) seat?.leave(TOO_SLOW).catch(() => {});
  }
}

function lengthOf(event: ChatEvent): number {
  return "text" in event ? event.text.length : 0;
}
