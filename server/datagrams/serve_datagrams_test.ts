import { assert, assertEquals } from "@std/assert";
import {
  FRAGMENT_HEADER_LENGTH,
  FragmentAssembler,
  fragmentMessage,
} from "../../protocol/framing/mod.ts";
import { DatagramError, HostileNetwork, openDatagrams } from "../../protocol/transport/mod.ts";
import { ECHO } from "../services/echo.ts";
import { HELLO } from "../services/hello.ts";
import type { Service } from "../services/service.ts";
import { UPPER } from "../services/upper.ts";
import { datagramHandler } from "./datagram_services.ts";
import { serveDatagrams, type ServeDatagramsOptions } from "./serve_datagrams.ts";

const bytes = (text: string) => new TextEncoder().encode(text);
const text = (bytes?: Uint8Array) => new TextDecoder().decode(bytes);

for (const sockets of ["deno", "node"] as const) {
  Deno.test(`udp of ${sockets}: echo, upper and hello answer each datagram with one`, async () => {
    await using client = await openDatagrams("udp://127.0.0.1:0", { sockets });
    const asks: [Service, string, string][] = [
      [ECHO, "abc 粘包", "abc 粘包"],
      [ECHO, "", ""],
      [ECHO, "x".repeat(65_507), "x".repeat(65_507)],
      [UPPER, "abc 粘包", "ABC 粘包"],
      [HELLO, "Michael", "Hello, Michael!"],
      [HELLO, "Tracy\0\0\0", "Hello, Tracy!"],
      [HELLO, "", "Hello, !"],
    ];
    for (const [service, message, answer] of asks) {
      const channel = await openDatagrams("udp://127.0.0.1:0", { sockets });
      await using server = await serveDatagrams(datagramHandler(service), { listen: channel });
      await client.send(bytes(message), server.endpoint);
      const datagram = await client.receive();
      assertEquals(text(datagram?.bytes), answer);
      assertEquals(datagram?.from, channel.local);
    }
  });
}

/** Two servers on a network where the first datagram to `one` seems to come from `other`. */
async function bounces(
  one: Service,
  other: Service,
  message: Uint8Array,
  options: Pick<ServeDatagramsOptions, "fragments"> = {},
): Promise<number> {
  const network = new HostileNetwork({ seed: 1, faults: { delayMs: [1, 1] } });
  // Who asks first has the name that the other server takes over.
  const forger = network.open("other");
  await forger.send(message, "memory:one");
  await forger.close();
  await using _one = await serveDatagrams(datagramHandler(one), {
    listen: network.open("one"),
    ...options,
  });
  await using _other = await serveDatagrams(datagramHandler(other), {
    listen: network.open("other"),
    ...options,
  });
  for (let turn = 0; turn < 1000 && network.counts.underWay > 0; turn++) {
    network.advance(1);
    await new Promise((resolve) => setTimeout(resolve, 0));
  }
  assertEquals(network.counts.underWay, 0, "the loop goes on");
  return network.counts.delivered;
}

Deno.test("two servers that are set on each other fall silent at once, whatever they serve", async () => {
  for (const one of [ECHO, UPPER, HELLO]) {
    for (const other of [ECHO, UPPER, HELLO]) {
      for (const message of ["x", "Hello, you!", ""]) {
        const count = await bounces(one, other, bytes(message));
        assert(count <= 20, `${one.name} and ${other.name}: ${count}`);
        // Each message has another id here: as datagrams no two are the same.
        const [asked = new Uint8Array(0)] = fragmentMessage(bytes(message), {
          ...{ messageId: 1n, maxDatagram: 100 },
        });
        const inFragments = await bounces(one, other, asked, { fragments: {} });
        assert(inFragments <= 20, `${one.name} and ${other.name}, fragments: ${inFragments}`);
      }
    }
  }
});

Deno.test("two echo servers over real sockets fall silent at once", async () => {
  const refused: string[] = [];
  const forger = await openDatagrams("udp://127.0.0.1:0");
  const silent = Promise.withResolvers<void>();
  const options = {
    refused: (why: string) => {
      refused.push(why);
      silent.resolve();
    },
  };
  let answered = 0;
  const echo = (message: Uint8Array) => {
    answered++;
    return message;
  };
  await using one = await serveDatagrams(echo, { listen: "udp://127.0.0.1:0", ...options });
  // The first answer waits in the socket of the second server until that begins.
  await forger.send(bytes("for ever"), one.endpoint);
  await using _other = await serveDatagrams(echo, { listen: forger, ...options });
  await silent.promise;
  assert(answered <= 20, `${answered}`);
  assertEquals(refused[0], "own-reply");
});

Deno.test("what fails is told, and the next datagram is answered", async () => {
  const errors: unknown[] = [];
  const channel = await openDatagrams("memory:failing", { maxReceive: 10, maxPayload: 5 });
  await using server = await serveDatagrams((message) => {
    if (message[0] === 1) throw new Error("the handler");
    return message;
  }, { listen: channel, error: (error) => errors.push(error) });
  await using client = await openDatagrams("memory:asking");
  for (const length of [11, 6]) await client.send(new Uint8Array(length), server.endpoint);
  await client.send(Uint8Array.of(1), server.endpoint);
  await client.send(Uint8Array.of(2), server.endpoint);
  assertEquals((await client.receive())?.bytes, Uint8Array.of(2));
  assertEquals(errors.map((error) => error instanceof DatagramError ? error.reason : `${error}`), [
    "truncated",
    "too-large",
    "Error: the handler",
  ]);
  assertEquals([await server.shutdown(), server.connectionCount], [0, 0]);
  await server.finished;
});

Deno.test("refusals are told with the datagram", async () => {
  const refused: [string, number][] = [];
  await using client = await openDatagrams("udp://127.0.0.1:0");
  const server = await serveDatagrams((message) => message, {
    listen: "udp://127.0.0.1:0",
    maxReturns: 0,
    refused: (why, { bytes }) => refused.push([why, bytes.length]),
  });
  await client.send(new Uint8Array(7), server.endpoint);
  await client.receive();
  await client.send(new Uint8Array(7), server.endpoint);
  await client.send(new Uint8Array(8), server.endpoint);
  assertEquals((await client.receive())?.bytes.length, 8);
  assertEquals(refused, [["own-reply", 7]]);
  await server.shutdown();
});

Deno.test("an answer in fragments is no larger than what was asked, headers included", async () => {
  await using server = await serveDatagrams((message) => message, {
    listen: "memory:fragments",
    fragments: {},
  });
  await using client = await openDatagrams("memory:forged");
  let messageId = 0n;
  for (const length of [0, 1, 1216, 1217, 20_000, 65_491]) {
    for (const maxDatagram of [32, 508, 1231, 1232, 1233, 1472, 9000, 65_507]) {
      const asked = fragmentMessage(new Uint8Array(length), {
        messageId: messageId++,
        maxDatagram,
      });
      for (const datagram of asked) await client.send(datagram, server.endpoint);
      let left = asked.reduce((sum, { length }) => sum + length, 0), got = 0;
      while (got < length || got === 0) {
        const bytes = (await client.receive())?.bytes ?? new Uint8Array(0);
        left -= bytes.length;
        got += bytes.length - FRAGMENT_HEADER_LENGTH;
        if (length === 0) break;
      }
      assert(left >= 0, `${length} bytes asked by ${maxDatagram}: ${-left} bytes more came back`);
    }
  }
});

Deno.test("fragments of several messages may come in turn, and a whole message that comes back is refused", async () => {
  const refused: string[] = [];
  await using client = await openDatagrams("udp://127.0.0.1:0");
  await using server = await serveDatagrams((message) => message, {
    listen: "udp://127.0.0.1:0",
    fragments: {},
    maxReturns: 0,
    refused: (why) => refused.push(why),
  });
  const messages = [1, 2].map((value) => new Uint8Array(100).map((_, i) => value * i));
  const cut = (message: Uint8Array, messageId: bigint) =>
    fragmentMessage(message, { messageId, maxDatagram: 66 });
  const [one = [], other = []] = messages.map((message, i) => cut(message, BigInt(i)));
  for (const fragment of [one[0], other[0], one[1], other[1]]) {
    assert(fragment !== undefined);
    await client.send(fragment, server.endpoint);
  }
  const assembler = new FragmentAssembler();
  const answers: unknown[] = [];
  while (answers.length < 2) {
    const answer = assembler.push((await client.receive())?.bytes ?? bytes(""), server.endpoint);
    if (answer !== null) answers.push(answer);
  }
  assertEquals(answers, messages);
  for (const fragment of cut(messages[0] ?? bytes(""), 7n)) {
    await client.send(fragment, server.endpoint);
  }
  for (const fragment of cut(bytes("next"), 8n)) await client.send(fragment, server.endpoint);
  const next = assembler.push((await client.receive())?.bytes ?? bytes(""), server.endpoint);
  assertEquals([text(next ?? bytes("")), refused], ["next", ["own-reply"]]);
});
