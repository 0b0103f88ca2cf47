import { assertEquals } from "@std/assert";
import { shrink } from "./shrink.ts";
import { withoutBytes } from "./sample.ts";

Deno.test("shrinks to the bytes and cuts that matter", () => {
  // Fails when 7 comes before 9 with a cut between them.
  const shrunk = shrink({
    breach: { law: "L1", text: "" },
    sample: { name: "s", bytes: Uint8Array.from({ length: 60 }, (_, i) => i % 20) },
    delivery: { cuts: [3, 8, 9, 28, 41, 55] },
    examine(sample, { cuts }) {
      const [from, to] = [sample.bytes.indexOf(7), sample.bytes.lastIndexOf(9)];
      const fails = from >= 0 && cuts.some((cut) => from < cut && cut <= to);
      return fails ? { law: "L1", text: "torn" } : null;
    },
  });
  assertEquals([...shrunk.sample.bytes], [7, 9]);
  assertEquals(shrunk.delivery.cuts, [1]);
  assertEquals(shrunk.breach.text, "torn");
});

Deno.test("another law does not count as the same failure", () => {
  const failed = {
    breach: { law: "L3", text: "" },
    sample: { name: "s", bytes: Uint8Array.of(1, 2) },
    delivery: { cuts: [1] },
    examine: () => ({ law: "L1", text: "" } as const),
  } as const;
  assertEquals(shrink(failed), failed);
});

Deno.test("what is known of a stream goes along when whole frames are left out", () => {
  const frame = (byte: number, end: number) => ({ payload: Uint8Array.of(byte), end });
  const sample = {
    name: "three",
    bytes: Uint8Array.of(1, 97, 1, 98, 1, 99),
    frames: [frame(97, 2), frame(98, 4), frame(99, 6)],
  };
  const shorter = withoutBytes(sample, 2, 4);
  assertEquals([...shorter.bytes], [1, 97, 1, 99]);
  assertEquals(shorter.frames, [frame(97, 2), frame(99, 4)]);
  assertEquals(withoutBytes(sample, 3, 4).frames, undefined);
});
