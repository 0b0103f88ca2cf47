import { assertEquals, assertMatch } from "@std/assert";
import { LocalChat } from "../chat/local_chat.ts";
import type { Grants } from "../grants.ts";
import { planListener } from "../listener_plan.ts";
import { type Machine, sharingOf } from "./sharing.ts";

const LINUX: Machine = { os: "linux", cores: 4 };

const grants: Grants = {
  limits: {
    maxFrameLength: 1024,
    handshakeTimeoutMs: 1000,
    idleTimeoutMs: 1000,
    frameTimeoutMs: 1000,
    writeTimeoutMs: 1000,
    minRate: 1,
  },
  services: {},
  chat: new LocalChat(),
  onFault: () => {},
};

function sharing(asked: number, urls: string[], machine = LINUX, more: Partial<Grants> = {}) {
  const all = { ...grants, ...more };
  const plans = urls.map((url) => planListener(url, all));
  const { count, shares, notes } = sharingOf(asked, plans, all, machine);
  return { count, shared: plans.map(shares), notes };
}

Deno.test("one worker is none beside the main thread, 0 is one on each core", () => {
  assertEquals(sharing(1, ["tcp://:0"]), { count: 0, shared: [false], notes: [] });
  assertEquals(sharing(0, ["tcp://:0"]).count, 4);
  assertEquals(sharing(0, ["tcp://:0"], { os: "linux", cores: 1 }).count, 0);
});

Deno.test("TCP and TLS are shared, and it is told what is not", () => {
  const { count, shared, notes } = sharing(2, ["tcp://:0", "unix:///s", "tls://:0", "udp://:0"]);
  assertEquals([count, shared], [2, [true, false, true, false]]);
  assertEquals(notes, [
    "2 workers share the connections of tcp:// and tls:// listeners",
    "One thread serves unix:, udp:",
  ]);
});

Deno.test("who talks at the terminal is served by the thread that has it", () => {
  const operator = { show: () => {}, onLine: () => ({ [Symbol.dispose]() {} }) };
  const raw = "tcp://:0?speak=chat-raw";
  assertEquals(sharing(2, [raw]).shared, [true]);
  const { count, notes } = sharing(2, [raw], LINUX, { operator });
  assertEquals(count, 0);
  assertMatch(notes[0] ?? "", /chat-raw without --room cannot be shared/);
});

Deno.test("what cannot be had is told, and served all the same", () => {
  for (const os of ["darwin", "windows"] as const) {
    const { count, notes } = sharing(2, ["tcp://:0"], { os, cores: 4 });
    assertEquals(count, 0);
    assertMatch(notes[0] ?? "", /^WARNING: --workers 2: one thread .* only Linux/);
  }
  const { count, notes } = sharing(3, ["unix:///s"]);
  assertEquals(count, 0);
  assertMatch(notes[0] ?? "", /unix: cannot be shared/);
});
