import { assert, assertEquals, assertRejects, assertThrows } from "@std/assert";
import { type Exchange, ExchangeError, type JsonObject } from "../../protocol/native/mod.ts";
import { type NativePair, nativePair } from "../../protocol/native/testing.ts";
import { chatService } from "../native/chat.ts";
import { nameKey } from "./chat_name.ts";
import { FloodGate } from "../flood_gate.ts";
import { CHAT_LIMITS, LocalChat } from "./local_chat.ts";

/** Somebody at a chat, on a connection of their own. */
async function guest(
  bus: LocalChat,
  name: string,
  room = "lobby",
): Promise<{ pair: NativePair; exchange: Exchange }> {
  const pair = await nativePair({ chat: chatService(bus) });
  return { pair, exchange: await pair.client.open("chat", { op: "join", room, name }) };
}

async function next(exchange: Exchange): Promise<JsonObject | undefined> {
  return (await exchange.receive())?.about;
}

/** Events until one of this kind, which is returned. */
async function until(exchange: Exchange, kind: string): Promise<JsonObject> {
  for (;;) {
    const event = await next(exchange);
    assert(event !== undefined, `the exchange ended before ${kind}`);
    if (event["kind"] === kind) return event;
  }
}

Deno.test("members meet: welcome, said, private, who, left", async () => {
  const bus = new LocalChat(CHAT_LIMITS, () => 1234);
  const ann = await guest(bus, "Ann"), bob = await guest(bus, "Bob");
  assertEquals(await next(ann.exchange), {
    ...{ kind: "welcome", room: "lobby", name: "Ann", members: ["Ann"] },
  });
  assertEquals((await next(bob.exchange))?.["members"], ["Ann", "Bob"]);
  assertEquals(await next(ann.exchange), { kind: "joined", name: "Bob" });
  await ann.exchange.tell({ kind: "say", text: "hi, 粘包 🙂" });
  const said = { kind: "said", from: "Ann", text: "hi, 粘包 🙂", at: 1234 };
  assertEquals(await next(ann.exchange), said);
  assertEquals(await next(bob.exchange), said);
  await bob.exchange.tell({ kind: "private", to: "ann", text: "psst" });
  const told = { kind: "private", from: "Bob", to: "Ann", text: "psst", at: 1234 };
  assertEquals([await next(ann.exchange), await next(bob.exchange)], [told, told]);
  await bob.exchange.tell({ kind: "private", to: "eve", text: "psst" });
  assertEquals(await next(bob.exchange), { kind: "notice", text: "There is no eve in lobby" });
  await bob.exchange.tell({ kind: "who" });
  assertEquals(await next(bob.exchange), { kind: "who", members: ["Ann", "Bob"] });
  await bob.exchange.end();
  assertEquals(await next(ann.exchange), { kind: "left", name: "Bob" });
  assertEquals(await bus.rooms(), [{ name: "lobby", members: 1 }]);
  await ann.pair[Symbol.asyncDispose]();
  await bob.pair[Symbol.asyncDispose]();
  assertEquals(await bus.rooms(), []);
});

Deno.test("history on join is bounded in messages and in length, and goes with the room", async () => {
  const bus = new LocalChat({ ...CHAT_LIMITS, history: 3, historyLength: 20 });
  const seat = await bus.join("lobby", "ann", () => {});
  for (const text of ["one", "two", "three", "four"]) await seat.say(text);
  const texts = async (name: string) => {
    const late = await bus.join("lobby", name, () => {});
    return late.history.map((event) => "text" in event ? [event.text, "old" in event] : []);
  };
  assertEquals(await texts("bob"), [["two", true], ["three", true], ["four", true]]);
  await seat.say("x".repeat(15));
  assertEquals(await texts("cid"), [["four", true], ["x".repeat(15), true]]);
  await seat.say("x".repeat(21));
  assertEquals(await texts("dan"), []);
});

Deno.test("names that look alike are one name, in any case, width or script", () => {
  for (
    const [one, other] of [
      ["Ann", "ann"],
      ["Ann", "Ａｎｎ"],
      ["paypal", "раураl".replace("l", "ӏ")],
      ["sos", "ѕоѕ"],
      ["Zoe", "Zoë"],
      ["a.b", "a_b"],
      ["bob", "b0b"],
      ["kim", "kirn"],
    ] as const
  ) assertEquals(nameKey(one), nameKey(other), `${one} ${other}`);
  assert(nameKey("ann") !== nameKey("anne"));
  for (const name of ["张三", "Владимир", "Zoë", "O'Neil", "ann-2", "たろう", "Ελένη"]) {
    nameKey(name);
  }
  const bad = [
    "",
    " ann",
    "a\nb",
    "a\x1b",
    "a\u202eb",
    "a\u200bb",
    "раypаl",
    "x".repeat(33),
    "a/b",
    "<b>",
  ];
  for (const name of bad) assertThrows(() => nameKey(name), ExchangeError);
});

Deno.test("a taken name, a full room and too many rooms are refused", async () => {
  const bus = new LocalChat({ ...CHAT_LIMITS, rooms: 1, members: 2 });
  const nobody = () => {};
  await bus.join("a", "ann", nobody);
  const codeOf = async (room: string, name: string) =>
    (await assertRejects(() => bus.join(room, name, nobody), ExchangeError)).code;
  assertEquals(await codeOf("a", "ANN"), "exists");
  assertEquals(await codeOf("b", "ann"), "limit");
  assertEquals(await codeOf("a", "bad\nname"), "invalid");
  await bus.join("A", "bob", nobody);
  assertEquals(await codeOf("a", "cid"), "limit");
});

Deno.test("who floods is slowed, told, and at last sent away; who is too long is told", async () => {
  let now = 0;
  const gate = new FloodGate(3, 2, () => now);
  const passed = () => Array.from({ length: 5 }, () => gate.pass());
  assertEquals(passed(), [true, true, true, false, false]);
  now = 1000;
  assertEquals(passed(), [true, true, false, false, false]);
  const { pair, exchange } = await guest(new LocalChat(), "ann");
  await exchange.tell({ kind: "say", text: "x".repeat(4001) });
  assertEquals(
    (await until(exchange, "notice"))["text"],
    "A message has up to 4000 characters, not 4001",
  );
  for (let i = 0; i < 100; i++) await exchange.tell({ kind: "say", text: "spam" }).catch(() => {});
  const error = await assertRejects(
    async () => {
      for (;;) await until(exchange, "notice");
    },
    ExchangeError,
    "You write too much",
  );
  assertEquals(error.code, "limit");
  await pair[Symbol.asyncDispose]();
});

Deno.test("who reads nothing is sent away with a notice, and nobody waits for them", async () => {
  const bus = new LocalChat();
  const sloth = await guest(bus, "sloth");
  await until(sloth.exchange, "welcome");
  const heard: string[] = [];
  const loud = await bus.join("lobby", "loud", (event) => {
    if (event.kind === "left") heard.push(`${event.name}: ${event.why}`);
  });
  for (let i = 0; heard.length === 0; i++) {
    assert(i < 5000, "the sloth is still there");
    await loud.say("y".repeat(3000));
    if (i % 50 === 0) await new Promise((resolve) => setTimeout(resolve));
  }
  assertEquals(heard, ["sloth: You read too slowly"]);
  await assertRejects(
    async () => {
      for (;;) await next(sloth.exchange);
    },
    ExchangeError,
    "You read too slowly",
  );
  await sloth.pair[Symbol.asyncDispose]();
});

Deno.test("nothing that makes a terminal do things passes the server; UTF-8 does", async () => {
  const { pair, exchange } = await guest(new LocalChat(), "ann");
  const evil = "\x1b]52;c;AAAA\x07\x9b2J\r\n\u202e\u2066\u200b ok ü 🙂";
  await exchange.tell({ kind: "say", text: evil });
  const { text } = await until(exchange, "said");
  assert(
    typeof text === "string" && !/[\p{Cc}\u202a-\u202e\u2066-\u2069\u200b]/u.test(text),
    String(text),
  );
  assert(text.endsWith(" ok ü 🙂"), text);
  await pair[Symbol.asyncDispose]();
});

Deno.test("a storm of joins and leaves leaves nothing behind", async () => {
  const bus = new LocalChat();
  for (let i = 0; i < 2000; i++) {
    const seat = await bus.join(`room ${i % 90}`, `n${i}`, () => {});
    await seat.say("hi");
    await seat.leave();
    await seat.leave();
  }
  assertEquals(await bus.rooms(), []);
});

Deno.test("of ten thousand rooms a hundred are made, and what they keep is bounded together", async () => {
  const bus = new LocalChat();
  let refused = 0;
  for (let i = 0; i < 10_000; i++) {
    try {
      const seat = await bus.join(`room ${i}`, "ann", () => {});
      for (let say = 0; say < 60; say++) await seat.say("x".repeat(4000));
    } catch (error) {
      assert(error instanceof ExchangeError && error.code === "limit", String(error));
      refused++;
    }
  }
  const rooms = await bus.rooms();
  assertEquals([rooms.length, refused], [CHAT_LIMITS.rooms, 10_000 - CHAT_LIMITS.rooms]);
  let kept = 0;
  for (const { name } of rooms) {
    const { history } = await bus.join(name, "bob", () => {});
    for (const event of history) kept += "text" in event ? event.text.length : 0;
  }
  const most = CHAT_LIMITS.rooms * CHAT_LIMITS.historyLength;
  assert(kept > most / 2 && kept <= most, `${kept} characters are kept`);
});
