import { assert, assertEquals } from "@std/assert";
import {
  FrameTooLargeError,
  framing,
  FramingError,
  MalformedFrameError,
} from "../../protocol/framing/mod.ts";
import type { Contract } from "./contract.ts";
import { EXPECTATIONS } from "./expectation.ts";
import {
  CHARSET_HEADERS,
  FOLDED_HEADERS,
  hugeLength,
  MALFORMED_LENGTHS,
  MALFORMED_LINE_ENDS,
  STRAY_LOG,
  unendingHeaders,
  UNUSUAL_HEADERS,
} from "./malformed_header_lines.ts";
import {
  endlessJsonHeader,
  malformedJsonHeaders,
  malformedSizes,
  unusualJsonHeaders,
} from "./malformed_json_header.ts";
import { lengthsBelowHeader, MALFORMED_VARINTS, swappedLength } from "./malformed_length.ts";
import { brokenMarks, crlfLine, endedBy, endMarks, unended } from "./malformed_marks.ts";
import {
  BAITED,
  MALFORMED_COMMAS,
  MALFORMED_DIGITS,
  UNENDING_DIGITS,
  WRONG_LENGTHS,
} from "./malformed_netstring.ts";
import { readStimulus } from "./read_stimulus.ts";
import { framePart, type Part, Stimulus } from "./stimulus.ts";
import { oversizedFrame } from "./claims.ts";
import { PayloadSource } from "./payloads.ts";
import { RandomStream } from "./random_stream.ts";

type Bad = Part & { kind: "bad" };

const LIMIT = 65_536;

function contractOf(spec: string, maxFrame = LIMIT): Contract {
  return { framing: framing(spec), expectation: EXPECTATIONS.echo, maxFrame };
}

const text = (value: string) => new TextEncoder().encode(value);

/** What our own decoder makes of the bad bytes between two good frames: the error, and the frames before it. */
function decoded(spec: string, { wire }: Bad): { error: FramingError | null; frames: number } {
  const contract = contractOf(spec);
  const good = framePart(contract, text("good"));
  const decoder = contract.framing.createDecoder({ maxFrameLength: LIMIT });
  let frames = 0;
  try {
    const { bytes } = new Stimulus(contract, [good, { kind: "bad", wire, what: "" }, good]);
    for (let batch = decoder.push(bytes); batch !== null; batch = decoder.next()) {
      frames += batch.count;
    }
    return { error: null, frames };
  } catch (error) {
    assert(error instanceof FramingError);
    return { error, frames };
  }
}

const FAMILIES: readonly (readonly [spec: string, parts: readonly Bad[]])[] = [
  ["varint", MALFORMED_VARINTS],
  ["u32be?includes=header", lengthsBelowHeader(contractOf("u32be?includes=header"))],
  ["u16le?adjust=-9&offset=3", lengthsBelowHeader(contractOf("u16le?adjust=-9&offset=3"))],
  [
    "content-length",
    [
      ...MALFORMED_LENGTHS,
      ...hugeLength(contractOf("content-length")),
      ...MALFORMED_LINE_ENDS,
      ...FOLDED_HEADERS,
      ...STRAY_LOG,
      ...unendingHeaders(100_000),
    ],
  ],
  [
    "json+u32be",
    [
      ...malformedSizes(contractOf("json+u32be")),
      ...malformedJsonHeaders(contractOf("json+u32be")),
      ...endlessJsonHeader(contractOf("json+u32be")),
    ],
  ],
  [
    "netstring",
    [...MALFORMED_DIGITS, ...MALFORMED_COMMAS, ...WRONG_LENGTHS, ...BAITED, UNENDING_DIGITS],
  ],
  ["slip", brokenMarks(contractOf("slip"))],
  ["cobs", brokenMarks(contractOf("cobs"))],
  ["marked:02:03", brokenMarks(contractOf("marked:02:03"))],
  ["marked:3c3c:3e3e", brokenMarks(contractOf("marked:3c3c:3e3e"))],
];

for (const [spec, parts] of FAMILIES) {
  Deno.test(`${spec}: what is said to be malformed is so, and takes no good frame before it along`, () => {
    assert(parts.length > 0);
    for (const bad of parts) {
      const { error, frames } = decoded(spec, bad);
      // A reading that is as right as refusing may be the one that our own decoder has.
      const own = bad.readings?.filter(({ level }) => level === "MAY") ?? [];
      if (error === null) {
        const counts = own.map(({ payloads }) => payloads.length + 2);
        assert(counts.includes(frames), `${bad.what}: ${frames} frames`);
        continue;
      }
      const right = error instanceof MalformedFrameError || error instanceof FrameTooLargeError;
      assert(right, `${bad.what}: ${error}`);
      assertEquals(frames, 1, bad.what);
    }
  });
}

Deno.test("no two rows of a table are the same", () => {
  for (const [spec, parts] of FAMILIES) {
    assertEquals(new Set(parts.map(({ wire }) => wire.join())).size, parts.length, spec);
  }
});

Deno.test("unusual headers are right: our own decoder reads them as they are meant", () => {
  const families = [
    ["content-length", [...UNUSUAL_HEADERS, ...CHARSET_HEADERS]],
    ["json+u32be", unusualJsonHeaders(contractOf("json+u32be"))],
    ["json+i32le?size=filesize", unusualJsonHeaders(contractOf("json+i32le?size=filesize"))],
  ] as const;
  for (const [spec, frames] of families) {
    const contract = contractOf(spec);
    const made = new Stimulus(contract, frames), read = readStimulus(contract, made.bytes);
    assertEquals(read.frames.map(({ payload }) => payload), made.frames.map((f) => f.payload));
    for (const { wire, payload, bodyAt = 0 } of frames) {
      assertEquals(wire.subarray(bodyAt), payload, spec);
    }
  }
});

Deno.test("a length in the other byte order says what it claims", () => {
  const claim = (spec: string) => swappedLength(contractOf(spec), text("hello"))?.claim;
  assertEquals(claim("u16be"), 0x0500n);
  assertEquals(claim("u32le"), 0x0500_0000n);
  assertEquals(claim("u24be"), 0x05_0000n);
  assertEquals([claim("u8"), claim("line")], [undefined, undefined]);
  const wire = swappedLength(contractOf("u32be"), text("hi"))?.wire;
  assertEquals(wire, Uint8Array.of(2, 0, 0, 0, 104, 105));
});

Deno.test("the marks of a framing are those of its spec", () => {
  const hex = (spec: string) => endMarks(contractOf(spec)).map((mark) => mark.join(" "));
  assertEquals(hex("line"), ["10"]);
  assertEquals(hex("line?strip=cr"), ["10", "13 10"]);
  assertEquals(hex("delim:0d0a,0a"), ["13 10", "10"]);
  assertEquals(hex("marked:02:0303"), ["3 3"]);
  assertEquals([hex("slip"), hex("cobs"), hex("u8")], [["192"], ["0"], []]);
});

Deno.test("a frame over the limit without its end is waited for by who does not count", () => {
  for (const spec of ["line", "delim:0d0a", "marked:02:03", "slip", "cobs"]) {
    const contract = contractOf(spec, 50);
    const style = { letters: "binary", empty: true } as const;
    const over = oversizedFrame(
      contract,
      new PayloadSource(contract, new RandomStream(1, spec), style),
    );
    assert(over);
    const { wire } = unended(contract, over);
    assertEquals(readStimulus(contract, wire).parts.at(-1)?.kind, "bad", spec);
    assertEquals(readStimulus(contractOf(spec), wire).parts.map(({ kind }) => kind), ["tail"]);
  }
});

Deno.test("lines ended by several marks are read back as they were", () => {
  const contract = contractOf("line?strip=cr");
  const [lf = text(""), crlf = text("")] = endMarks(contract);
  const made = endedBy(contract, ["a", "", "b"], [lf, crlf, crlf]);
  assertEquals(made.bytes, text("a\n\r\nb\r\n"));
  assertEquals(readStimulus(contract, made.bytes).frames.map(({ payload }) => payload.length), [
    1,
    0,
    1,
  ]);
  assertEquals(crlfLine("x").readings?.map(({ payloads }) => payloads[0]), [
    text("x\r"),
    text("x"),
  ]);
});
