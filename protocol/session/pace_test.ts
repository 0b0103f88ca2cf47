import { assertEquals } from "@std/assert";
import { Pace } from "./pace.ts";

Deno.test("bytes earn time, but none in advance", () => {
  const pace = new Pace(100);
  pace.begin(1000);
  pace.begin(5000);
  assertEquals(pace.since, 1000);
  pace.moved(50, 4000);
  assertEquals(pace.since, 1500);
  pace.moved(0, 4000);
  assertEquals(pace.since, 1500);
  pace.moved(1_000_000, 4000);
  assertEquals(pace.since, 4000);
  pace.end();
  assertEquals(pace.since, NaN);
  pace.moved(1, 5000);
  assertEquals(pace.since, NaN);
  pace.begin(6000);
  assertEquals(pace.since, 6000);
});

Deno.test("without a speed any byte is enough, or none earns anything", () => {
  for (const [rate, since] of [[Number.MIN_VALUE, 900], [Infinity, 100]] as const) {
    const pace = new Pace(rate);
    pace.begin(100);
    pace.moved(1, 900);
    assertEquals(pace.since, since);
  }
});
