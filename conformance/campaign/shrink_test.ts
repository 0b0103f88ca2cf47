import { assert, assertEquals } from "@std/assert";
import { framing } from "../../protocol/framing/mod.ts";
import type { Contract } from "../stimulus/contract.ts";
import { EXPECTATIONS } from "../stimulus/expectation.ts";
import { PayloadSource } from "../stimulus/payloads.ts";
import { RandomStream } from "../stimulus/random_stream.ts";
import { deliver, type Delivery, keptApart } from "../strategy/delivery.ts";
import { shrink } from "./shrink.ts";

const contract: Contract = { framing: framing("u32be"), expectation: EXPECTATIONS.echo };

/** A random delivery of some 300 bytes. */
function randomDelivery(random: RandomStream): Delivery {
  const style = { letters: "binary", empty: true } as const;
  const stimulus = new PayloadSource(contract, random, style).stream(300);
  const places = Array.from({ length: 12 }, () => 1 + random.below(stimulus.bytes.length - 1));
  return deliver(stimulus, [...new Set(places)].sort((a, b) => a - b));
}

/** Planted bugs: whether a delivery meets them, and how small a delivery can that does. */
const BUGS: Record<
  string,
  { meets: (delivery: Delivery) => boolean; bytes: number; cuts: number }
> = {
  "a cut inside a header": {
    meets: ({ stimulus, cuts }) =>
      stimulus.frames.some(({ start, body = 0 }) => cuts.some((at) => at > start && at < body)),
    bytes: 4,
    cuts: 1,
  },
  "a cut inside a payload": {
    meets: ({ stimulus, cuts }) =>
      stimulus.frames.some(({ body = 0, end }) => cuts.some((at) => at > body && at < end)),
    bytes: 6,
    cuts: 1,
  },
  "two cuts in one header": {
    meets: ({ stimulus, cuts }) =>
      stimulus.frames.some(({ start, body = 0 }) =>
        cuts.filter((at) => at > start && at < body).length >= 2
      ),
    bytes: 4,
    cuts: 2,
  },
  "two frames in one chunk": {
    meets: ({ stimulus, cuts }) =>
      stimulus.frames.some(({ end }, i) =>
        i > 0 && !cuts.some((at) => at > (stimulus.frames[i - 1]?.start ?? 0) && at < end)
      ),
    bytes: 8,
    cuts: 0,
  },
  "a payload of three bytes or more": {
    meets: ({ stimulus }) => stimulus.frames.some(({ payload }) => payload.length >= 3),
    bytes: 7,
    cuts: 0,
  },
};

for (const [name, { meets, bytes, cuts }] of Object.entries(BUGS)) {
  const seed = Math.floor(Math.random() * 2 ** 31);
  Deno.test(`shrinks to the smallest delivery with ${name} (seed ${seed})`, async () => {
    const random = new RandomStream(seed, name);
    for (let found = 0; found < 20;) {
      const failing = randomDelivery(random);
      if (!meets(failing)) continue;
      found++;
      const small = await shrink(contract, failing, {
        stillFails: (one) => Promise.resolve(meets(one)),
      });
      assert(meets(small));
      assertEquals([small.stimulus.bytes.length, small.cuts.length], [bytes, cuts]);
      assert(small.cuts.every((at, i) => at > (small.cuts[i - 1] ?? 0) && at < bytes));
    }
  });
}

Deno.test("what every delivery must have is not shrunk away, and the end comes", async () => {
  const failing = keptApart(randomDelivery(new RandomStream(1, "apart")));
  const small = await shrink(contract, failing, {
    stillFails: ({ stimulus }) => Promise.resolve(stimulus.frames.length >= 3),
    normal: keptApart,
  });
  assertEquals(small.stimulus.bytes.length, 12);
  assertEquals([small.cuts, small.waits], [[4, 8], [4, 8]]);
});

Deno.test("without time nothing is tried", async () => {
  const failing = randomDelivery(new RandomStream(2, "time"));
  let tries = 0;
  const small = await shrink(contract, failing, {
    stillFails: () => Promise.resolve(++tries > 0),
    hasTime: () => false,
  });
  assertEquals([small, tries], [failing, 0]);
});
