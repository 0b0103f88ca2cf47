import { assert, assertEquals, assertThrows } from "@std/assert";
import { framing } from "../../protocol/framing/mod.ts";
import { hexBytes } from "../../protocol/framing/hex.ts";
import { canCarry, type Contract } from "./contract.ts";
import { type ExpectationName, EXPECTATIONS } from "./expectation.ts";
import { PayloadSource, UncarriableError } from "./payloads.ts";
import { RandomStream } from "./random_stream.ts";
import { readStimulus } from "./read_stimulus.ts";
import { framePart, Stimulus } from "./stimulus.ts";

const SPECS = [
  "u8",
  "u16be",
  "i32le",
  "varint",
  "line",
  "line?strip=cr",
  "line?tail=frame",
  "delim:61",
  "delim:0d0a0d0a",
  "netstring",
  "marked:02:03",
  "slip",
  "cobs",
  "fixed:5",
  "content-length",
  "json+u32be",
  "u32be?strip=0",
  "u32be?includes=header",
];

function contractOf(spec: string, expect: ExpectationName = "echo", maxFrame?: number): Contract {
  return {
    framing: framing(spec),
    expectation: EXPECTATIONS[expect],
    ...(maxFrame === undefined ? {} : { maxFrame }),
  };
}

function sourceOf(contract: Contract, seed = 1): PayloadSource {
  return new PayloadSource(contract, new RandomStream(seed, "test"), {
    letters: "binary",
    empty: true,
  });
}

for (const spec of SPECS) {
  const seed = Math.floor(Math.random() * 2 ** 31);
  for (const expect of ["echo", "upper"] as const) {
    Deno.test(`${spec} ${expect}: streams can be carried, and are read back as made (seed ${seed})`, () => {
      const contract = contractOf(spec, expect);
      const stimulus = sourceOf(contract, seed).stream(300);
      assert(stimulus.bytes.length >= 300);
      assert(stimulus.frames.every(({ payload }) => canCarry(contract, payload)));
      const read = readStimulus(contract, stimulus.bytes);
      const map = ({ frames }: Stimulus) =>
        frames.map(({ start, end, payload, answer }) => ({ start, end, payload, answer }));
      assertEquals(map(read), map(stimulus));
    });
  }
}

Deno.test("a stream has exactly the length asked for where the framing allows it", () => {
  for (const spec of ["u32be", "line", "varint", "u8"]) {
    assertEquals(sourceOf(contractOf(spec)).stream(300).bytes.length, 300, spec);
  }
});

Deno.test("the frame map says where payloads are and when answers are due", () => {
  const contract = contractOf("u8", "upper");
  const parts = ["ab", "", "c"].map((text) => framePart(contract, new TextEncoder().encode(text)));
  const stimulus = new Stimulus(contract, parts);
  assertEquals(stimulus.bytes, hexBytes("026162000163"));
  assertEquals(stimulus.frames.map(({ start, body, end }) => [start, body, end]), [
    [0, 1, 3],
    [3, 4, 4],
    [4, 5, 6],
  ]);
  assertEquals(stimulus.frames[0]?.answer, new TextEncoder().encode("AB"));
  assertEquals([0, 2, 3, 4, 5, 6].map((sent) => stimulus.dueAt(sent)), [0, 0, 1, 2, 2, 3]);
  assertEquals(stimulus.seams, [3, 4]);
});

Deno.test("a cut-off stream ends in a tail; a bad one in bytes to refuse", () => {
  const contract = contractOf("u8", "echo", 2);
  const kinds = (hex: string) =>
    readStimulus(contract, hexBytes(hex) ?? new Uint8Array()).parts.map(({ kind }) => kind);
  assertEquals(kinds("0161"), ["frame"]);
  assertEquals(kinds("016102"), ["frame", "tail"]);
  assertEquals(kinds("0161036162630161"), ["frame", "bad"]);
});

Deno.test("a tail that is a frame is due only at the end", () => {
  const stimulus = readStimulus(contractOf("line?tail=frame"), new TextEncoder().encode("a\nb"));
  assertEquals(stimulus.frames.length, 2);
  assertEquals(stimulus.dueAt(3), 1);
});

Deno.test("payloads keep to the target's limit and its promise", () => {
  assertEquals(sourceOf(contractOf("u32be", "echo", 10)).payload(100).length, 10);
  assertEquals(sourceOf(contractOf("u32be", "hello")).payload(0).length, 1);
  assertThrows(
    () => sourceOf(contractOf("fixed:5", "hello")).payload(5),
    UncarriableError,
    "hello",
  );
});
