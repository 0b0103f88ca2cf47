import { assertEquals } from "@std/assert";
import { afterPoll } from "./after_poll.ts";
import { Turns } from "./turns.ts";

const nextTurn = () => new Promise<void>((resolve) => afterPoll(resolve));

/** Turns of 10, their clock, and who has gone. */
function begin() {
  const clock = { ms: 0 };
  const turns = new Turns(10, () => clock.ms);
  const gone: string[] = [];
  const go = (name: string, cost: number) => {
    const turn = turns.take(cost);
    if (turn === null) gone.push(name);
    else turn.then(() => gone.push(name));
  };
  return { clock, gone, go };
}

Deno.test("who waits for a late look goes round, so much between two looks, first come, first served", async () => {
  const { clock, gone, go } = begin();
  go("a", 6);
  go("a", 6);
  // Here a look is asked for, and there is time until it is late.
  go("b", 100);
  clock.ms = 3.9;
  go("b", 100);
  assertEquals(gone.splice(0), ["a", "a", "b", "b"]);
  clock.ms = 4;
  // A turn that is not used up has room for one more, however much that is.
  for (const [name, cost] of [["c", 6], ["d", 3], ["e", 100], ["f", 1]] as const) go(name, cost);
  assertEquals(gone.splice(0), []);
  await nextTurn();
  assertEquals(gone.splice(0), ["c", "d", "e"]);
  clock.ms = 8;
  // Nobody overtakes who waits.
  go("g", 1);
  assertEquals(gone.splice(0), []);
  await nextTurn();
  assertEquals(gone.splice(0), ["f", "g"]);
});

Deno.test("as long as everybody is looked after nobody waits, however much is moved", async () => {
  const { clock, gone, go } = begin();
  for (let i = 0; i < 10; i++) {
    for (let k = 0; k < 10; k++) go("a", 100);
    clock.ms += 3.9;
    await nextTurn();
  }
  assertEquals(gone.length, 100);
});

Deno.test("what comes slowly asks for no look", () => {
  const { clock, gone, go } = begin();
  // A timer that was left would fail this test.
  for (; clock.ms < 10; clock.ms++) go("a", 10);
  assertEquals(gone.length, 10);
});
