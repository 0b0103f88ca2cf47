import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { hexBytes } from "../../protocol/framing/hex.ts";
import { ENTRIES } from "./entries.ts";
import { Fuzzer } from "./fuzzer.ts";
import { inputOf } from "./generate.ts";
import { FOUND } from "./found.ts";
import { findingText, resultText } from "./report.ts";
import { fuzz, type FuzzPlan, replay } from "./watch.ts";

const FIXED_SEED = 1;
/** Inputs of each entry here; `deno task fuzz` runs a million. */
const COUNT = 60;
const NO_PROGRESS = { begins() {} };

Deno.test("no entry has a finding, with the fixed seed and with a fresh one", async (t) => {
  const fresh = crypto.getRandomValues(new Uint32Array(1))[0] ?? 0;
  for (const seed of [FIXED_SEED, fresh]) {
    await t.step(`seed ${seed}`, async () => {
      for (const entry of ENTRIES) {
        const fuzzer = new Fuzzer(entry, NO_PROGRESS);
        const run = { seed, from: 0, count: COUNT, deadlineMs: Infinity };
        const { inputs, finding } = await fuzzer.run(run);
        assert(finding === null, finding === null ? "" : findingText(entry.name, seed, finding));
        assertEquals(inputs, COUNT);
      }
    });
  }
});

Deno.test("what was found once stays mended", async (t) => {
  for (const { entry: name, input, what } of FOUND) {
    await t.step(`${name}: ${what}`, async () => {
      const entry = ENTRIES.find((one) => one.name === name), bytes = hexBytes(input);
      assert(entry !== undefined && bytes !== undefined, name);
      const deadline = Promise.withResolvers<"hang">();
      const timer = setTimeout(() => deadline.resolve("hang"), 20_000);
      const replayed = new Fuzzer(entry, NO_PROGRESS).replay(bytes);
      assertEquals(await Promise.race([replayed, deadline.promise]), null);
      clearTimeout(timer);
    });
  }
});

Deno.test("an input depends on the seed, the entry and its number alone", () => {
  const [first, second] = ENTRIES;
  assert(first !== undefined && second !== undefined);
  assertEquals(inputOf(first, 7, 3), inputOf(first, 7, 3));
  const inputs = [
    inputOf(first, 7, 3),
    inputOf(first, 8, 3),
    inputOf(first, 7, 4),
    inputOf(second, 7, 3),
  ];
  assertEquals(new Set(inputs.map(String)).size, inputs.length);
});

function planOf(entry: string, more: Partial<FuzzPlan> = {}): FuzzPlan {
  return {
    entries: new URL("./testdata/planted_entries.ts", import.meta.url).href,
    entry,
    seed: FIXED_SEED,
    count: 500,
    budgetMs: 60_000,
    hangMs: 20_000,
    memory: 2 ** 31,
    ...more,
  };
}

Deno.test("planted: nothing is found where nothing is wrong", async () => {
  const result = await fuzz(planOf("right"));
  assertEquals([result.finding, result.inputs], [null, 500]);
  assertStringIncludes(resultText("right", result), "ok | right | 500 inputs");
});

Deno.test("planted: a crash, a wrong error and a stray rejection are found, shrunk and replayed", async () => {
  for (
    const [entry, name, smallest] of [
      ["crash", "SyntaxError", 1],
      ["wrong-error", "RangeError", 5],
      ["stray", "TypeError", 1],
    ] as const
  ) {
    const plan = planOf(entry);
    const { finding } = await fuzz(plan);
    assert(finding !== null, entry);
    assertEquals([finding.name, finding.input.length], [name, smallest], entry);
    assertStringIncludes(finding.text, "planted_entries.ts", "the place is told");
    assertStringIncludes(
      findingText(entry, FIXED_SEED, finding),
      `deno task fuzz ${entry} --replay `,
    );
    assertEquals((await replay(plan, finding.input))?.name, name);
    assertEquals(await replay(planOf("right"), finding.input), null);
  }
});

Deno.test("planted: a loop without end and a promise that never settles are found with their inputs", async () => {
  for (
    const [entry, isGuilty] of [
      ["hang", (input: Uint8Array) => input.includes(0)],
      ["never-settles", (input: Uint8Array) => input[1] === 0x63],
    ] as const
  ) {
    const { finding } = await fuzz(planOf(entry, { hangMs: 500 }));
    assertEquals(finding?.name, "hang");
    assert(finding !== null && isGuilty(finding.input), entry);
  }
});

Deno.test("planted: memory that grows with every input is found", async () => {
  const { finding } = await fuzz(planOf("leak", { memory: 2 ** 28 }));
  assertEquals(finding?.name, "memory");
});
