import { assertEquals } from "@std/assert";
import type { Delivery } from "../strategy/delivery.ts";
import { smaller } from "./smaller.ts";
import { atSeams, RAW, requestStimulus } from "./stimuli.ts";

const requests = ["aaaa", "bbbb", "cccc"].map((text) => new TextEncoder().encode(text));
const SEAMS = [4, 8];

function delivery(cuts: readonly number[], waits: readonly number[] = SEAMS): Delivery {
  const stimulus = requestStimulus(requests, RAW);
  return { ...atSeams({ stimulus, cuts: [], waits: [], end: "none" }, SEAMS), cuts, waits };
}

async function shrunk(
  failing: Delivery,
  fails: (one: Delivery) => boolean,
): Promise<readonly [number, readonly number[]]> {
  const { stimulus, cuts } = await smaller(failing, { seams: SEAMS }, {
    hasTime: () => true,
    stillFails: (one) => Promise.resolve(fails(one)),
  });
  return [stimulus.bytes.length, cuts];
}

Deno.test("one cut to blame is found among many, with the requests behind it left out", async () => {
  const all = delivery([1, 2, 3, 4, 5, 6, 7, 8, 9]);
  assertEquals(await shrunk(all, ({ cuts }) => cuts.includes(6)), [8, [4, 6]]);
});

Deno.test("two cuts that fail together are both kept, cuts that are waited at as well", async () => {
  const all = delivery([1, 2, 3, 4, 5, 6, 7, 8, 9]);
  const fails = ({ cuts }: Delivery) => cuts.includes(2) && cuts.includes(9);
  assertEquals(await shrunk(all, fails), [12, [2, 4, 8, 9]]);
});

Deno.test("without waits cuts at seams may go, too", async () => {
  assertEquals(await shrunk(delivery([4, 8], []), () => true), [4, []]);
});

Deno.test("what cannot be made smaller comes back as it is", async () => {
  const one = delivery([4, 8, 10]);
  const result = await smaller(one, { seams: SEAMS }, {
    hasTime: () => true,
    stillFails: () => Promise.resolve(false),
  });
  assertEquals(result, one);
});
