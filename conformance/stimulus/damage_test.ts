import { assert, assertEquals } from "@std/assert";
import { concat } from "@std/bytes/concat";
import { framing } from "../../protocol/framing/mod.ts";
import type { Contract } from "./contract.ts";
import { damaged, flipped, GARBAGE, outside, spliced } from "./damage.ts";
import { EXPECTATIONS } from "./expectation.ts";
import { PayloadSource } from "./payloads.ts";
import { RandomStream } from "./random_stream.ts";
import { framePart, type Stimulus } from "./stimulus.ts";

const text = (value: string) => new TextEncoder().encode(value);

function contractOf(spec: string, maxFrame?: number): Contract {
  const contract = { framing: framing(spec), expectation: EXPECTATIONS.echo };
  return maxFrame === undefined ? contract : { ...contract, maxFrame };
}

/** The stream of `a`, damaged `bb`, `c`. */
function withDamage(contract: Contract, change: (wire: Uint8Array) => Uint8Array): Stimulus {
  const [a, bb, c] = ["a", "bb", "c"].map((one) => framePart(contract, text(one)));
  assert(a && bb && c);
  const stimulus = damaged(contract, {
    before: [a],
    meant: [bb],
    wire: change(bb.wire),
    what: "damage",
    behind: [c],
  });
  assert(stimulus);
  assertEquals(stimulus.bytes, concat([a.wire, change(bb.wire), c.wire]));
  return stimulus;
}

const kinds = ({ parts }: Stimulus) => parts.map(({ kind }) => kind);

Deno.test("where damage makes another valid frame, that has to be answered", () => {
  // A length of 3 instead of 2 takes the header of the next frame along.
  const stimulus = withDamage(contractOf("u8", 100), (wire) => flipped(wire, 0, 0));
  assertEquals(kinds(stimulus), ["frame", "frame", "tail"]);
  assertEquals(stimulus.frames[1]?.payload, Uint8Array.of(98, 98, 1));
});

Deno.test("where damage makes a longer frame, the target may wait for it", () => {
  const stimulus = withDamage(contractOf("u8", 200), (wire) => flipped(wire, 0, 7));
  assertEquals(kinds(stimulus), ["frame", "tail"]);
});

Deno.test("over the limit a target may close, wait, or go on with what was not damaged", () => {
  const stimulus = withDamage(contractOf("u8", 100), (wire) => flipped(wire, 0, 7));
  assertEquals(kinds(stimulus), ["frame", "bad"]);
  const [, bad] = stimulus.parts;
  assert(bad?.kind === "bad");
  assertEquals(bad.silence, "MAY");
  assert(bad.readings?.some(({ payloads, level }) => level === "MAY" && payloads.length === 1));
});

Deno.test("an error is one for what was before it, too; what was meant is a matter of taste", () => {
  const stimulus = withDamage(contractOf("netstring"), (wire) => flipped(wire, wire.length - 1, 0));
  assertEquals(kinds(stimulus), ["frame", "bad"]);
  const [, bad] = stimulus.parts;
  assert(bad?.kind === "bad");
  const meant = bad.readings?.filter(({ level }) => level === "SHOULD");
  assertEquals(meant?.map(({ payloads }) => payloads.length), [2]);
  assertEquals(bad.silence, "SHOULD");
});

Deno.test("a text header may be refused wherever it is damaged", () => {
  const longer = withDamage(contractOf("content-length"), (wire) => spliced(wire, 2, "insert", 65));
  assertEquals(kinds(longer), ["frame", "bad"]);
  const caseless = withDamage(contractOf("content-length"), (wire) => flipped(wire, 1, 5));
  const [, bad] = caseless.parts;
  assert(bad?.kind === "bad");
  // Content-Length in other letters is still Content-Length.
  assert(bad.readings?.some(({ payloads, level }) => level === "MAY" && payloads.length === 2));
});

Deno.test("bytes are flipped, inserted, left out and doubled where they should be", () => {
  const wire = Uint8Array.of(1, 2, 3);
  assertEquals(flipped(wire, 1, 7), Uint8Array.of(1, 130, 3));
  assertEquals(spliced(wire, 0, "insert", 9), Uint8Array.of(9, 1, 2, 3));
  assertEquals(spliced(wire, 2, "delete"), Uint8Array.of(1, 2));
  assertEquals(spliced(wire, 1, "double"), Uint8Array.of(1, 2, 2, 3));
  assertEquals(outside(framePart(contractOf("netstring"), text("hi"))), [0, 1, 4]);
  assertEquals(outside(framePart(contractOf("slip"), text("hi"))), [0, 1, 2]);
});

const SPECS = ["u16be", "varint", "line", "netstring", "content-length", "json+u32be", "slip"];
for (const spec of [...SPECS, "cobs", "marked:02:03", "fixed:3", "u8?includes=header"]) {
  const seed = Math.floor(Math.random() * 2 ** 31);
  Deno.test(`${spec}: any damage gives a stream that says what is to come (seed ${seed})`, () => {
    const random = new RandomStream(seed, spec);
    const contract = contractOf(spec, 1000);
    const style = { letters: "binary", empty: true } as const;
    const source = new PayloadSource(contract, random, style);
    for (let i = 0; i < 300; i++) {
      const [before, meant, behind] = [5, 9, 4].map((size) => source.frame(size));
      assert(before && meant && behind);
      const at = random.below(meant.wire.length);
      const wire = [
        () => flipped(meant.wire, at, random.below(8)),
        () => spliced(meant.wire, at, "insert", random.below(256)),
        () => spliced(meant.wire, at, "delete"),
        () => random.pick(Object.values(GARBAGE)),
      ][random.below(4)]?.() ?? meant.wire;
      const what = "damage";
      const stimulus = damaged(contract, {
        before: [before],
        meant: [meant],
        wire,
        what,
        behind: [behind],
      });
      if (stimulus === undefined) continue;
      assertEquals(stimulus.bytes, concat([before.wire, wire, behind.wire]));
      assertEquals(stimulus.frames[0]?.payload, before.payload);
      assert(stimulus.frames.every(({ afterBad }) => !afterBad));
    }
  });
}
