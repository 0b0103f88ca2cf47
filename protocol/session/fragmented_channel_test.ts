import { assert, assertEquals, assertRejects } from "@std/assert";
import { FragmentError } from "../framing/mod.ts";
import {
  type DatagramChannel,
  HostileNetwork,
  openDatagrams,
  RandomStream,
  TruncatedDatagramError,
} from "../transport/mod.ts";
import { FragmentedChannel } from "./fragmented_channel.ts";

const KINDS: Readonly<Record<string, () => Promise<DatagramChannel>>> = {
  "udp": () => openDatagrams("udp://127.0.0.1:0"),
  "udp without the flag": () => openDatagrams("udp://127.0.0.1:0", { sockets: "node" }),
  "memory": () => openDatagrams(`memory:${crypto.randomUUID()}`),
};

for (const [name, open] of Object.entries(KINDS)) {
  Deno.test(`${name}: messages of any length come whole, in datagrams that are not too long`, async () => {
    await using here = new FragmentedChannel(await open());
    const there = await open();
    await using messages = new FragmentedChannel(there);
    for (const length of [0, 1, 1216, 1217, 65_507, 65_508, 100_000]) {
      const message = Uint8Array.from({ length }, (_, i) => i * 31 + length);
      await here.send(message, there.local);
      const { bytes, from } = await messages.receive() ?? {};
      assertEquals(bytes, message, `${length} bytes`);
      assertEquals(from, here.channel.local);
    }
    await here.send(new Uint8Array(5000), there.local);
    for (const length of [1016, 1016, 1016, 1016, 1016]) {
      assertEquals((await there.receive())?.bytes.length, length);
    }
  });
}

Deno.test("faults are told with the peer's name, and the next message comes", async () => {
  const faults: Error[] = [];
  const there = await openDatagrams("memory:faults", { maxReceive: 100 });
  await using messages = new FragmentedChannel(there, { onFault: (error) => faults.push(error) });
  await using stranger = await openDatagrams("memory:stranger");
  await using good = new FragmentedChannel(await openDatagrams("memory:good"), { maxDatagram: 50 });
  await stranger.send(new Uint8Array(3), there.local);
  await stranger.send(new Uint8Array(101), there.local);
  await good.send(new Uint8Array(200), there.local);
  assertEquals((await messages.receive())?.bytes.length, 200);
  assertEquals(faults.map(({ message }) => message.includes("memory:stranger")), [true, true]);
  assertEquals([faults[0] instanceof FragmentError, faults[1] instanceof TruncatedDatagramError], [
    true,
    true,
  ]);
  assertEquals(messages.counts.completed, 1);
});

Deno.test("a sender that starts anew is not taken for its former self", async () => {
  await using there = new FragmentedChannel(await openDatagrams("memory:there"));
  await using wire = await openDatagrams("memory:restarted");
  for (let life = 0; life < 20; life++) {
    // Each life ends with half a message on the wire, of the length of the next one.
    const sender = new FragmentedChannel(cutOff(wire, 2), { maxDatagram: 116 });
    await sender.send(new Uint8Array(400).fill(life), there.channel.local);
  }
  const sender = new FragmentedChannel(wire, { maxDatagram: 116 });
  await sender.send(new Uint8Array(400).fill(99), there.channel.local);
  const message = await there.receive();
  assertEquals(message?.bytes, new Uint8Array(400).fill(99));
  assertEquals(there.counts.refused, 0);
});

Deno.test("over a hostile network each message comes once and whole, or not at all", async () => {
  const seed = crypto.getRandomValues(new Uint32Array(1))[0] ?? 0;
  const network = new HostileNetwork({
    seed,
    faults: {
      ...{ loss: 0.02, duplication: 0.2, reorder: 0.3, truncation: 0.02, wrongPeer: 0.02 },
      ...{ delayMs: [1, 50], mtu: 116 },
    },
  });
  const messageOf = (number: number) => {
    const random = new RandomStream(seed, `message ${number}`);
    const message = Uint8Array.from({ length: 4 + random.below(1500) }, () => random.below(256));
    new DataView(message.buffer).setUint32(0, number);
    return message;
  };
  await using here = new FragmentedChannel(network.open("here"), { maxDatagram: 116 });
  const there = new FragmentedChannel(network.open("there"), { expiryMs: Infinity });
  // Of each peer: a doubled datagram that seems to come from a stranger is the stranger's, if it is a whole message.
  const came = new Map<string, number>();
  const receiving = (async () => {
    for await (const { bytes, from } of there) {
      const number = new DataView(bytes.buffer).getUint32(0);
      assertEquals(bytes, messageOf(number), `seed ${seed}`);
      const key = `${JSON.stringify(from)} ${number}`;
      came.set(key, (came.get(key) ?? 0) + 1);
    }
  })();
  const COUNT = 500;
  for (let number = 0; number < COUNT; number++) {
    await here.send(messageOf(number), there.channel.local);
    if (number % 10 === 9) await network.settle();
  }
  await network.settle();
  await there.close();
  await receiving;
  assertEquals([...new Set(came.values())], [1], `seed ${seed}`);
  assert(came.size > COUNT / 3 && came.size < COUNT, `seed ${seed}: ${came.size}`);
  assertEquals(there.counts.completed, came.size);
});

Deno.test("the iterator ends with the channel, and too many fragments are refused", async () => {
  const channel = new FragmentedChannel(await openDatagrams("memory:iterated"), {
    maxDatagram: 17,
  });
  await assertRejects(() => channel.send(new Uint8Array(65_536), "memory:nobody"), RangeError);
  const loop = (async () => {
    for await (const _ of channel) throw new Error("nobody sends");
  })();
  await channel.close();
  await loop;
  assertEquals(await channel.receive(), null);
});

/** `channel`, which stops sending after `count` datagrams. */
function cutOff(channel: DatagramChannel, count: number): DatagramChannel {
  let left = count;
  return new Proxy(channel, {
    get: (target, name) =>
      name === "send"
        ? (...args: Parameters<DatagramChannel["send"]>) =>
          left-- > 0 ? target.send(...args) : Promise.resolve()
        : Reflect.get(target, name, target),
  });
}
