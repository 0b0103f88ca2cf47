import { assertEquals } from "@std/assert";
import { random } from "../protocol/framing/testing.ts";
import { addressFacts, networkFacts, networkOf, portKind } from "./address.ts";

const SEED = Number(crypto.getRandomValues(new Uint32Array(1))[0]);

Deno.test("what an address is for, and who reaches it", () => {
  for (
    const [text, kind, reach] of [
      ["127.0.0.1", "loopback", "this machine"],
      ["127.255.0.3", "loopback", "this machine"],
      ["::1", "loopback", "this machine"],
      ["10.0.0.0", "private", "private networks"],
      ["10.255.255.255", "private", "private networks"],
      ["11.0.0.0", "public", "everybody"],
      ["172.15.255.255", "public", "everybody"],
      ["172.16.0.0", "private", "private networks"],
      ["172.31.255.255", "private", "private networks"],
      ["172.32.0.0", "public", "everybody"],
      ["192.168.0.1", "private", "private networks"],
      ["192.169.0.1", "public", "everybody"],
      ["169.254.1.1", "link-local", "this link"],
      ["fe80::1%eth0", "link-local", "this link"],
      ["fd00::1", "private", "private networks"],
      ["100.64.0.1", "carrier-grade NAT", "private networks"],
      ["0.0.0.0", "any address", "everybody"],
      ["::", "any address", "everybody"],
      ["224.0.0.1", "multicast", "nobody"],
      ["8.8.8.8", "public", "everybody"],
      ["2606:4700::1111", "public", "everybody"],
      ["::ffff:192.168.1.1", "private", "private networks"],
      ["[::ffff:127.0.0.1]", "loopback", "this machine"],
    ] as const
  ) {
    const facts = addressFacts(text);
    assertEquals([facts?.kind, facts?.reach], [kind, reach], text);
  }
  assertEquals(addressFacts("::ffff:1.2.3.4")?.address, "1.2.3.4");
  for (
    const text of ["", "localhost", "1.2.3", "010.1.1.1", "256.1.1.1", "0x7f.1", "1:2", "1.2.3.4:5"]
  ) {
    assertEquals(addressFacts(text), null, text);
  }
});

Deno.test("the network of an address and a mask", () => {
  assertEquals(networkFacts("192.168.1.77/24"), {
    network: "192.168.1.0/24",
    last: "192.168.1.255",
    mask: "255.255.255.0",
    addresses: 256n,
  });
  assertEquals(networkFacts("10.1.2.3/255.0.0.0")?.network, "10.0.0.0/8");
  assertEquals(networkFacts("172.16.5.4/20")?.last, "172.16.15.255");
  assertEquals(networkFacts("1.2.3.4/32")?.addresses, 1n);
  assertEquals(networkFacts("1.2.3.4/0")?.last, "255.255.255.255");
  assertEquals(networkFacts("fd12::9/64"), {
    network: "fd12::/64",
    last: "fd12::ffff:ffff:ffff:ffff",
    addresses: 2n ** 64n,
  });
  for (
    const text of ["1.2.3.4", "1.2.3.4/33", "1.2.3.4/255.0.255.0", "::1/129", "x/8", "1.2.3.4/8/8"]
  ) {
    assertEquals(networkFacts(text), null, text);
  }
});

/** IPv4 by its number. */
function dotted(number: number): string {
  return [24, 16, 8, 0].map((shift) => number >>> shift & 255).join(".");
}

Deno.test(`a network begins and ends where its mask says, mapped or not (seed ${SEED})`, () => {
  const below = random(SEED);
  for (let i = 0; i < 500; i++) {
    const bits = 1 + below(32), size = 2 ** (32 - bits);
    const first = below(2 ** bits) * size, last = first + size - 1;
    const network = networkOf(`${dotted(first + below(size))}/${bits}`);
    const edges = [first - 1, first, last, last + 1].filter((one) => one >= 0 && one < 2 ** 32);
    for (const one of edges) {
      const inside = first <= one && one <= last;
      for (const address of [dotted(one), `::ffff:${dotted(one)}`]) {
        assertEquals(
          network?.contains(address),
          inside,
          `seed ${SEED}: ${address} ${network?.text}`,
        );
      }
    }
  }
  const six = networkOf("2001:db8:0:1::/64");
  for (
    const [address, inside] of [
      ["2001:db8:0:1::", true],
      ["2001:db8:0:1:ffff:ffff:ffff:ffff", true],
      ["2001:db8::ffff:ffff:ffff:ffff", false],
      ["2001:db8:0:2::", false],
      ["32.1.13.184", false],
    ] as const
  ) assertEquals(six?.contains(address), inside, address);
  assertEquals(networkOf("::/0")?.contains("::ffff:1.2.3.4"), false, "IPv4 is no part of IPv6");
  assertEquals(networkOf("::ffff:10.0.0.1")?.contains("10.0.0.1"), true);
  for (
    const rule of ["::ffff:10.0.0.0/104", "10.0.0.0/99", "10.0.0.0/-1", "10.0.0.0/", "*", "host"]
  ) {
    assertEquals(networkOf(rule), null, `${rule} would be a rule that does nothing`);
  }
});

Deno.test("ports", () => {
  assertEquals([0, 22, 1023, 1024, 49_151, 49_152, 65_535].map(portKind), [
    ...["any free port", "system port", "system port", "user port", "user port"],
    ...["dynamic port", "dynamic port"],
  ]);
  assertEquals([-1, 65_536, 1.5].map(portKind), [null, null, null]);
});
