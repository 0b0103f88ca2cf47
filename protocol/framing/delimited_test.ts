import { assertEquals, assertThrows } from "@std/assert";
import { UnencodableFrameError } from "./errors.ts";
import type { FrameDecoderOptions } from "./frame_decoder.ts";
import { framing } from "./framings.ts";
import { decodeAll, hex, utf8 } from "./testing.ts";

/** What is said of `text` cut in pieces of every size, which has to be the same each time. */
function decodeText(spec: string, text: string, options?: FrameDecoderOptions): string[] {
  const bytes = utf8(text);
  const whole = decodeAll(framing(spec).createDecoder(options), [bytes]);
  for (let size = 1; size < bytes.length; size++) {
    const chunks = Array.from(
      { length: Math.ceil(bytes.length / size) },
      (_, i) => bytes.slice(i * size, (i + 1) * size),
    );
    assertEquals(
      decodeAll(framing(spec).createDecoder(options), chunks),
      whole,
      `pieces of ${size}`,
    );
  }
  return whole.map((said) => /^[0-9a-f]*$/.test(said) ? new TextDecoder().decode(hex(said)) : said);
}

const CASES: readonly (readonly [spec: string, text: string, said: string[]])[] = [
  ["line", "a\n\nbc\n", ["a", "", "bc"]],
  ["line", "", []],
  ["line", "a\nbc", ["a", "TRUNCATED_FRAME@2"]],
  ["line?tail=frame", "a\nbc", ["a", "bc"]],
  ["line?tail=frame", "a\n", ["a"]],
  ["line", "a\r\n", ["a\r"]],
  ["line", "x\u2028y\u0085z\v\f\n", ["x\u2028y\u0085z\v\f"]],
  ["line?strip=cr", "a\r\nb\nc\r\r\n", ["a", "b", "c\r"]],
  ["delim:2323", "a#b##c###", ["a#b", "c", "TRUNCATED_FRAME@8"]],
  ["delim:2323?tail=frame", "###", ["", "#"]],
  ["delim:414142", "xAAAB", ["xA"]],
  ["delim:0a,0d0a,0d", "a\r\nb\rc\n\rd\r\n", ["a", "b", "c", "", "d"]],
  ["delim:0a,0d0a,0d", "\r\r\n\n", ["", "", ""]],
  ["delim:7e,616263,61", "xayabzabc", ["x", "y", "bz"]],
  ["delim:7e,616263,61?tail=frame", "xab", ["x", "b"]],
  ["delim:7e,61626364,6162,61", "1abcd2abc3ab4a5abcda", ["1", "2", "c3", "4", "5", ""]],
  ["delim:0d0a0d0a", "a\r\n\r\r\n\r\nb\r\n\r\n", ["a\r\n\r", "b"]],
  ["marked:3c:3e", "<a><><b>", ["a", "", "b"]],
  ["marked:3c:3e", "<a>x<b>", ["a", "MALFORMED_FRAME@3"]],
  ["marked:3c:3e", "<a><b<c>", ["a", "MALFORMED_FRAME@3"]],
  ["marked:3c:3e", "<a><b", ["a", "TRUNCATED_FRAME@3"]],
  ["marked:3c2d:2d3e", "<-a-b->", ["a-b"]],
  ["marked:3c2d:2d3e", "<-->", [""]],
  ["marked:3c2d:2d3e", "<x", ["MALFORMED_FRAME@1"]],
  ["marked:7e:7e", "~a~~~~b~", ["a", "", "b"]],
];

for (const [spec, text, said] of CASES) {
  Deno.test(`${spec} finds ${JSON.stringify(said)} in ${JSON.stringify(text)}`, () => {
    assertEquals(decodeText(spec, text), said);
  });
}

for (
  const [spec, frame] of [["line", "\n"], ["delim:2323", "##"], ["delim:0a,0d0a", "\r\n"], [
    "marked:3c:3e",
    ">",
  ]]
) {
  if (spec === undefined || frame === undefined) continue;
  const open = spec.startsWith("marked") ? "<" : "";
  Deno.test(`${spec}: a payload at the limit passes, one byte more does not`, () => {
    const at = (n: number) =>
      decodeText(spec, `${open}${"x".repeat(n)}${frame}`, { maxFrameLength: 5 });
    assertEquals(at(5), ["xxxxx"]);
    assertEquals(at(6), ["FRAME_TOO_LARGE@0"]);
  });

  Deno.test(`${spec}: skip drops one frame, says so once, and finds the next`, () => {
    const skips: string[] = [];
    const text = `${open}ok${frame}${open}${"x".repeat(9)}${frame}${open}good${frame}`;
    const options: FrameDecoderOptions = {
      maxFrameLength: 5,
      overLimit: "skip",
      onSkip: (error) => skips.push(`${error.code}@${error.offset}`),
    };
    assertEquals(decodeText(spec, text, options), ["ok", "good"]);
    assertEquals(new Set(skips).size, 1);
    assertEquals(skips.length, utf8(text).length);
  });

  Deno.test(`${spec}: the end inside a skipped frame is a truncated frame`, () => {
    const text = `${open}${"x".repeat(9)}`;
    assertEquals(
      decodeText(spec, text, { maxFrameLength: 5, overLimit: "skip" }),
      ["TRUNCATED_FRAME@9"]
        .map((said) => said.replace("9", String(text.length))),
    );
  });
}

Deno.test("an unterminated tail is marked as such", () => {
  const decoder = framing("line?tail=frame").createDecoder();
  assertEquals(decoder.push(utf8("a\nb"))?.unterminated, false);
  assertEquals(decoder.next(), null);
  assertEquals(decoder.end()?.unterminated, true);
  assertEquals(decoder.state, "ended");
});

Deno.test("old bytes behind the end of a reused buffer are never looked at", () => {
  const decoder = framing("line").createDecoder();
  const room = decoder.reserve(64);
  room.fill(0x0a);
  room.set(utf8("abcdefghijklmnopqrstuvwxyz0123456789"));
  assertEquals(decoder.commit(36), null);
});

Deno.test("encoders refuse a payload with the delimiter in it, or one that makes it", () => {
  const refuse = (spec: string, payload: string) =>
    assertThrows(() => framing(spec).createEncoder().encode(utf8(payload)), UnencodableFrameError);
  refuse("line", "a\nb");
  refuse("line?strip=cr", "a\r");
  refuse("delim:2323", "a##b");
  refuse("delim:2323", "a#");
  refuse("delim:0a,0d0a,0d", "a\rb");
  refuse("marked:3c:3e", "a<b");
  refuse("marked:3c:3e", "a>b");
  refuse("marked:3c2d:2d3e", "a<");
});

Deno.test("the encoder writes the first delimiter", () => {
  assertEquals(framing("delim:0d0a,0a").createEncoder().encode(utf8("a")), utf8("a\r\n"));
  assertEquals(framing("line?strip=cr").createEncoder().encode(utf8("a")), utf8("a\n"));
});

Deno.test("wire bytes are offered only where decoding loses nothing", () => {
  const wire = (spec: string, text: string) => {
    const batch = framing(spec).createDecoder().push(utf8(text));
    return [batch?.wireStart, batch?.wireEnd];
  };
  assertEquals(wire("delim:2323", "a##b##c"), [0, 6]);
  assertEquals(wire("line?strip=cr", "a\r\nb\n"), [-1, -1]);
  assertEquals(wire("marked:3c:3e", "<a><b><c"), [0, 6]);
});
