import { assertEquals } from "@std/assert";
import type { JsonObject } from "../../protocol/native/mod.ts";
import { nativePair } from "../../protocol/native/testing.ts";
import type { ChatBus, ChatEvent } from "../chat/chat_bus.ts";
import { chatService } from "./chat.ts";

/** Turns of the microtask queue that are tried: more than lie between a sent event and the end of who sent it. */
const TURNS = 12;
/** When an event counts as stuck, in ms. */
const STUCK_MS = 2000;

for (let turns = 0; turns <= TURNS; turns++) {
  Deno.test(`an event that comes ${turns} turns after the last one was sent is sent, too`, async () => {
    let hear = (_event: ChatEvent) => {};
    const bus: ChatBus = {
      join(_room, name, listener) {
        hear = listener;
        return Promise.resolve({
          name: name ?? "",
          history: [],
          members: () => Promise.resolve([]),
          say: () => Promise.resolve(),
          tell: () => Promise.resolve(),
          leave: () => Promise.resolve(),
        });
      },
      rooms: () => Promise.resolve([]),
    };
    await using pair = await nativePair({
      chat(exchange, context) {
        const tell = exchange.tell.bind(exchange);
        exchange.tell = async (about) => {
          await tell(about);
          if (about["kind"] === "welcome") void later(turns, () => hear(joined));
        };
        return chatService(bus)(exchange, context);
      },
    });
    const exchange = await pair.client.open("chat", { op: "join", room: "tea", name: "Ada" });
    const told: (JsonObject | undefined)[] = [];
    const timer = setTimeout(() => exchange.cancel(), STUCK_MS);
    while (told.length < 2) told.push((await exchange.receive())?.about);
    clearTimeout(timer);
    assertEquals(told[1], joined);
    await exchange.end();
    await exchange.result();
  });
}

const joined = { kind: "joined", name: "Bob" } as const;

/** Does something so many turns of the microtask queue from now. */
async function later(turns: number, act: () => void): Promise<void> {
  for (let turn = 0; turn < turns; turn++) await null;
  act();
}
