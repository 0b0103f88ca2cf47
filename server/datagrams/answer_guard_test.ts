import { assert, assertEquals } from "@std/assert";
import type { Datagram, DatagramAddress } from "../../protocol/transport/mod.ts";
import { AnswerGuard, ANSWERING_PORTS } from "./answer_guard.ts";
import { SourceRates } from "./source_rates.ts";

const HERE: DatagramAddress = { scheme: "udp", hostname: "0.0.0.0", port: 7000 };

function from(
  hostname: string,
  port: number,
  bytes: Uint8Array = Uint8Array.of(1, 2, 3),
): Datagram {
  return { bytes, from: { scheme: "udp", hostname, port } };
}

Deno.test("nobody is answered whose answer would be answered", () => {
  const guard = new AnswerGuard(HERE);
  for (const port of ANSWERING_PORTS) {
    assertEquals(guard.refuse(from("192.0.2.1", port)), "answering-port", `${port}`);
  }
  for (const port of [7, 19]) assertEquals(ANSWERING_PORTS.has(port), true);
  assertEquals(guard.refuse(from("127.0.0.1", 7)), "answering-port");
  assertEquals(guard.refuse(from("0.0.0.0", 7000)), "self");
  assertEquals(guard.refuse(from("192.0.2.1", 7000)), "own-port");
  assertEquals(guard.refuse(from("192.0.2.1", 40_000)), null);
  const unix = new AnswerGuard({ scheme: "unixgram", path: "/x" });
  const nameless: Datagram = { bytes: new Uint8Array(1), from: { scheme: "unixgram", path: "" } };
  assertEquals(unix.refuse(nameless), "no-return-address");
});

Deno.test("no answer is larger than what was asked, but to this machine", () => {
  const guard = new AnswerGuard(HERE);
  for (
    const [host, length, why] of [
      ["192.0.2.1", 3, null],
      ["192.0.2.1", 4, "larger-than-asked"],
      ["2001:db8::1", 4, "larger-than-asked"],
      ["127.0.0.1", 4, null],
      ["::1", 4, null],
      ["128.0.0.1", 4, "larger-than-asked"],
    ] as const
  ) {
    assertEquals(guard.refuseAnswer(from(host, 40_000), new Uint8Array(length)), why, host);
  }
});

Deno.test("an answer that comes back is answered so often and no more, until there was silence", () => {
  let nowMs = 0;
  const guard = new AnswerGuard(HERE, { maxReturns: 3, now: () => nowMs });
  const ask = (bytes: Uint8Array, port = 40_000) => {
    const datagram = from("127.0.0.1", port, bytes);
    return guard.refuse(datagram) ?? guard.refuseAnswer(datagram, bytes);
  };
  const same = Uint8Array.of(9);
  const first = Array.from({ length: 6 }, () => ask(same));
  assertEquals(first, [null, null, null, null, "own-reply", "own-reply"]);
  assertEquals([ask(Uint8Array.of(8)), ask(same, 40_001)], [null, null]);
  // Trying goes on to be refused: the loop may be a slow one.
  for (nowMs = 900; nowMs < 4000; nowMs += 900) assertEquals(ask(same), "own-reply");
  nowMs += 1001;
  assertEquals([ask(same), ask(same)], [null, null]);
  const off = new AnswerGuard(HERE, { maxReturns: Infinity });
  for (let i = 0; i < 100; i++) {
    const datagram = from("127.0.0.1", 40_000, same);
    assertEquals(off.refuse(datagram) ?? off.refuseAnswer(datagram, same), null);
  }
});

Deno.test("each source has its rate, whatever its ports; this machine has none", () => {
  let nowMs = 0;
  const guard = new AnswerGuard(HERE, { burst: 3, perSecond: 10, now: () => nowMs });
  const passed = (count: number, host: (i: number) => string) =>
    Array.from({ length: count }, (_, i) => guard.refuse(from(host(i), 40_000 + i)))
      .filter((why) => why === null).length;
  assertEquals(passed(10, () => "192.0.2.1"), 3);
  assertEquals(passed(10, () => "192.0.2.2"), 3);
  // One IPv6 subscriber has a whole /64.
  assertEquals(passed(10, (i) => `2001:db8::${i + 1}`), 3);
  assertEquals(passed(10, () => "127.0.0.1"), 10);
  nowMs = 200;
  assertEquals(passed(10, () => "192.0.2.1"), 2);
});

Deno.test("sources that come once do not fill the memory, nor make others forgotten at once", () => {
  const rates = new SourceRates(1, 1, () => 0);
  const passed = (from: number, to: number) => {
    let count = 0;
    for (let i = from; i < to; i++) {
      if (rates.pass(`10.${i >> 16}.${i >> 8 & 255}.${i & 255}`)) count++;
    }
    return count;
  };
  for (let first = 0; first < 100_000; first += 4096) {
    assertEquals([passed(first, first + 4096), passed(first, first + 4096)], [4096, 0]);
    assert(rates.size <= 2 * 4096, `${rates.size}`);
  }
});

Deno.test("who is not admitted is not answered", () => {
  const guard = new AnswerGuard(HERE, {
    admits: (from) => from.scheme === "udp" && from.hostname !== "192.0.2.9",
  });
  assertEquals(guard.refuse(from("192.0.2.9", 40_000)), "not-admitted");
  assertEquals(guard.refuse(from("192.0.2.8", 40_000)), null);
});
