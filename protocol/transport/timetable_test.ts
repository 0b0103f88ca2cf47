import { assertEquals } from "@std/assert";
import { RandomStream } from "./random_stream.ts";
import { Timetable } from "./timetable.ts";

Deno.test("events come when they are due, those of the same time in their order", () => {
  const random = new RandomStream(3, "timetable");
  const timetable = new Timetable<[due: number, order: number]>();
  const due: [number, number][] = [];
  const came: [number, number][] = [];
  for (let order = 0; order < 5000; order++) {
    const event: [number, number] = [random.below(50), order];
    timetable.add(event[0], event);
    due.push(event);
  }
  assertEquals(timetable.size, 5000);
  for (let next = timetable.take(); next !== undefined; next = timetable.take()) came.push(next);
  assertEquals(came, due.sort(([a, i], [b, j]) => a - b || i - j));
  assertEquals([timetable.size, timetable.nextMs, timetable.take()], [0, undefined, undefined]);
});

Deno.test("events may be added between others", () => {
  const timetable = new Timetable<string>();
  timetable.add(2, "b");
  timetable.add(1, "a");
  assertEquals([timetable.nextMs, timetable.take()], [1, "a"]);
  timetable.add(1.5, "between");
  timetable.add(2, "c");
  assertEquals([timetable.take(), timetable.take(), timetable.take()], ["between", "b", "c"]);
});
