import { assertEquals, assertThrows } from "@std/assert";
import { isMappedIpv4, parseIpAddress } from "./ip_address.ts";

for (
  const [text, hex] of [
    ["127.0.0.1", "00000000000000000000ffff7f000001"],
    ["255.255.255.255", "00000000000000000000ffffffffffff"],
    ["::ffff:127.0.0.1", "00000000000000000000ffff7f000001"],
    ["::", "00000000000000000000000000000000"],
    ["::1", "00000000000000000000000000000001"],
    ["1::", "00010000000000000000000000000000"],
    ["2001:db8::1:2", "20010db8000000000000000000010002"],
    ["1:2:3:4:5:6:7:8", "00010002000300040005000600070008"],
    ["1:2:3:4:5:6:7::", "00010002000300040005000600070000"],
    ["::2:3:4:5:6:7:8", "00000002000300040005000600070008"],
    ["1:2:3:4:5:6:1.2.3.4", "00010002000300040005000601020304"],
    ["FE80::AbCd%eth0", "fe80000000000000000000000000abcd"],
  ] as const
) {
  Deno.test(`parseIpAddress() reads ${text}`, () => {
    assertEquals(parseIpAddress(text).toHex(), hex);
    assertEquals(isMappedIpv4(parseIpAddress(text)), hex.startsWith("00000000000000000000ffff"));
  });
}

for (
  const text of [
    "",
    "localhost",
    "1.2.3",
    "1.2.3.256",
    "1.2.3.4.5",
    ":",
    ":::",
    "1::2::3",
    "1:2:3:4:5:6:7",
    "1:2:3:4:5:6:7:8:9",
    "1:2:3:4:5:6:7:8::",
    "::12345",
    "::1.2.3.4:5",
    "1.2.3.4::",
  ]
) {
  Deno.test(`parseIpAddress() refuses "${text}"`, () => {
    assertThrows(() => parseIpAddress(text), TypeError, `Cannot parse IP address "${text}"`);
  });
}
