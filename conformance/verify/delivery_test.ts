import { assertEquals, assertThrows } from "@std/assert";
import { Chunks, type Delivery, dripOf, parseReplay, replayLine } from "./delivery.ts";
import { settingsOf } from "./subject.ts";

const SETTINGS = settingsOf({ name: "none", create: () => ({ push: () => [], end: () => {} }) });

function chunksOf(bytes: Uint8Array, delivery: Delivery): number[][] {
  const chunks = new Chunks(bytes, delivery);
  const seen: number[][] = [];
  for (let chunk = chunks.next(); chunk !== null; chunk = chunks.next()) {
    seen.push([...chunk]);
    chunks.done();
  }
  return seen;
}

Deno.test("cuts make chunks, and a cut twice an empty one", () => {
  const bytes = Uint8Array.of(1, 2, 3);
  assertEquals(chunksOf(bytes, { cuts: [] }), [[1, 2, 3]]);
  assertEquals(chunksOf(bytes, { cuts: [0, 2, 2, 3] }), [[], [1, 2], [], [3], []]);
  assertEquals(chunksOf(bytes, dripOf(3)), [[1], [2], [3]]);
  assertEquals(chunksOf(new Uint8Array(0), dripOf(0)), [[]]);
});

Deno.test("every dress hands over the same bytes", () => {
  const bytes = Uint8Array.of(1, 2, 3, 4, 5);
  for (const dress of ["plain", "dirty", "reused"] as const) {
    assertEquals(chunksOf(bytes, { cuts: [1, 3], dress }), [[1], [2, 3], [4, 5]]);
  }
});

Deno.test("a dirty chunk lies in a larger buffer, and writing there is noticed", () => {
  const chunks = new Chunks(Uint8Array.of(1, 2), { cuts: [], dress: "dirty" });
  const chunk = chunks.next() ?? new Uint8Array(0);
  assertEquals([chunk.byteOffset > 0, chunk.buffer.byteLength > 2], [true, true]);
  assertEquals(chunks.done(), true);
  new Uint8Array(chunk.buffer)[0] = 0;
  assertEquals(chunks.done(), false);
});

Deno.test("a reused chunk is overwritten when it is done with", () => {
  const chunks = new Chunks(Uint8Array.of(1, 2), { cuts: [], dress: "reused" });
  const chunk = chunks.next() ?? new Uint8Array(0);
  chunks.done();
  assertEquals([...chunk], [0x5a, 0x5a]);
});

Deno.test("a replay line reads back as it was written", () => {
  for (
    const line of [
      "--stream 0000000268690000 --cuts 2,5",
      '--stream ""',
      "--stream 61 --cuts 0,1,1 --dress dirty --max-frame 8 --over-limit skip",
    ]
  ) {
    const { sample, delivery } = parseReplay(line);
    assertEquals(replayLine(sample, delivery, SETTINGS), line);
  }
});

Deno.test("a line that is no replay is refused", () => {
  for (
    const [line, message] of [
      ["", "--stream must be"],
      ["--stream 0", "--stream must be"],
      ["--stream 00 --cuts 2", "--cuts must be"],
      ["--stream 0000 --cuts 2,1", "--cuts must be"],
      ["--stream 00 --cuts x", "--cuts must be"],
      ["--stream 00 --dress up", "--dress must be"],
      ["--stream 00 --max-frame many", "--max-frame must be"],
      ["--stream 00 --colour red", '"--colour" is not an option'],
    ]
  ) assertThrows(() => parseReplay(line ?? ""), SyntaxError, message ?? "");
});
