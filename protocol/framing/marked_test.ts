import { assertEquals } from "@std/assert";
import { framing } from "./framings.ts";
import { cut, decodeAll, hex } from "./testing.ts";

Deno.test("a payload that is too large and has a start marker in it is too large, however it is cut", () => {
  const wire = hex("0202 61 0202 0303");
  for (let at = 1; at < wire.length; at++) {
    const decoder = framing("marked:0202:0303").createDecoder({ maxFrameLength: 0 });
    assertEquals(decodeAll(decoder, cut(wire, [at])), ["FRAME_TOO_LARGE@0"], `cut at ${at}`);
  }
});
