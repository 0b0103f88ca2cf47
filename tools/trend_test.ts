import { assertEquals } from "@std/assert";
import { slopePerMinute } from "./trend.ts";

Deno.test("the slope is that of the second half, whatever the first one did", () => {
  const samples = Array.from({ length: 20 }, (_, i) => ({
    at: 3000 * i,
    value: i < 10 ? 1000 * i : 500 + 3 * i,
  }));
  assertEquals(Math.round(slopePerMinute(samples)), 60);
  assertEquals(slopePerMinute([]), 0);
  assertEquals(slopePerMinute([{ at: 1, value: 1 }]), 0);
});
