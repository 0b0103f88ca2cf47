import { assert, assertEquals, assertThrows } from "@std/assert";
import { concat } from "@std/bytes/concat";
import { equals } from "@std/bytes/equals";
import { FragmentError, fragmentMessage, MAX_FRAGMENTS, parseFragment } from "./fragment.ts";
import { random } from "./testing.ts";

/** A fragment by hand. */
function datagram(
  { id = 1n, index = 0, count = 1, length = 0, part = 0 }: {
    id?: bigint;
    index?: number;
    count?: number;
    length?: number;
    part?: number;
  },
): Uint8Array {
  const bytes = new Uint8Array(16 + part);
  const header = new DataView(bytes.buffer);
  header.setBigUint64(0, id);
  header.setUint16(8, index);
  header.setUint16(10, count);
  header.setUint32(12, length);
  return bytes;
}

Deno.test("fragmentMessage() and parseFragment() agree on every way to cut", () => {
  const seed = crypto.getRandomValues(new Uint32Array(1))[0] ?? 0;
  const next = random(seed);
  for (let round = 0; round < 300; round++) {
    const maxDatagram = 17 + next(next(2) === 0 ? 8 : 2000);
    const message = Uint8Array.from({ length: next(next(4) === 0 ? 5 : 9000) }, () => next(256));
    const count = Math.max(1, Math.ceil(message.length / (maxDatagram - 16)));
    const messageId = BigInt(next(2 ** 32)) << 32n | BigInt(next(2 ** 32));
    const where = `seed ${seed} round ${round}: ${message.length} bytes by ${maxDatagram}`;
    const datagrams = fragmentMessage(message, { messageId, maxDatagram });
    assertEquals(datagrams.length, count, where);
    const parts: Uint8Array[] = [];
    datagrams.forEach((datagram, index) => {
      assert(datagram.length <= maxDatagram, where);
      const fragment = parseFragment(datagram, "p");
      const { messageId: id, index: i, count: c, length } = fragment;
      assertEquals([id, i, c, length], [messageId, index, count, message.length], where);
      parts.push(fragment.part);
    });
    assert(equals(concat(parts), message), where);
  }
});

Deno.test("what one message looks like on the wire", () => {
  const message = Uint8Array.of(1, 2, 3, 4, 5);
  const [first, second] = fragmentMessage(message, { messageId: 0x0102n, maxDatagram: 19 });
  assertEquals([...first ?? []], [0, 0, 0, 0, 0, 0, 1, 2, 0, 0, 0, 2, 0, 0, 0, 5, 1, 2, 3]);
  assertEquals([...second ?? []], [0, 0, 0, 0, 0, 0, 1, 2, 0, 1, 0, 2, 0, 0, 0, 5, 4, 5]);
  assertEquals(fragmentMessage(new Uint8Array(0), { messageId: 0n, maxDatagram: 17 }).length, 1);
});

Deno.test("fragmentMessage() refuses what cannot be counted", () => {
  const cut = (length: number, maxDatagram: number) =>
    fragmentMessage(new Uint8Array(length), { messageId: 0n, maxDatagram });
  assertEquals(cut(MAX_FRAGMENTS, 17).length, MAX_FRAGMENTS);
  assertThrows(() => cut(MAX_FRAGMENTS + 1, 17), RangeError, "and the most is 65535");
  for (const size of [16, 0, -1, 17.5, NaN]) assertThrows(() => cut(1, size), RangeError, "header");
});

Deno.test("parseFragment() finds what is wrong with one alone, and names the peer", () => {
  const cases: [Uint8Array, string, number, string][] = [
    [new Uint8Array(0), "truncated", 0, "0 bytes came"],
    [new Uint8Array(15), "truncated", 15, "15 bytes came, the header alone has 16"],
    [datagram({ count: 0 }), "count", 10, "0 bytes cannot be cut into 0 parts"],
    [datagram({ count: 2, length: 0 }), "count", 10, "0 bytes cannot be cut into 2 parts"],
    [datagram({ count: 4, length: 5 }), "count", 10, "5 bytes cannot be cut into 4 parts"],
    [datagram({ count: 6, length: 5 }), "count", 10, "5 bytes cannot be cut into 6 parts"],
    [datagram({ index: 2, count: 2, length: 2 }), "index", 8, "index 2 is out of range"],
    [datagram({ index: 65_535 }), "index", 8, "there are 1 parts"],
    [datagram({ count: 2, length: 5, part: 4 }), "part-length", 16, "overlaps the next one"],
    [datagram({ count: 2, length: 5, part: 2 }), "part-length", 16, "leaves a hole"],
    [datagram({ count: 2, index: 1, length: 5, part: 3 }), "part-length", 16, "must have 2"],
    [datagram({ part: 1 }), "part-length", 16, "must have 0"],
    [datagram({ length: 2 ** 32 - 1, part: 3 }), "part-length", 16, "must have 4294967295"],
  ];
  for (const [bytes, problem, offset, message] of cases) {
    const error = assertThrows(() => parseFragment(bytes, "udp://192.0.2.1:5"), FragmentError);
    assert(error.message.includes(message), error.message);
    assert(error.message.startsWith("Cannot use a fragment from udp://192.0.2.1:5: "));
    assertEquals([error.problem, error.offset, error.peer], [problem, offset, "udp://192.0.2.1:5"]);
  }
  assertEquals(parseFragment(datagram({ count: 3, index: 2, length: 5, part: 1 }), "p").index, 2);
});
