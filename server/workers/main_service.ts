import type { ChatBus, ChatSeat } from "../chat/chat_bus.ts";
import type { Door, PENALTIES, Refusal } from "../doorkeeper.ts";
import { ChatDesk, type Delivery } from "./chat_desk.ts";

/** What the main thread does for a worker. */
export interface MainService {
  /** See {@linkcode Door}. */
  enter(remote: string): Refusal | null | Promise<Refusal | null>;
  /** See {@linkcode Door}. */
  gone(remote: string): void;
  /** See {@linkcode Door}. */
  punish(remote: string, why: keyof typeof PENALTIES): void;
  /** See {@linkcode ChatBus}. */
  rooms: ChatBus["rooms"];
  /** See {@linkcode ChatDesk}; the following are of the seat with that number. */
  join(
    id: number,
    room: string,
    name: string | null,
  ): Promise<Pick<ChatSeat, "name" | "history">>;
  /** See {@linkcode ChatSeat}. */
  members(id: number): Promise<readonly string[]>;
  /** See {@linkcode ChatSeat}. */
  say(id: number, text: string): Promise<void>;
  /** See {@linkcode ChatSeat}. */
  tell(id: number, to: string, text: string): Promise<void>;
  /** See {@linkcode ChatSeat}. */
  leave(id: number, why?: string): Promise<void>;
}

/** There is one door and one chat, whoever serves a connection. */
export function mainService(
  door: Door,
  chat: ChatBus,
  deliver: (batch: readonly Delivery[]) => Promise<void>,
): MainService {
  const desk = new ChatDesk(chat, deliver);
  return {
    enter: (remote) => door.enter(remote),
    gone: (remote) => door.leave(remote),
    punish: (remote, why) => door.punish(remote, why),
    rooms: () => chat.rooms(),
    join: (id, room, name) => desk.join(id, room, name),
    members: async (id) => await desk.seat(id).members(),
    say: async (id, text) => await desk.seat(id).say(text),
    tell: async (id, to, text) => await desk.seat(id).tell(to, text),
    leave: (id, why) => desk.leave(id, why),
  };
}
