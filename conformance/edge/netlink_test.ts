import { assertEquals, assertThrows } from "@std/assert";
import { EdgeProbeError } from "./edge_probe_error.ts";
import {
  attribute,
  decodeNetlinkAnswer,
  netlinkRequest,
  requireLength,
  sequenceOf,
  setSequence,
} from "./netlink.ts";

function view(hex: string): DataView {
  return new DataView(Uint8Array.fromHex(hex.replaceAll(" ", "")).buffer);
}

Deno.test("netlinkRequest() puts length, type and flags in front", () => {
  const request = netlinkRequest(20, Uint8Array.of(0xaa, 0xbb, 0xcc, 0xdd));
  setSequence(request, 0x01020304);
  assertEquals(
    request.toHex(),
    "14000000" + "1400" + "0100" + "04030201" + "00000000" + "aabbccdd",
  );
  assertEquals(sequenceOf(new DataView(request.buffer)), 0x01020304);
});

Deno.test("decodeNetlinkAnswer() returns the body, and no byte after it", () => {
  const answer = decodeNetlinkAnswer(view("12000000 1400 0000 07000000 00000000 abcd ffff"));
  if (!("body" in answer)) throw new Error("no body");
  assertEquals([answer.body.byteLength, answer.body.getUint16(0)], [2, 0xabcd]);
});

Deno.test("decodeNetlinkAnswer() reads an error number", () => {
  const answer = decodeNetlinkAnswer(view("14000000 0200 0000 07000000 00000000 feffffff"));
  assertEquals(answer, { errno: 2 });
});

Deno.test("a short answer is refused, wherever it is cut", () => {
  const whole = Uint8Array.fromHex("14000000020000000700000000000000feffffff");
  for (let length = 0; length < whole.length; length++) {
    const cut = new DataView(whole.slice(0, length).buffer);
    assertThrows(() => decodeNetlinkAnswer(cut), EdgeProbeError, `${length} are there`);
  }
  assertThrows(
    () => decodeNetlinkAnswer(view("10000000 0200 0000 07000000 00000000")),
    EdgeProbeError,
  );
});

Deno.test("attribute() finds by type and skips the padding", () => {
  const body = view("ffffffff 0500 0100 aa000000 0800 0200 01020304 0400 0300");
  assertEquals(attribute(body, 4, 1)?.byteLength, 1);
  assertEquals(attribute(body, 4, 2)?.getUint32(0), 0x01020304);
  assertEquals(attribute(body, 4, 3)?.byteLength, 0);
  assertEquals(attribute(body, 4, 4), undefined);
});

Deno.test("attribute() ends when a length field lies", () => {
  assertThrows(() => attribute(view("ff00 0100"), 0, 1), EdgeProbeError, "attribute at 0");
  assertEquals(attribute(view("0000 0100 0000 0200"), 0, 9), undefined);
});

Deno.test("requireLength() says what is missing", () => {
  assertThrows(
    () => requireLength(undefined, 4, "inode"),
    EdgeProbeError,
    "inode needs 4 bytes, 0",
  );
});
