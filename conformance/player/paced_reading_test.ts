import { assertEquals } from "@std/assert";
import { memoryPair } from "../../protocol/transport/mod.ts";
import { PacedReading } from "./paced_reading.ts";

/** Whether a promise has settled by the next turn but one of the event loop. */
async function isSettled(promise: Promise<unknown>): Promise<boolean> {
  let settled = false;
  promise.finally(() => settled = true).catch(() => {});
  for (let i = 0; i < 2; i++) await new Promise((resolve) => setTimeout(resolve, 1));
  return settled;
}

Deno.test("a reader that is held up gets nothing until it is let go", async () => {
  const [ours, theirs] = memoryPair();
  const paced = new PacedReading(ours);
  paced.pace = "held";
  const reading = paced.read(new Uint8Array(8));
  await theirs.write(Uint8Array.of(1, 2, 3));
  assertEquals(await isSettled(reading), false);
  paced.pace = undefined;
  assertEquals(await reading, 3);
  paced.close();
  theirs.close();
});

Deno.test("a slow reader gets so many bytes at once", async () => {
  const [ours, theirs] = memoryPair();
  const paced = new PacedReading(ours);
  paced.pace = { bytes: 2, pauseMs: 0 };
  await theirs.write(Uint8Array.of(1, 2, 3));
  const buffer = new Uint8Array(8);
  assertEquals([await paced.read(buffer), await paced.read(buffer)], [2, 1]);
  paced.close();
  theirs.close();
});

Deno.test("closing and resetting end a reader that is held up", async () => {
  for (const end of ["close", "reset"] as const) {
    const [ours, theirs] = memoryPair();
    const paced = new PacedReading(ours);
    paced.pace = "held";
    const reading = paced.read(new Uint8Array(8)).catch(() => "ended");
    paced[end]();
    assertEquals(await reading, "ended");
    theirs.close();
  }
});
