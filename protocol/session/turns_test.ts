import { assertEquals } from "@std/assert";
import { setImmediate } from "node:timers";
import { afterPoll } from "./after_poll.ts";
import { Turns } from "./turns.ts";

const comesRound = () => new Promise<void>((resolve) => setImmediate(resolve));
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

Deno.test("where the runtime is held up they go round: so much in a turn, first come, first served", async () => {
  const { clock, gone, go } = begin();
  go("a", 6);
  go("a", 6);
  // Here the runtime is asked to come round, and there is some time for it.
  go("b", 6);
  clock.ms = 1.9;
  go("b", 6);
  assertEquals(gone.splice(0), ["a", "a", "b", "b"]);
  clock.ms = 2;
  // A turn that is not used up has room for one more, however much that is.
  for (const [name, cost] of [["c", 6], ["d", 3], ["e", 100], ["f", 1]] as const) go(name, cost);
  await comesRound();
  assertEquals(gone.splice(0), []);
  await nextTurn();
  assertEquals(gone.splice(0), ["c", "d", "e"]);
  // Nobody overtakes who waits.
  go("g", 1);
  assertEquals(gone.splice(0), []);
  await nextTurn();
  assertEquals(gone.splice(0), ["f", "g"]);
});

Deno.test("much that goes at once holds the runtime up as well", async () => {
  const { gone, go } = begin();
  go("a", 10);
  for (let i = 0; i < 4; i++) go("b", 1_048_576);
  go("c", 1);
  assertEquals(gone.splice(0), ["a", "b", "b", "b", "b"]);
  await nextTurn();
  assertEquals(gone, ["c"]);
});

Deno.test("as long as the runtime comes round nobody waits, however much is moved", async () => {
  const { clock, gone, go } = begin();
  for (let i = 0; i < 10; i++) {
    for (let k = 0; k < 10; k++) go("a", 100_000);
    clock.ms += 1.9;
    await comesRound();
  }
  assertEquals(gone.length, 100);
});

Deno.test("what comes slowly asks for nothing", () => {
  const { clock, gone, go } = begin();
  // What was left to be called would fail this test.
  for (; clock.ms < 10; clock.ms++) go("a", 10);
  assertEquals(gone.length, 10);
});
