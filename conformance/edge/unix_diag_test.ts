import { assertEquals, assertThrows } from "@std/assert";
import { EdgeProbeError } from "./edge_probe_error.ts";
import { decodeNetlinkAnswer } from "./netlink.ts";
import { decodeUnixSocket, unixQuery } from "./unix_diag.ts";

// Recorded from Linux 6.18: a socket that wrote 10 bytes, which are unread.
const WRITTEN = "3c0000001400000008000000627a0000" + "0101010042dd02009f00000000000000" +
  "0800020043dd0200" + "0c0004000000000000030000" + "0500060000000000";

function body(hex: string): DataView {
  const answer = decodeNetlinkAnswer(new DataView(Uint8Array.fromHex(hex).buffer));
  if (!("body" in answer)) throw new Error(`errno ${answer.errno}`);
  return answer.body;
}

Deno.test("unixQuery() asks as C would", () => {
  assertEquals(
    unixQuery(4711).toHex(),
    "28000000140001000000000000000000" + "01000000ffffffff6712000014000000ffffffffffffffff",
  );
});

Deno.test("decodeUnixSocket() reads what a kernel answered", () => {
  const expected = { peerInode: 187715, unreadByPeer: 768, ended: false };
  assertEquals(decodeUnixSocket(body(WRITTEN)), expected);
});

Deno.test("decodeUnixSocket() tells our own end from the other side's", () => {
  const answer = body(WRITTEN);
  const shutdown = answer.byteLength - 4;
  answer.setUint8(shutdown, 2); // SEND_SHUTDOWN: we have ended
  assertEquals(decodeUnixSocket(answer).ended, false);
  answer.setUint8(shutdown, 3);
  assertEquals(decodeUnixSocket(answer).ended, true);
});

Deno.test("decodeUnixSocket() refuses an answer without queue lengths", () => {
  const { buffer, byteOffset } = body(WRITTEN);
  const short = new DataView(buffer, byteOffset, 16 + 8);
  assertThrows(() => decodeUnixSocket(short), EdgeProbeError, "queue lengths needs 8 bytes");
});
