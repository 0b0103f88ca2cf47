import { assertEquals } from "@std/assert";
import { afterPoll } from "./after_poll.ts";
import { Turns } from "./turns.ts";

const nextTurn = () => new Promise<void>((resolve) => afterPoll(resolve));

Deno.test("what costs so much goes in one turn, first come, first served", async () => {
  let now = 0;
  const turns = new Turns(10, () => now);
  const gone: string[] = [];
  const go = (name: string, cost: number) => {
    const turn = turns.take(cost);
    if (turn === null) gone.push(name);
    else turn.then(() => gone.push(name));
  };
  // A turn that is not used up has room for one more, however much that is.
  go("a", 6);
  go("b", 6);
  go("c", 6);
  go("d", 100);
  go("e", 1);
  assertEquals(gone.splice(0), ["a", "b"]);
  await nextTurn();
  assertEquals(gone.splice(0), ["c", "d"]);
  await nextTurn();
  assertEquals(gone.splice(0), ["e"]);
  await nextTurn();
  // What comes more slowly needs no turns.
  for (now = 1; now < 10; now++) go("f", 10);
  assertEquals(gone.length, 9);
});
