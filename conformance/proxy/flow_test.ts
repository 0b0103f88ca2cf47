import { assert, assertEquals, assertThrows } from "@std/assert";
import { concat } from "@std/bytes/concat";
import { framing } from "../../protocol/framing/mod.ts";
import { ConformanceUsageError } from "../run_options.ts";
import { RandomStream } from "../stimulus/random_stream.ts";
import { isTransparent } from "./flow.ts";
import { CHUNKING_KINDS, parseChunking } from "./parse_chunking.ts";
import { type Flowed, flowed, inPieces, randomBytes, wire } from "./testing.ts";

/** Where the rule itself wanted a chunk to end. */
const planned = ({ chunks }: Flowed) =>
  chunks.filter(({ by }) => by === "rule").map(({ start, bytes }) => start + bytes.length);

const visible = (c: string) => c < " " ? c.charCodeAt(0).toString(16) : c;

/** The chunks as text, cuts of the rule as `|` and others as `:`. */
const drawn = ({ chunks }: Flowed) =>
  chunks.map(({ bytes, by }) =>
    [...new TextDecoder().decode(bytes)].map(visible).join("") +
    (by === "rule" ? "|" : by === "end" ? "" : ":")
  ).join("");

const text = (value: string) => new TextEncoder().encode(value);

Deno.test("rules that know no frames cut where they say", async () => {
  const pieces = [text("0123"), text("456789")];
  assertEquals(drawn(await flowed("drip", pieces)), "0|1|2|3|4|5|6|7|8|9|");
  assertEquals(drawn(await flowed("stride:4", pieces)), "0123|4567|89");
  assertEquals(drawn(await flowed("coalesce", pieces)), "0123456789");
  // What comes while a chunk is under way goes on with the next one.
  const cut = async (rule: string) => drawn(await flowed(rule, pieces)).replaceAll(":", "");
  assertEquals(await cut("single:3"), "012|3456789");
  assertEquals(await cut("none"), "0123456789");
  assertEquals(await cut("slow:1"), "0123456789");
});

Deno.test("rules that follow frames cut where they say, however the bytes come", async () => {
  const rules: [rule: string, spec: string, payloads: string[] | string, drawn: string][] = [
    ["whole", "u8", ["ab", "", "c"], "2ab|0|1c|"],
    ["header:3", "u32be", ["ab", "c"], "000|2ab000|1c"],
    ["header:4", "u32be", ["ab", "c"], "0002|ab0001|c"],
    ["header:each", "u16be", ["ab", "", "c"], "0|2|ab0|00|1|c"],
    ["header:2", "netstring", ["ab", "0123456789"], "2:|ab,10|:0123456789,"],
    ["header:9", "u32be", ["ab", "c"], "0002ab0001c"],
    ["edge", "u16be", ["ab", "", "c"], "02|ab|00|01|c|"],
    ["edge", "line", ["ab", "c"], "aba|ca|"],
    ["straddle", "u8", ["ab", "cd", "ef", "gh", "ij"], "2|ab2cd2|ef2gh2|ij"],
    ["straddle:2", "u8", ["ab", "", "ef"], "2a|b02e|f"],
    ["delimiter", "delim:0d0a", ["ab", "", "c"], "abd|ad|acd|a"],
    ["delimiter", "line", ["ab", "", "c"], "ab|a|a|c|a|"],
    ["delimiter", "line?strip=cr", "ab\r\nc\n", "abd|ac|a|"],
    ["delimiter", "netstring", ["ab"], "2:ab|,|"],
    ["delimiter", "delim:616162", ["xa"], "xaa|a|b"],
    ["delimiter", "slip", ["ab"], "ab|\ufffd|"],
  ];
  for (const [rule, spec, payloads, expected] of rules) {
    const bytes = typeof payloads === "string" ? text(payloads) : wire(spec, ...payloads);
    const name = `${rule} of ${spec}`;
    const atOnce = await flowed(rule, [bytes], { framing: spec });
    assertEquals(drawn(atOnce).replaceAll(":", ""), expected.replaceAll(":", ""), name);
    const dripped = [...bytes].map((byte) => Uint8Array.of(byte));
    assertEquals(planned(await flowed(rule, dripped, { framing: spec })), planned(atOnce), name);
  }
});

Deno.test("the cuts depend on seed and bytes alone, and no byte is lost, changed or moved", async () => {
  const seed = crypto.getRandomValues(new Uint32Array(1))[0] ?? 1;
  console.log(`seed ${seed}`);
  const random = new RandomStream(seed, "flow");
  for (const spec of ["u8", "u32be", "varint", "line", "delim:0d0a", "netstring", "slip", "cobs"]) {
    const encoder = framing(spec).createEncoder();
    const payload = () => {
      const length = 1 + random.below(random.pick([3, 40, 200]));
      return new Uint8Array(length).fill(120);
    };
    const bytes = concat(Array.from({ length: 40 }, () => encoder.encode(payload())));
    const rules = ["random", "stride:7", "single:50", "whole", "edge", "straddle:2"];
    if (!["line", "delim:0d0a", "slip", "cobs"].includes(spec)) rules.push("header:1");
    if (!["u8", "u32be", "varint"].includes(spec)) rules.push("delimiter");
    for (const rule of rules) {
      const runs = [];
      for (const most of [1, 5, 3000]) {
        runs.push(await flowed(rule, inPieces(random, bytes, most), { framing: spec, seed }));
      }
      for (const run of runs) {
        assertEquals(run.bytes, bytes, `seed ${seed}: ${rule} of ${spec}`);
        assert(isTransparent(run.report));
        assertEquals(planned(run), planned(runs[0] ?? run), `seed ${seed}: ${rule} of ${spec}`);
        assert(planned(run).length > 0, `seed ${seed}: ${rule} of ${spec} cuts`);
      }
    }
  }
});

Deno.test("another seed cuts elsewhere", async () => {
  const bytes = [randomBytes(new RandomStream(1, "bytes"), 3000)];
  const cuts = async (seed: number) => planned(await flowed("random", bytes, { seed }));
  assertEquals(await cuts(1), await cuts(1));
  assert(String(await cuts(1)) !== String(await cuts(2)));
});

Deno.test("random cuts are near the edges of frames more often than far from them", async () => {
  const bytes = wire("u32be", ...Array.from({ length: 100 }, () => "x".repeat(100)));
  const cuts = planned(await flowed("random", [bytes], { framing: "u32be" }));
  const near = new Set(cuts.filter((cut) => [102, 103, 0, 1, 2, 3, 4, 5, 6].includes(cut % 104)));
  assert(near.size >= 60, `${near.size} of 200 edges have a cut nearby`);
});

Deno.test("bytes are held no longer than --hold, and no more of them than the buffer takes", async () => {
  const held = await flowed("stride:1000", [text("question")], { holdMs: 1 });
  assert(["hold", "end"].includes(held.chunks[0]?.by ?? ""), held.chunks[0]?.by);
  const full = await flowed("coalesce", [new Uint8Array(10_000)], { bufferBytes: 1000 });
  assert(full.chunks.every(({ bytes }) => bytes.length <= 1000));
  assertEquals(full.chunks[0]?.by, "full");
  assertEquals(full.bytes.length, 10_000);
});

Deno.test("bytes that are no frames are told once and passed on from there", async () => {
  const bytes = concat([wire("netstring", "ab", "cd"), text("no netstring at all")]);
  const run = await flowed("edge", [bytes], { framing: "netstring" });
  assertEquals(run.lost.length, 1);
  assertEquals(run.bytes, bytes);
  assert(isTransparent(run.report));
});

Deno.test("frames larger than what is kept of them are followed all the same", async () => {
  const bytes = concat([wire("u32be", "x".repeat(3_000_000)), wire("u32be", "ab")]);
  const run = await flowed("edge", [bytes], { framing: "u32be" });
  assertEquals(planned(run), [4, 3_000_004, 3_000_008, 3_000_010]);
});

Deno.test("the hashes tell a byte that was changed on the way, and a lost one", async () => {
  const { report } = await flowed("drip", [text("abc")]);
  assert(isTransparent(report));
  const changed = await flowed("drip", [text("abc")], {
    tamper: (bytes) => bytes[0] === 98 && bytes.fill(99),
  });
  assertEquals(changed.bytes, text("acc"));
  assert(!isTransparent(changed.report));
  assert(!isTransparent({ ...report, bytesOut: 2 }));
});

Deno.test("a rule that cannot be used is told, with what is possible", () => {
  const wrong: [rule: string, spec: string | undefined, message: string][] = [
    ["drop", undefined, "did you mean drip?"],
    ["stride", undefined, "whole number from 1"],
    ["stride:0", undefined, 'not "0"'],
    ["drip:3", undefined, "leave :3 away"],
    ["header:3", undefined, "say how they are marked"],
    ["header:3", "line", "line has no headers"],
    ["delimiter", "u32be", "u32be has no delimiters"],
    ["up=drip,left=drip", undefined, "up=RULE,down=RULE"],
    ["up=drip,down=zzzzzzzzz", undefined, "there are none, drip"],
  ];
  for (const [rule, spec, message] of wrong) {
    const frames = spec === undefined ? undefined : framing(spec);
    assertThrows(() => parseChunking(rule, frames), ConformanceUsageError, message);
  }
});

Deno.test("every rule has a form and a help, and names are not used twice", () => {
  const names = CHUNKING_KINDS.map(({ name }) => name);
  assertEquals(new Set(names).size, names.length);
  for (const { name, form, help } of CHUNKING_KINDS) {
    assert(form.startsWith(name) && help.length > 10);
  }
});
