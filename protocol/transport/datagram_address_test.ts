import { assertEquals, assertRejects } from "@std/assert";
import {
  isOnThisMachine,
  mappedFor,
  resolveDatagramAddress,
  unmapped,
} from "./datagram_address.ts";
import { DatagramError } from "./datagram_errors.ts";

const udp = (hostname: string) => ({ scheme: "udp", hostname, port: 7 }) as const;

Deno.test("numeric addresses are written as the runtime writes senders, others are left", async () => {
  const memory = { scheme: "memory", name: "a" } as const;
  assertEquals(await resolveDatagramAddress(memory), memory);
  for (
    const [given, usual] of [
      ["127.0.0.1", "127.0.0.1"],
      ["0:0:0:0:0:0:0:1", "::1"],
      ["::ffff:10.0.0.1", "10.0.0.1"],
      ["fe80::1%eth0", "fe80::1%eth0"],
    ] as const
  ) assertEquals(await resolveDatagramAddress(udp(given)), udp(usual));
  await assertRejects(() => resolveDatagramAddress(udp("no-such-host.invalid"), 4), DatagramError);
});

Deno.test("IPv4 behind IPv6 is what it is, and is written as the socket wants it", () => {
  assertEquals([unmapped("::ffff:1.2.3.4"), unmapped("::1")], ["1.2.3.4", "::1"]);
  assertEquals([mappedFor("::", "1.2.3.4"), mappedFor("0.0.0.0", "1.2.3.4")], [
    "::ffff:1.2.3.4",
    "1.2.3.4",
  ]);
  assertEquals(["127.8.9.1", "::1", "10.0.0.1"].map((host) => isOnThisMachine(udp(host))), [
    ...[true, true, false],
  ]);
  assertEquals(isOnThisMachine({ scheme: "memory", name: "a" }), true);
});
