import { assert, assertEquals } from "@std/assert";
import { addsUp, DatagramLane } from "./datagram_lane.ts";

/** Turns of the microtask queue that are tried: more than lie between a delivered copy and the end of the loop. */
const TURNS = 12;

for (let turns = 0; turns <= TURNS; turns++) {
  Deno.test(`a datagram that comes ${turns} turns after the last one has gone goes on, too`, async () => {
    const lane = new DatagramLane(1, {});
    const gone: number[] = [];
    const deliver = (bytes: Uint8Array) => Promise.resolve(void gone.push(...bytes));
    lane.take(Uint8Array.of(1), async (bytes) => {
      await deliver(bytes);
      void later(turns, () => lane.take(Uint8Array.of(2), deliver));
    });
    // A turn of the event loop is long enough for all turns of the microtask queue.
    await new Promise((resolve) => setTimeout(resolve));
    assertEquals(gone, [1, 2]);
    assertEquals(lane.counts.underWay, 0);
    assert(addsUp(lane.counts));
    await lane.settle();
  });
}

/** Does something so many turns of the microtask queue from now. */
async function later(turns: number, act: () => void): Promise<void> {
  for (let turn = 0; turn < turns; turn++) await null;
  act();
}
