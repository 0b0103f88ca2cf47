import { assert, assertEquals, assertRejects } from "@std/assert";
import { ExchangeError } from "../../protocol/native/mod.ts";
import type { ChatEvent } from "../chat/chat_bus.ts";
import { CHAT_LIMITS, LocalChat } from "../chat/local_chat.ts";
import { ChatDesk, type Delivery } from "./chat_desk.ts";

Deno.test("an event goes once for all members that hear it, in its order", async () => {
  const chat = new LocalChat(CHAT_LIMITS, () => 7);
  const batches: (readonly Delivery[])[] = [];
  const desk = new ChatDesk(chat, (batch) => {
    batches.push(batch);
    return Promise.resolve();
  });
  for (const [id, name] of ["Ann", "Bob", "Cy"].entries()) await desk.join(id, "lobby", name);
  await desk.seat(0).say("one");
  await desk.seat(1).say("two");
  await new Promise((resolve) => setTimeout(resolve));
  const said = batches.flat().filter(({ event }) => event.kind === "said");
  assertEquals(said, [
    { seats: [0, 1, 2], event: { kind: "said", from: "Ann", text: "one", at: 7 } },
    { seats: [0, 1, 2], event: { kind: "said", from: "Bob", text: "two", at: 7 } },
  ]);
});

Deno.test("a worker that does not keep up loses its members, the others hear on", async () => {
  const chat = new LocalChat();
  const heard: ChatEvent[] = [];
  const ann = await chat.join("lobby", "Ann", (event) => heard.push(event));
  const batches: (readonly Delivery[])[] = [];
  const busy = Promise.withResolvers<void>();
  const desk = new ChatDesk(chat, (batch) => {
    batches.push(batch);
    return busy.promise;
  });
  await desk.join(1, "lobby", "Bob");
  await desk.join(2, "lobby", "Cy");
  // The first batch is taken and never done with; everything after it has to wait.
  for (let i = 0; i < 10_000; i++) await ann.say(`message ${i}`);
  assertEquals(await ann.members(), ["Ann"]);
  assertEquals(heard.filter(({ kind }) => kind === "said").length, 10_000);
  assertEquals(
    heard.filter(({ kind }) => kind === "left").map((event) => "name" in event && event.name),
    [
      "Bob",
      "Cy",
    ],
  );
  const gone = await assertRejects(() => Promise.resolve().then(() => desk.seat(1)), ExchangeError);
  assertEquals(gone.code, "limit");
  busy.resolve();
  await new Promise((resolve) => setTimeout(resolve));
  // What waited was given up; they are told that they have left, and no more.
  assertEquals(batches.length, 2);
  const why = "The server is too busy";
  assertEquals(batches[1], [
    { seats: [1], event: { kind: "left", name: "Bob", why } },
    { seats: [2], event: { kind: "left", name: "Cy", why } },
  ]);
  assert((batches[0]?.length ?? 0) < 10);
});

Deno.test("members whose worker did not take a batch in time are told, and one that is gone is let go", async () => {
  for (const faults of [1, Infinity]) {
    const chat = new LocalChat();
    const ann = await chat.join("lobby", "Ann", () => {});
    const batches: (readonly Delivery[])[] = [];
    const desk = new ChatDesk(chat, (batch) => {
      batches.push(batch);
      return batches.length <= faults ? Promise.reject(new Error("late")) : Promise.resolve();
    });
    await desk.join(1, "lobby", "Bob");
    await ann.say("hello");
    await new Promise((resolve) => setTimeout(resolve));
    assertEquals(await ann.members(), ["Ann"]);
    const why = "The server is too busy";
    assertEquals(batches.at(-1), [{ seats: [1], event: { kind: "left", name: "Bob", why } }]);
    assertEquals(batches.length, 2);
  }
});

Deno.test("who leaves is not in the way of who comes under the same name", async () => {
  const chat = new LocalChat();
  const desk = new ChatDesk(chat, () => Promise.resolve());
  await desk.join(1, "lobby", "Ann");
  await assertRejects(() => desk.join(2, "lobby", "ann"), ExchangeError, "too much like Ann");
  await desk.leave(1, "enough");
  await desk.leave(1);
  assertEquals((await desk.join(3, "lobby", null)).name, "guest-1");
});
