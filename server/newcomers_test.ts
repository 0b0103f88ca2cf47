import { assert, assertEquals } from "@std/assert";
import { afterPoll } from "../protocol/session/after_poll.ts";
import { Newcomers } from "./newcomers.ts";

/** Newcomers by name; what was served and what was pushed out, in order. */
function gathering(most: number) {
  const dropped: string[] = [], served: string[] = [];
  const keys = new Map<string, object>();
  const turns: Promise<unknown>[] = [];
  const newcomers = new Newcomers(most);
  return {
    newcomers,
    dropped,
    served,
    enter(name: string, source: string) {
      const key = {};
      keys.set(name, key);
      const turn = newcomers.enter(key, source, () => dropped.push(name));
      if (turn === true) served.push(name);
      else turns.push(turn.then((is) => is && served.push(name)));
    },
    leave: (name: string) => newcomers.leave(keys.get(name) ?? {}),
    /** Everybody has had a turn, and the next one is free again. */
    async settled() {
      await Promise.all(turns);
      await new Promise((resolve) => setTimeout(resolve, 5));
    },
  };
}

const names = (count: number, from = 0) => Array.from({ length: count }, (_, i) => `${from + i}`);

Deno.test("whoever has most of them loses its oldest one", async () => {
  const { newcomers, dropped, enter, settled } = gathering(4);
  enter("good", "a");
  for (const name of names(100)) enter(name, "flood");
  enter("late", "b");
  assertEquals(newcomers.size, 4);
  assertEquals(dropped, names(98));
  await settled();
});

Deno.test("a few are served at once; of more, those whose source has fewest, and the newest of it", async () => {
  const { served, enter, settled } = gathering(1000);
  for (const name of names(100)) enter(name, "flood");
  enter("good", "a");
  assertEquals(served, names(8));
  await settled();
  assertEquals(served.slice(8, 10), ["good", "99"]);
  assertEquals(served.length, 101);
  enter("later", "flood");
  assertEquals(served.at(-1), "later");
  await settled();
});

Deno.test("who has introduced itself or gone is no newcomer, and nothing of it is kept", async () => {
  const { newcomers, dropped, served, enter, leave, settled } = gathering(20);
  for (const name of names(20)) enter(name, "a");
  // The last of them still wait.
  for (const name of names(20)) {
    leave(name);
    leave(name);
  }
  assertEquals([newcomers.size, newcomers.sources, dropped], [0, 0, []]);
  // Nobody waits any more, so in the next turn one more does not have to.
  await new Promise<void>((resolve) => afterPoll(resolve));
  enter("next", "a");
  assertEquals(served, [...names(8), "next"]);
  leave("next");
  await settled();
  assertEquals(served, [...names(8), "next"]);
  for (const name of names(21, 20)) enter(name, "a");
  leave("20");
  leave("21");
  assertEquals([newcomers.size, dropped], [19, ["20"]]);
  await settled();
  assert(served.includes("40"));
});

Deno.test("who leaves the line does not take the turn of another one", async () => {
  const { served, enter, leave, settled } = gathering(20);
  for (const name of names(11)) enter(name, "a");
  // The newest would have been the next.
  leave("10");
  await settled();
  assertEquals(served, [...names(8), "9", "8"]);
});
