import { assert, assertEquals } from "@std/assert";
import { widthOf } from "../../cli/width.ts";
import { barLine, type BarState } from "./report.ts";

const STATE: BarState = {
  ...{ value: 5 * 1024 * 1024, max: 10 * 1024 * 1024, time: 1000 },
  progressBar: "############------------",
  ...{ doing: "", name: "a.iso", stalledMs: 0 },
};

Deno.test("the line with the bar tells name, share, bytes, rate and time left", () => {
  assertEquals(
    barLine(STATE, 120),
    "a.iso ############------------ 50 % 5.0 MiB of 10.0 MiB 5.0 MiB/s, 1 s left",
  );
  assertEquals(
    barLine({ ...STATE, doing: "checking ", stalledMs: 7000 }, 120),
    "checking a.iso ############------------ 50 % 5.0 MiB of 10.0 MiB stalled for 7 s",
  );
  assertEquals(barLine({ ...STATE, max: Infinity }, 120), "a.iso 5.0 MiB 5.0 MiB/s");
});

Deno.test("it is never as wide as the terminal, whatever the name; a long name gives way first", () => {
  const names = ["x".repeat(300), "粘包".repeat(90), "\u202e\u001b[2J".repeat(40), "👍🏽".repeat(90)];
  for (const name of names) {
    for (const columns of [1, 20, 80, 81, 120, 200]) {
      const line = barLine({ ...STATE, name }, columns);
      assert(widthOf(line) < columns, `${columns}: ${line}`);
      if (columns < 80) continue;
      assert(line.includes("… ####") && line.endsWith("1 s left"), line);
      assert(widthOf(line) >= columns - 2, `${columns}: ${line}`);
    }
  }
});
