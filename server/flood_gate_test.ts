import { assertEquals } from "@std/assert";
import { FloodGate } from "./flood_gate.ts";

Deno.test("so many pass at once, so many each second, and quiet times are no credit beyond that", () => {
  let now = 0;
  const gate = new FloodGate(3, 2, () => now);
  /** How many of ten pass. */
  const passed = () => Array.from({ length: 10 }, () => gate.pass()).filter((one) => one).length;
  assertEquals(passed(), 3);
  now += 400;
  assertEquals(passed(), 0);
  now += 100;
  assertEquals(passed(), 1);
  now += 1000;
  assertEquals(passed(), 2);
  now += 3_600_000;
  assertEquals(passed(), 3);
});
