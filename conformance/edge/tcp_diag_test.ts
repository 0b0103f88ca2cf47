import { assertEquals, assertThrows } from "@std/assert";
import { EdgeProbeError } from "./edge_probe_error.ts";
import { decodeNetlinkAnswer } from "./netlink.ts";
import { decodeTcpSocket, tcpQuery } from "./tcp_diag.ts";
import { otherSide, tcpPair } from "./tcp_pair.ts";

// The requests are what a C program makes of the structs in linux/inet_diag.h; the answers were
// recorded from Linux 6.18.

// An accepted IPv4 socket that got 10 bytes, read 4 of them and wrote 3.
const ACCEPTED =
  "980100001400000007000000627a000002010000dfa1999e7f000001000000000000000000000000" +
  "7f000001000000000000000000000000000000009d00000000000000000000000600000000000000" +
  "0000000040dd0200050008000000000008000f00000000000c001500010000000000000006001600" +
  "520000001c010200010000000007aa01e01c0300409c000000800000180200000000000000000000" +
  "00000000000000000000000000000000000000000000000000000000ffff0000cbff00001d000000" +
  "10000000ffffff7f0b000000cbff00000300000000000000cbff000000000000bb90944407000000" +
  "ffffffffffffffff03000000000000000a0000000000000002000000040000000000000003000000" +
  "0100000001000000aaaa0a8b02000000000000000000000000000000000000000000000000000000" +
  "02000000000000000300000000000000000000000000000000000000000000000000000000000000" +
  "01000000010000000000000000000000000000000000000000000000000000000000000000000000" +
  "0000000000000000";

function body(hex: string): DataView {
  const answer = decodeNetlinkAnswer(new DataView(Uint8Array.fromHex(hex).buffer));
  if (!("body" in answer)) throw new Error(`errno ${answer.errno}`);
  return answer.body;
}

function pair(local: string, localPort: number, remote: string, remotePort: number) {
  return tcpPair(
    { transport: "tcp", hostname: local, port: localPort },
    { transport: "tcp", hostname: remote, port: remotePort },
  );
}

Deno.test("tcpQuery() asks for an IPv4 pair as C would", () => {
  const expected = "48000000140001000000000000000000" + "02060200ffffffff" + "1b589c40" +
    "7f000001000000000000000000000000" + "7f000002000000000000000000000000" +
    "00000000ffffffffffffffff";
  assertEquals(tcpQuery(pair("127.0.0.1", 7000, "127.0.0.2", 40000)).toHex(), expected);
  assertEquals(tcpQuery(pair("::ffff:127.0.0.1", 7000, "127.0.0.2", 40000)).toHex(), expected);
  assertEquals(
    tcpQuery(otherSide(pair("127.0.0.2", 40000, "127.0.0.1", 7000))).toHex(),
    expected,
  );
});

Deno.test("tcpQuery() asks for an IPv6 pair as C would", () => {
  assertEquals(
    tcpQuery(pair("2001:db8::1", 7000, "fe80::2%eth0", 40000)).toHex(),
    "48000000140001000000000000000000" + "0a060200ffffffff" + "1b589c40" +
      "20010db8000000000000000000000001" + "fe800000000000000000000000000002" +
      "00000000ffffffffffffffff",
  );
});

Deno.test("decodeTcpSocket() reads what a kernel answered", () => {
  assertEquals(decodeTcpSocket(body(ACCEPTED)), {
    state: 1,
    unread: 6,
    unacknowledged: 0,
    inode: 187712,
    totals: { received: 10, written: 3 },
  });
});

Deno.test("decodeTcpSocket() takes the listening socket for none", () => {
  const answer = body(ACCEPTED);
  answer.setUint16(6, 0);
  assertEquals(decodeTcpSocket(answer), undefined);
});

Deno.test("decodeTcpSocket() counts repeated segments once and unsent bytes too", () => {
  const answer = body(ACCEPTED);
  const info = 72 + 8 + 8 + 12 + 8 + 4; // after the attributes of mark, …, cgroup
  answer.setUint32(info + 144, 1000, true); // not sent
  answer.setUint32(info + 204, 1, true); // sent, upper half
  answer.setUint32(info + 208, 3, true); // of it repeated
  assertEquals(decodeTcpSocket(answer)?.totals?.written, 2 ** 32 + 1000);
});

Deno.test("decodeTcpSocket() has no totals from an old kernel", () => {
  const answer = body(ACCEPTED);
  const info = 72 + 8 + 8 + 12 + 8;
  answer.setUint16(info, 4 + 192, true); // tcp_info as it was before Linux 4.19
  const old = new DataView(answer.buffer, answer.byteOffset, info + 4 + 192);
  assertEquals(decodeTcpSocket(old)?.totals, undefined);
});

Deno.test("decodeTcpSocket() refuses a short answer", () => {
  const { buffer, byteOffset } = body(ACCEPTED);
  assertThrows(
    () => decodeTcpSocket(new DataView(buffer, byteOffset, 71)),
    EdgeProbeError,
    "TCP socket needs 72 bytes, 71 are there",
  );
});
