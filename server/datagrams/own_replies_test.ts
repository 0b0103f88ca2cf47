import { assert, assertEquals } from "@std/assert";
import type { DatagramAddress } from "../../protocol/transport/mod.ts";
import { OwnReplies } from "./own_replies.ts";

const PEER: DatagramAddress = { scheme: "udp", hostname: "192.0.2.1", port: 40_000 };

/** Datagrams that differ in their last four bytes only. */
function numbered(number: number): Uint8Array {
  const bytes = new Uint8Array(8);
  new DataView(bytes.buffer).setUint32(4, number);
  return bytes;
}

Deno.test("a reply is known by each of its bits, by its length and by its peer", () => {
  const replies = new OwnReplies(0, () => 0);
  // 7 bytes behind the last whole words, and a view that does not begin at 0.
  const reply = new Uint8Array(100).fill(0x5a).subarray(1, 80);
  replies.said(PEER, reply);
  for (let bit = 0; bit < 8 * reply.length; bit++) {
    const other = reply.slice();
    other[bit >> 3] = (other[bit >> 3] ?? 0) ^ (1 << (bit & 7));
    assertEquals(replies.isLoop(PEER, other), false, `bit ${bit}`);
  }
  replies.said(PEER, new Uint8Array(9));
  for (const length of [0, 1, 8, 10, 16, 17]) {
    assertEquals(replies.isLoop(PEER, new Uint8Array(length)), false, `${length} bytes`);
  }
  for (
    const peer of [
      { ...PEER, port: 40_001 },
      { ...PEER, hostname: "192.0.2.2" },
      { scheme: "unixgram", path: "192.0.2.1" },
      { scheme: "memory", name: "x" },
    ] as const
  ) assertEquals(replies.isLoop(peer, reply), false, JSON.stringify(peer));
  assertEquals(replies.isLoop(PEER, reply.slice()), true);
});

Deno.test("answers that differ are told apart, however many there are", () => {
  let now = 0;
  const once = new OwnReplies(0, () => now), twice = new OwnReplies(1, () => now);
  for (let number = 0; number < 100_000; number++, now++) {
    const bytes = numbered(number);
    assert(!once.isLoop(PEER, bytes) && !twice.isLoop(PEER, bytes), `${number} as a new one`);
    once.said(PEER, bytes);
    twice.said(PEER, bytes);
    // The count of whose place it took is not its own.
    assert(!twice.isLoop(PEER, bytes), `${number} for the first time`);
  }
});

Deno.test("a loop is found among 2,000 other answers for each of its own", () => {
  let now = 0, other = 0, turns = 0;
  const replies = new OwnReplies(8, () => now);
  const loop = new Uint8Array(40).fill(1);
  while (!replies.isLoop(PEER, loop)) {
    turns++;
    assert(turns <= 20, "the loop goes on");
    replies.said(PEER, loop);
    for (let i = 0; i < 2000; i++) {
      now += 0.01;
      replies.said({ ...PEER, port: 1024 + other % 60_000 }, numbered(other++));
    }
  }
  assertEquals(turns, 9);
});
