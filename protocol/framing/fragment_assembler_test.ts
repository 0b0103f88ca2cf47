import { assert, assertEquals, assertThrows } from "@std/assert";
import { FragmentAssembler } from "./fragment_assembler.ts";
import { FragmentError, fragmentMessage } from "./fragment.ts";
import { random } from "./testing.ts";

const PEER = "udp://192.0.2.1:7000";

/** A message of `count` fragments, the last one shorter. */
function cut(
  count: number,
  messageId = 1n,
  fill = 0,
): { message: Uint8Array; parts: Uint8Array[] } {
  const message = Uint8Array.from({ length: 10 * count - 3 }, (_, i) => i + fill);
  return { message, parts: fragmentMessage(message, { messageId, maxDatagram: 26 }) };
}

function* permutations<T>(values: readonly T[]): Generator<T[]> {
  if (values.length === 0) yield [];
  for (const [i, value] of values.entries()) {
    for (const rest of permutations(values.filter((_, j) => j !== i))) yield [value, ...rest];
  }
}

/** What comes out when `datagrams` go in. */
function outOf(assembler: FragmentAssembler, datagrams: readonly Uint8Array[]): Uint8Array[] {
  return datagrams.map((datagram) => assembler.push(datagram, PEER)).filter((out) => out !== null);
}

function refused(assembler: FragmentAssembler, datagram: Uint8Array, peer = PEER): string {
  const error = assertThrows(() => assembler.push(datagram, peer), FragmentError, peer);
  assertEquals(error.peer, peer);
  return error.problem;
}

Deno.test("all n! orders of up to 6 fragments give the message once, with the last of them", () => {
  let orders = 0;
  for (let n = 1; n <= 6; n++) {
    const { message, parts } = cut(n);
    for (const order of permutations(parts)) {
      const assembler = new FragmentAssembler();
      assertEquals(outOf(assembler, order.slice(0, -1)), []);
      assertEquals(outOf(assembler, order.slice(-1)), [message]);
      orders++;
    }
  }
  assertEquals(orders, 1 + 2 + 6 + 24 + 120 + 720);
});

Deno.test("whatever set of fragments is lost, nothing comes, and the next message does", () => {
  for (let n = 1; n <= 8; n++) {
    for (let lost = 1; lost < 2 ** n; lost++) {
      const assembler = new FragmentAssembler();
      const kept = cut(n).parts.filter((_, i) => (lost >> i & 1) === 0);
      assertEquals(outOf(assembler, kept), []);
      const next = cut(n, 2n, 100);
      assertEquals(outOf(assembler, next.parts), [next.message]);
    }
  }
});

Deno.test("duplicates, before and after the end, give no second message", () => {
  const { message, parts } = cut(5);
  const assembler = new FragmentAssembler();
  const twice = parts.flatMap((part) => [part, part]);
  assertEquals(outOf(assembler, [...twice, ...parts, ...twice]), [message]);
  assertEquals(assembler.counts.duplicates, 5 + 5 + 10);
  const alone = fragmentMessage(new Uint8Array(0), { messageId: 9n, maxDatagram: 26 });
  assertEquals(outOf(assembler, [...alone, ...alone]), [new Uint8Array(0)]);
});

Deno.test("many messages of many peers at once, shuffled, doubled and thinned out, never mix", () => {
  const seed = crypto.getRandomValues(new Uint32Array(1))[0] ?? 0;
  const next = random(seed);
  for (let round = 0; round < 60; round++) {
    const where = `seed ${seed} round ${round}`;
    const due = new Map<string, Uint8Array>();
    const wire: { peer: string; datagram: Uint8Array }[] = [];
    for (let m = 0; m < 20; m++) {
      // The same ids for all peers: only both together name a message.
      const peer = `peer${next(3)}`, messageId = BigInt(m);
      const message = Uint8Array.from({ length: next(400) }, () => next(256));
      const whole = next(3) > 0;
      const datagrams = fragmentMessage(message, { messageId, maxDatagram: 17 + next(60) });
      if (!whole) datagrams.splice(next(datagrams.length), 1);
      else due.set(`${peer} ${[...message]}`, message);
      for (const datagram of datagrams) {
        for (let copies = 1 + next(3); copies > 0; copies--) wire.push({ peer, datagram });
      }
    }
    for (let i = wire.length - 1; i > 0; i--) {
      const j = next(i + 1);
      [wire[i], wire[j]] = [wire[j] as typeof wire[0], wire[i] as typeof wire[0]];
    }
    const assembler = new FragmentAssembler();
    const came: string[] = [];
    for (const { peer, datagram } of wire) {
      const message = assembler.push(datagram, peer);
      if (message !== null) came.push(`${peer} ${[...message]}`);
    }
    assertEquals(came.sort(), [...due.keys()].sort(), where);
    assertEquals(assembler.counts.completed, due.size, where);
  }
});

Deno.test("what contradicts earlier fragments is refused by name", () => {
  const { message, parts } = cut(3);
  const assembler = new FragmentAssembler();
  assertEquals(outOf(assembler, parts.slice(0, 1)), []);
  const other = fragmentMessage(new Uint8Array(40), { messageId: 1n, maxDatagram: 26 });
  assertEquals(refused(assembler, other[1] ?? message), "conflicting-totals");
  // What was there before is not hurt by it, and other peers may say what they like.
  assertEquals(assembler.push(other[1] ?? message, "another"), null);
  assertEquals(outOf(assembler, parts.slice(1)), [message]);
  assertEquals(refused(assembler, other[0] ?? message), "conflicting-totals");
  assertEquals(assembler.counts.refused, 2);
});

Deno.test("bytes that contradict each other give no message at all", () => {
  const { message, parts } = cut(3);
  const assembler = new FragmentAssembler();
  const forged = (parts[1] ?? message).slice();
  forged[20] = 255;
  assertEquals(outOf(assembler, parts.slice(0, 2)), []);
  assertEquals(refused(assembler, forged), "conflicting-bytes");
  assertEquals(outOf(assembler, parts.slice(2)), []);
  assertEquals(outOf(assembler, parts.slice(0, 2)), [message]);
});

Deno.test("an unfinished message goes when its time is up, a finished one is forgotten then", () => {
  let nowMs = 0;
  const assembler = new FragmentAssembler({ expiryMs: 100, now: () => nowMs });
  const { message, parts } = cut(2);
  assertEquals(outOf(assembler, parts.slice(0, 1)), []);
  nowMs = 99;
  assertEquals(outOf(assembler, parts.slice(1)), [message]);
  assertEquals(outOf(assembler, parts), []);
  nowMs = 100;
  assertEquals(outOf(assembler, parts.slice(0, 1)), []);
  nowMs = 200;
  assembler.expire();
  assertEquals([assembler.memory, assembler.counts.expired], [0, 1]);
  assertEquals(outOf(assembler, parts.slice(1)), []);
  // A new start gives it all its time.
  nowMs = 299;
  assertEquals(outOf(assembler, parts.slice(0, 1)), [message]);
});

Deno.test("memory stays within its bounds, whatever comes", () => {
  const maxMemory = 100_000, maxMemoryPerPeer = 30_000;
  const assembler = new FragmentAssembler({ maxMemory, maxMemoryPerPeer });
  for (let id = 0n; id < 3000n; id++) {
    const [first = new Uint8Array(0)] = fragmentMessage(new Uint8Array(3), {
      messageId: id,
      maxDatagram: 18,
    });
    assembler.push(first, "one");
    assert(assembler.memory <= maxMemoryPerPeer, `${assembler.memory}`);
  }
  for (let i = 0; i < 3000; i++) {
    const [first = new Uint8Array(0)] = fragmentMessage(new Uint8Array(1000), {
      messageId: 0n,
      maxDatagram: 600,
    });
    assembler.push(first, `peer${i}`);
    assert(assembler.memory <= maxMemory, `${assembler.memory}`);
  }
  assert(assembler.counts.evicted > 5000);
  // Who comes last is served all the same.
  const { message, parts } = cut(6);
  assertEquals(outOf(assembler, parts), [message]);
});

Deno.test("a message that alone is too much is dropped, not one of another peer", () => {
  const assembler = new FragmentAssembler({ maxMemory: 100_000, maxMemoryPerPeer: 3_000 });
  const small = cut(2);
  assembler.push(small.parts[0] ?? small.message, "quiet");
  // 40 fragments of one byte cost more than 3 KB, however short the message.
  const greedy = fragmentMessage(new Uint8Array(40), { messageId: 5n, maxDatagram: 17 });
  for (const datagram of greedy) assertEquals(assembler.push(datagram, "greedy"), null);
  assertEquals(assembler.push(small.parts[1] ?? small.message, "quiet"), small.message);
});

Deno.test("claims cost nothing: a message over the limit is refused, a long one grows as it comes", () => {
  const assembler = new FragmentAssembler({ maxMessageLength: 65_535 });
  const [first = new Uint8Array(0)] = fragmentMessage(new Uint8Array(65_536), {
    messageId: 1n,
    maxDatagram: 1000,
  });
  assertEquals(refused(assembler, first), "too-large");
  assertEquals(assembler.memory, 0);
  const most = fragmentMessage(new Uint8Array(65_535), { messageId: 1n, maxDatagram: 17 });
  assertEquals(assembler.push(most[0] ?? first, PEER), null);
  assert(assembler.memory < 1000);
});
