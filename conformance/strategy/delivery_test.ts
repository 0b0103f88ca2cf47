import { assertEquals, assertThrows } from "@std/assert";
import { framing } from "../../protocol/framing/mod.ts";
import type { Contract } from "../stimulus/contract.ts";
import { EXPECTATIONS } from "../stimulus/expectation.ts";
import { framePart, Stimulus } from "../stimulus/stimulus.ts";
import { singleCuts } from "./cut_plan.ts";
import { chained, cutting, mapped, these } from "./deliveries.ts";
import { deliver, frameByFrame, isHostile, joined, keptApart } from "./delivery.ts";

const contract: Contract = { framing: framing("u8"), expectation: EXPECTATIONS.echo };
const stimulus = new Stimulus(
  contract,
  ["ab", "c"].map((text) => framePart(contract, new TextEncoder().encode(text))),
);

Deno.test("joined deliveries are cut and waited for where they were", () => {
  const one = deliver(stimulus, [1], { waits: [5] });
  const two = deliver(stimulus, [2, 4], { waits: [4], end: "fin" });
  const { stimulus: both, cuts, waits, end } = joined(contract, [one, two]);
  assertEquals(both.bytes.length, 10);
  assertEquals([cuts, waits, end], [[1, 5, 7, 9], [5, 9], "fin"]);
});

Deno.test("frame by frame waits at every seam; kept apart keeps other cuts", () => {
  assertEquals([frameByFrame(stimulus).cuts, frameByFrame(stimulus).waits], [[3], [3]]);
  const apart = keptApart(deliver(stimulus, [1, 4]));
  assertEquals([apart.cuts, apart.waits], [[1, 3, 4], [3]]);
});

Deno.test("a delivery is hostile when its connection does not outlive it", () => {
  const tail = new Stimulus(contract, [{ kind: "tail", wire: Uint8Array.of(9) }]);
  assertEquals(isHostile(deliver(stimulus)), false);
  assertEquals(isHostile(deliver(stimulus, [], { end: "fin" })), true);
  assertEquals(isHostile(deliver(tail)), true);
});

Deno.test("sets of deliveries are counted, chained and changed without being made", () => {
  const cut = cutting(stimulus, singleCuts(5));
  const both = chained([these([deliver(stimulus)]), cut]);
  assertEquals(both.count, 5);
  assertEquals([both.at(0).cuts, both.at(4).cuts], [[], [4]]);
  assertEquals(mapped(cut, keptApart).at(0).cuts, [1, 3]);
  assertThrows(() => both.at(5), RangeError);
});
