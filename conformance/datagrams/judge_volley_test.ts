import { assertEquals } from "@std/assert";
import { fragmentMessage } from "../../protocol/framing/mod.ts";
import type { Play } from "../player/play.ts";
import { EXPECTATIONS } from "../stimulus/expectation.ts";
import { RandomStream } from "../stimulus/random_stream.ts";
import type { DatagramContract } from "./due_answers.ts";
import { judgeVolley } from "./judge_volley.ts";
import { from } from "./messages.ts";
import { orderAt, orderCount } from "./orders.ts";
import { type Sent, volley } from "./volley.ts";

const bytes = (text: string) => new TextEncoder().encode(text);
const PLAIN: DatagramContract = { framing: "datagram", expectation: EXPECTATIONS.upper };
const PARTS: DatagramContract = { framing: "fragment", expectation: EXPECTATIONS.echo };

function played(
  contract: DatagramContract,
  sent: readonly Sent[],
  came: readonly Sent[],
  more: Partial<Play> = {},
): Play {
  const delivery = volley(sent, contract.framing);
  return {
    delivery,
    connection: 1,
    chunks: [],
    reads: came.map(({ bytes }) => ({ atMs: 1, bytes })),
    cameTo: came.map(({ socket }) => socket),
    answers: [],
    lateAt: [],
    state: "open",
    startedMs: 0,
    finishedMs: 1,
    ...more,
  };
}

function blame(sent: readonly Sent[], came: readonly Sent[]): string | undefined {
  return judgeVolley(played(PLAIN, sent, came), PLAIN)?.cause;
}

const two = from(0, [bytes("abc"), bytes("de")]);

Deno.test("answers are right in any order, at the socket that asked", () => {
  assertEquals(blame(two, from(0, [bytes("DE"), bytes("ABC")])), undefined);
  assertEquals(blame(two, from(0, [bytes("ABC")])), "LOST");
  assertEquals(blame(two, from(0, [bytes("ABC"), bytes("DE"), bytes("DE")])), "DUPLICATED");
  assertEquals(blame(two, from(0, [bytes("ABCDE")])), "DESYNC");
  assertEquals(blame(two, from(0, [bytes("A"), bytes("BC"), bytes("DE")])), "DESYNC");
  assertEquals(blame(two, from(0, [bytes("AB"), bytes("DE")])), "CORRUPT");
  assertEquals(blame(two, from(0, [bytes("ABCx"), bytes("DE")])), "CORRUPT");
  assertEquals(blame(two, from(0, [bytes("ABC"), bytes("DE"), bytes("")])), "PHANTOM");
  const peers = [...from(0, [bytes("abc")]), ...from(1, [bytes("de")])];
  assertEquals(blame(peers, [...from(1, [bytes("DE")]), ...from(0, [bytes("ABC")])]), undefined);
  assertEquals(blame(peers, from(0, [bytes("ABC"), bytes("DE")])), "PHANTOM");
});

Deno.test("what lies unread is a hang; empty datagrams are messages", () => {
  const chunks = [{ end: 3, writtenMs: 0, edge: "timeout" as const }];
  assertEquals(judgeVolley(played(PLAIN, two, [], { chunks }), PLAIN)?.cause, "HANG");
  const empty = from(0, [bytes(""), bytes("a")]);
  assertEquals(blame(empty, from(0, [bytes("A")])), "LOST");
  assertEquals(blame(empty, from(0, [bytes("A"), bytes("")])), undefined);
});

Deno.test("a message in fragments is due once, in every order, and not without one of them", () => {
  const message = bytes("a message of five parts ");
  const parts = fragmentMessage(message, { messageId: 7n, maxDatagram: 21 });
  const answer = from(0, fragmentMessage(message, { messageId: 1n, maxDatagram: 60 }));
  assertEquals(parts.length, 5);
  for (let i = 0; i < orderCount(5); i++) {
    const sent = from(0, orderAt(5, i).flatMap((place) => parts[place] ?? []));
    assertEquals(judgeVolley(played(PARTS, sent, answer), PARTS), null);
    assertEquals(judgeVolley(played(PARTS, sent, []), PARTS)?.cause, "LOST");
    const holed = sent.slice(1);
    assertEquals(judgeVolley(played(PARTS, holed, []), PARTS), null);
    assertEquals(judgeVolley(played(PARTS, holed, answer), PARTS)?.cause, "PHANTOM");
  }
});

Deno.test("behind a contradiction the message may come or not; with bytes of both it must not", () => {
  const message = bytes("abcdefgh");
  const [a, b] = fragmentMessage(message, { messageId: 7n, maxDatagram: 20 });
  if (a === undefined || b === undefined) throw new Error("The message has not two parts");
  const answer = (text: string) =>
    from(0, fragmentMessage(bytes(text), { messageId: 1n, maxDatagram: 60 }));
  const judged = (sent: readonly Uint8Array[], came: readonly Sent[]) =>
    judgeVolley(played(PARTS, from(0, sent), came), PARTS)?.cause;
  const cut = b.subarray(0, -1);
  assertEquals(judged([a, cut, b], []), undefined);
  assertEquals(judged([a, cut, b], answer("abcdefgh")), undefined);
  assertEquals(judged([a, cut], answer("abcdefg")), "PHANTOM");
  const other = a.map((byte, i) => i < 16 ? byte : 0x7a);
  assertEquals(judged([a, other, b], []), undefined);
  assertEquals(judged([a, other, b], answer("abcdefgh")), "PHANTOM");
  assertEquals(judged([a, other, b], answer("zzzzefgh")), "PHANTOM");
});

Deno.test("fragments of two peers with one id are two messages", () => {
  const [here, there] = ["abcdefgh", "ijklmnop"].map((text) =>
    fragmentMessage(bytes(text), { messageId: 7n, maxDatagram: 20 })
  );
  const sent = [...from(0, here?.slice(0, 1) ?? []), ...from(1, there?.slice(1) ?? [])];
  const mixed = from(1, fragmentMessage(bytes("abcdmnop"), { messageId: 1n, maxDatagram: 60 }));
  assertEquals(judgeVolley(played(PARTS, sent, []), PARTS), null);
  assertEquals(judgeVolley(played(PARTS, sent, mixed), PARTS)?.cause, "PHANTOM");
});

Deno.test("every order is made once", () => {
  const random = new RandomStream(1, "orders");
  const count = 3 + random.below(4);
  const made = Array.from({ length: orderCount(count) }, (_, i) => orderAt(count, i).join());
  assertEquals(new Set(made).size, orderCount(count));
  for (const order of made) assertEquals(new Set(order.split(",")).size, count);
});
