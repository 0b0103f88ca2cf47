import type { ChatBus, ChatEvent, ChatSeat } from "../chat/chat_bus.ts";
import type { Calls } from "./calls.ts";
import type { Delivery } from "./chat_desk.ts";
import type { MainService } from "./main_service.ts";

/** The rooms of the main thread, in a worker. */
export class RemoteChat implements ChatBus {
  readonly #main: Pick<Calls<MainService>, "ask">;
  readonly #listeners = new Map<number, (event: ChatEvent) => void>();
  #last = 0;

  /** `main` is the line to the thread where the rooms are. */
  constructor(main: Pick<Calls<MainService>, "ask">) {
    this.#main = main;
  }

  /** Hands on what has happened. */
  hear(deliveries: readonly Delivery[]): void {
    for (const { seats, event } of deliveries) {
      for (const seat of seats) this.#listeners.get(seat)?.(event);
    }
  }

  rooms(): Promise<readonly { readonly name: string; readonly members: number }[]> {
    return this.#main.ask("rooms", []);
  }

  async join(
    room: string,
    name: string | null,
    listener: (event: ChatEvent) => void,
  ): Promise<ChatSeat> {
    const main = this.#main, id = ++this.#last;
    this.#listeners.set(id, listener);
    try {
      const joined = await main.ask("join", [id, room, name]);
      return {
        ...joined,
        members: () => main.ask("members", [id]),
        say: (text) => main.ask("say", [id, text]),
        tell: (to, text) => main.ask("tell", [id, to, text]),
        leave: (why) => {
          this.#listeners.delete(id);
          return main.ask("leave", [id, why]);
        },
      };
    } catch (error) {
      this.#listeners.delete(id);
      throw error;
    }
  }
}
