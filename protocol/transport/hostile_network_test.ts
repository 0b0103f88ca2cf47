import { assert, assertEquals, assertNotEquals, assertThrows } from "@std/assert";
import type { DatagramChannel } from "./datagram.ts";
import { DatagramFaultModel, type DatagramFaults } from "./datagram_faults.ts";
import { TruncatedDatagramError } from "./datagram_errors.ts";
import { type HostileCounts, HostileNetwork } from "./hostile_network.ts";
import { RandomStream } from "./random_stream.ts";

const EVERYTHING: DatagramFaults = {
  ...{ loss: 0.1, duplication: 0.1, reorder: 0.1, truncation: 0.05, corruption: 0.05 },
  ...{ wrongPeer: 0.05, delayMs: [1, 30], mtu: 90 },
};

/** A datagram that says its number. */
function numbered(number: number, length = 8): Uint8Array {
  const bytes = new Uint8Array(Math.max(4, length));
  new DataView(bytes.buffer).setUint32(0, number);
  return bytes;
}

function numberOf(bytes: Uint8Array): number {
  return new DataView(bytes.buffer, bytes.byteOffset).getUint32(0);
}

/** What comes out when `count` are sent, as numbers. */
async function through(faults: DatagramFaults, count: number, seed = 1): Promise<number[]> {
  const network = new HostileNetwork({ seed, faults });
  await using here = network.open("here");
  await using there = network.open("there");
  for (let i = 0; i < count; i++) await here.send(numbered(i), there.local);
  await network.settle();
  const { delivered } = network.counts;
  const numbers: number[] = [];
  while (numbers.length < delivered) {
    numbers.push(numberOf((await there.receive())?.bytes ?? new Uint8Array(4)));
  }
  return numbers;
}

function assertExact(counts: HostileCounts): void {
  const { sent, delivered, lost, rejected, underWay, overMtu, nobody, full } = counts;
  assertEquals(sent, delivered + lost + rejected + underWay, JSON.stringify(counts));
  assertEquals(rejected, overMtu + nobody + full);
}

const upTo = (count: number) => Array.from({ length: count }, (_, i) => i);

Deno.test("a network without faults delivers all, in order", async () => {
  assertEquals(await through({}, 1000), upTo(1000));
  assertEquals(await through({ delayMs: [7, 7] }, 1000), upTo(1000));
});

Deno.test("each fault does what it says, and nothing else", async () => {
  const lossy = await through({ loss: 0.2 }, 2000);
  assert(Math.abs(lossy.length - 1600) < 100, `${lossy.length}`);
  assertEquals(lossy, lossy.toSorted((a, b) => a - b));
  const doubled = await through({ duplication: 0.2 }, 2000);
  assert(Math.abs(doubled.length - 2400) < 100, `${doubled.length}`);
  assertEquals([...new Set(doubled)], upTo(2000));
  const reordered = await through({ reorder: 0.2 }, 2000);
  assertNotEquals(reordered, upTo(2000));
  assertEquals(reordered.toSorted((a, b) => a - b), upTo(2000));
  const late = reordered.filter((number, i) => number < Math.max(0, ...reordered.slice(0, i)));
  assert(late.length > 200, `${late.length}`);
});

Deno.test("cut, flipped, misattributed, too long, to nobody: each is seen and counted", async () => {
  const one = async (faults: DatagramFaults, length: number, to = "there") => {
    const network = new HostileNetwork({ seed: 5, faults });
    await using here = network.open("here");
    await using there = network.open("there");
    await here.send(new Uint8Array(length), { scheme: "memory", name: to });
    await network.settle();
    assertExact(network.counts);
    return {
      counts: network.counts,
      datagram: network.counts.delivered > 0 ? await there.receive() : null,
    };
  };
  const cut = await one({ truncation: 1 }, 100);
  assert(cut.datagram !== null && cut.datagram.bytes.length < 100);
  assertEquals(cut.counts.truncated, 1);
  const flipped = await one({ corruption: 1 }, 100);
  const bits = flipped.datagram?.bytes.reduce(
    (sum, byte) => sum + byte.toString(2).replaceAll("0", "").length,
    0,
  );
  assertEquals([bits, flipped.datagram?.bytes.length, flipped.counts.corrupted], [1, 100, 1]);
  const forged = await one({ wrongPeer: 1 }, 1);
  assertEquals(forged.datagram?.from, { scheme: "memory", name: "stranger" });
  assertEquals(forged.counts.wrongPeer, 1);
  assertEquals((await one({ mtu: 99 }, 100)).counts.overMtu, 1);
  assertEquals((await one({ mtu: 100 }, 100)).counts.delivered, 1);
  assertEquals((await one({}, 1, "nobody")).counts.nobody, 1);
  assertEquals((await one({ loss: 1 }, 1)).counts.lost, 1);
  // Without bytes there is nothing to cut or to flip.
  const empty = await one({ truncation: 1, corruption: 1 }, 0);
  assertEquals([empty.counts.truncated, empty.counts.corrupted, empty.counts.delivered], [0, 0, 1]);
});

Deno.test("each copy belongs to who receives it", async () => {
  const network = new HostileNetwork({ seed: 1, faults: { duplication: 1 } });
  await using here = network.open("here");
  await using there = network.open("there");
  const sent = Uint8Array.of(1, 2, 3);
  await here.send(sent, there.local);
  sent.fill(0);
  await network.settle();
  for (let copy = 0; copy < 2; copy++) {
    const datagram = await there.receive();
    assertEquals(datagram?.bytes, Uint8Array.of(1, 2, 3));
    datagram?.bytes.fill(9);
  }
});

Deno.test("the same seed gives the same, another one something else", async () => {
  const faults = { ...EVERYTHING, truncation: 0 };
  assertEquals(await through(faults, 500, 7), await through(faults, 500, 7));
  assertNotEquals(await through(faults, 500, 7), await through(faults, 500, 8));
});

Deno.test("no fault changes whom the others hit", () => {
  const KINDS = ["lost", "doubled", "reordered", "truncated", "corrupted", "wrongPeer"] as const;
  /** The numbers of the datagrams that each kind of fault hits, of the first copy of each. */
  const hitBy = (faults: DatagramFaults) => {
    const model = new DatagramFaultModel(3, faults);
    const fates = upTo(500).map(() => model.fatesOf(new Uint8Array(9)));
    return Object.fromEntries(KINDS.map((kind) => [
      kind,
      upTo(500).filter((i) => {
        const [first, second] = fates[i] ?? [];
        if (kind === "doubled") return second !== undefined;
        return kind === "lost" ? first?.end === "lost" : first?.[kind];
      }),
    ]));
  };
  const SOME: DatagramFaults = {
    ...{ loss: 0.3, duplication: 0.3, reorder: 0.3, truncation: 0.3, corruption: 0.3 },
    ...{ wrongPeer: 0.3 },
  };
  const all = hitBy(SOME);
  for (
    const [kind, alone] of [
      ["lost", { loss: 0.3 }],
      ["doubled", { duplication: 0.3 }],
      ["reordered", { reorder: 0.3 }],
      ["truncated", { truncation: 0.3 }],
      ["wrongPeer", { wrongPeer: 0.3 }],
    ] as const
  ) assertEquals(all[kind], hitBy({ ...alone, delayMs: [1, 9], mtu: 100 })[kind], kind);
  // Of what is cut down to nothing no bit can be flipped.
  const flipped = new Set(hitBy({ corruption: 0.3 })["corrupted"]);
  assertEquals(all["corrupted"]?.filter((i) => !flipped.has(i)), []);
});

Deno.test("what comes back does not change what happens on the way there", async () => {
  /** What reaches a peer who sends something himself behind every `nth` datagram. */
  const arrivals = async (nth: number) => {
    const network = new HostileNetwork({ seed: 9, faults: { loss: 0.2, duplication: 0.2 } });
    await using here = network.open("here");
    await using there = network.open("there");
    const came: number[] = [];
    const receiving = (async () => {
      for await (const { bytes } of there) came.push(numberOf(bytes));
    })();
    for (let i = 0; i < 300; i++) {
      await here.send(numbered(i), there.local);
      if (i % nth === 0) await there.send(numbered(i), here.local);
    }
    await network.settle();
    await there.close();
    await receiving;
    return came;
  };
  assertEquals(await arrivals(1), await arrivals(300));
});

Deno.test("what is told of a datagram can be seen in it", () => {
  const model = new DatagramFaultModel(4, { truncation: 0.5, corruption: 0.5 });
  for (let i = 0; i < 500; i++) {
    const bytes = new Uint8Array(5);
    const fate = model.fatesOf(bytes)[0];
    assertEquals(fate?.truncated, fate !== undefined && fate.bytes.length < 5);
    assertEquals(fate?.corrupted, fate?.bytes.some((byte) => byte !== 0));
  }
});

Deno.test("time passes only when it is told to, and in order", async () => {
  const network = new HostileNetwork({ seed: 1, faults: { delayMs: [10, 10] } });
  await using here = network.open("here");
  await using there = network.open("there");
  await here.send(numbered(1), there.local);
  network.advance(5);
  await here.send(numbered(2), there.local);
  network.advance(4.9);
  assertEquals([network.counts.underWay, network.counts.delivered], [2, 0]);
  network.advance(0.1);
  assertEquals([network.counts.underWay, network.counts.delivered], [1, 1]);
  assertExact(network.counts);
  await network.settle();
  assertEquals([network.nowMs, network.counts.delivered], [15, 2]);
});

Deno.test("what nobody takes out, and what is too long for its receiver, is accounted for", async () => {
  const network = new HostileNetwork({ seed: 1, faults: {} });
  await using here = network.open("here");
  await using there = network.open("there", { maxReceive: 4 });
  for (let i = 0; i < 5000; i++) await here.send(numbered(i, 5), there.local);
  await network.settle();
  assertEquals([network.counts.full, there.dropped], [5000 - 4096, 5000 - 4096]);
  assertExact(network.counts);
  const error = await there.receive().catch((error) => error);
  assert(error instanceof TruncatedDatagramError);
});

Deno.test("100,000 datagrams and their answers through everything at once: none unaccounted for", async () => {
  const network = new HostileNetwork({ seed: 20261121, faults: EVERYTHING });
  await using here = network.open("here");
  await using there = network.open("there");
  let answered = 0, received = 0;
  const counting = (async () => {
    for await (const _ of here) received++;
  })();
  const answering = (async () => {
    for await (const { bytes, from } of there) {
      answered++;
      await there.send(bytes, from);
    }
  })();
  const random = new RandomStream(1, "lengths");
  const COUNT = 100_000;
  for (let i = 0; i < COUNT; i++) {
    await here.send(numbered(i, 4 + random.below(92)), there.local);
    if (i % 1000 === 999) await network.settle();
  }
  await network.settle();
  const { counts } = network;
  assertExact(counts);
  assertEquals(counts.underWay, 0);
  assertEquals(counts.sent, COUNT + answered + counts.duplicated);
  assertEquals(counts.delivered, answered + received);
  for (const [what, count] of Object.entries(counts)) {
    if (what !== "underWay" && what !== "full") assert(count > 1000, `${what}: ${count}`);
  }
  await Promise.all([here.close(), there.close(), counting, answering]);
});

Deno.test("settings that cannot be are refused", () => {
  for (
    const faults of [
      ...[{ loss: -0.1 }, { loss: 1.1 }, { corruption: NaN }, { delayMs: [2, 1] as const }],
      ...[{ delayMs: [-1, 1] as const }, { reorderMs: -1 }, { mtu: -1 }],
    ]
  ) assertThrows(() => new HostileNetwork({ seed: 1, faults }), RangeError, "Cannot use");
  const network = new HostileNetwork({ seed: 1, faults: {} });
  const taken: DatagramChannel = network.open("a");
  assertThrows(() => network.open("a"), Error, "the name is taken");
  return taken.close();
});
