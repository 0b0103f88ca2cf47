import { assertEquals } from "@std/assert";
import type { Delivery } from "../strategy/delivery.ts";
import { smallerVolley } from "./smaller_volley.ts";
import { type Sent, sentOf, volley } from "./volley.ts";

const texts = (delivery: Delivery) =>
  sentOf(delivery).map(({ bytes, socket }) => `${new TextDecoder().decode(bytes)}@${socket}`);
const sent = (...all: readonly string[]): Sent[] =>
  all.map((one) => {
    const [text = "", socket = "0"] = one.split("@");
    return { bytes: new TextEncoder().encode(text), socket: Number(socket) };
  });

async function smallest(given: readonly Sent[], fails: (texts: string[]) => boolean) {
  const found = await smallerVolley(volley(given, "datagram"), "datagram", {
    hasTime: () => true,
    stillFails: (candidate) => Promise.resolve(fails(texts(candidate))),
  });
  return texts(found);
}

Deno.test("a failing volley gets fewer datagrams, one peer, a simpler order, shorter payloads", async () => {
  const given = sent("ccc@1", "aaa@0", "xyzxyz@1", "bbb@2", "ddd@0");
  assertEquals(await smallest(given, (all) => all.some((one) => one.startsWith("xyz"))), ["xyz@0"]);
  assertEquals(await smallest(given, (all) => all.length >= 2), ["@0", "@0"]);
  const bothPeers = (all: string[]) =>
    all.some((one) => one.endsWith("1")) &&
    all.some((one) => one.endsWith("2"));
  assertEquals(await smallest(given, bothPeers), ["@2", "@1"]);
});

Deno.test("what cannot be made smaller stays as it is", async () => {
  const given = sent("b", "a");
  assertEquals(await smallest(given, (all) => all.join() === "b@0,a@0"), ["b@0", "a@0"]);
});
