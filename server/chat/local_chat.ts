import { ExchangeError } from "../../protocol/native/mod.ts";
import type { ChatBus, ChatEvent, ChatSeat } from "./chat_bus.ts";
import { nameKey, roomKey } from "./chat_name.ts";

/** What a chat may grow to. */
export interface ChatLimits {
  /** Most rooms at once. */
  readonly rooms: number;
  /** Most members of a room. */
  readonly members: number;
  /** Most messages that a room remembers, and most characters of them together. */
  readonly history: number;
  readonly historyLength: number;
}

/** Enough for people, and little enough for any machine. */
export const CHAT_LIMITS: ChatLimits = {
  rooms: 100,
  members: 500,
  history: 50,
  historyLength: 64 * 1024,
};

interface Member {
  readonly name: string;
  readonly listener: (event: ChatEvent) => void;
}

interface Room {
  readonly name: string;
  readonly members: Map<string, Member>;
  readonly history: (ChatEvent & { readonly kind: "said" })[];
}

/** Rooms in this process. A room is there while somebody is in it. */
export class LocalChat implements ChatBus {
  readonly #limits: ChatLimits;
  readonly #now: () => number;
  readonly #rooms = new Map<string, Room>();
  #guests = 0;

  /** Makes a chat without rooms; `now` tells ms since 1970. */
  constructor(limits: ChatLimits = CHAT_LIMITS, now: () => number = Date.now) {
    this.#limits = limits;
    this.#now = now;
  }

  rooms(): Promise<readonly { readonly name: string; readonly members: number }[]> {
    const rooms = [...this.#rooms.values()];
    return Promise.resolve(rooms.map(({ name, members }) => ({ name, members: members.size })));
  }

  join(room: string, name: string | null, listener: Member["listener"]): Promise<ChatSeat> {
    try {
      return Promise.resolve(this.#join(room, name, listener));
    } catch (error) {
      return Promise.reject(error);
    }
  }

  #join(roomName: string, asked: string | null, listener: Member["listener"]): ChatSeat {
    const place = roomKey(roomName);
    const room = this.#rooms.get(place) ?? this.#newRoom(roomName);
    const name = asked ?? this.#guestName(room), key = nameKey(name);
    if (room.members.size >= this.#limits.members) {
      throw new ExchangeError("limit", `The room ${room.name} is full`);
    }
    const other = room.members.get(key);
    if (other !== undefined) {
      const looks = other.name === name ? "taken" : `too much like ${other.name}`;
      throw new ExchangeError("exists", `The name ${name} is ${looks}`);
    }
    this.#rooms.set(place, room);
    const member = { name, listener };
    tellAll(room, { kind: "joined", name });
    room.members.set(key, member);
    return {
      name,
      history: room.history.map((event) => ({ ...event, old: true as const })),
      members: () => Promise.resolve([...room.members.values()].map(({ name }) => name)),
      say: (text) => {
        this.#say(room, name, text);
        return Promise.resolve();
      },
      tell: (to, text) => this.#tell(room, member, to, text),
      leave: (why) => {
        if (room.members.get(key) !== member) return Promise.resolve();
        room.members.delete(key);
        if (room.members.size === 0) this.#rooms.delete(place);
        tellAll(room, { kind: "left", name, ...(why === undefined ? {} : { why }) });
        return Promise.resolve();
      },
    };
  }

  /** Numbers go up, so that nobody is taken for the guest who has just left. */
  #guestName({ members }: Room): string {
    for (;;) {
      const name = `guest-${++this.#guests}`;
      if (!members.has(nameKey(name))) return name;
    }
  }

  #newRoom(name: string): Room {
    if (this.#rooms.size >= this.#limits.rooms) {
      throw new ExchangeError("limit", `There are ${this.#rooms.size} rooms already`);
    }
    return { name, members: new Map(), history: [] };
  }

  #say(room: Room, from: string, text: string): void {
    const event = { kind: "said" as const, from, text, at: this.#now() };
    const { history, historyLength } = this.#limits;
    room.history.push(event);
    let length = room.history.reduce((sum, { text }) => sum + text.length, 0);
    while (room.history.length > history || length > historyLength) {
      length -= room.history.shift()?.text.length ?? 0;
    }
    tellAll(room, event);
  }

  #tell(room: Room, from: Member, to: string, text: string): Promise<void> {
    const member = room.members.get(nameKey(to));
    if (member === undefined) {
      return Promise.reject(new ExchangeError("not-found", `There is no ${to} in ${room.name}`));
    }
    const event = {
      kind: "private" as const,
      from: from.name,
      to: member.name,
      text,
      at: this.#now(),
    };
    member.listener(event);
    if (member !== from) from.listener(event);
    return Promise.resolve();
  }
}

function tellAll(room: Room, event: ChatEvent): void {
  for (const { listener } of [...room.members.values()]) listener(event);
}
