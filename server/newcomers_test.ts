import { assertEquals } from "@std/assert";
import { Newcomers } from "./newcomers.ts";

/** Newcomers by name; `dropped` are those that were pushed out, in order. */
function gathering(most: number) {
  const dropped: string[] = [];
  const keys = new Map<string, object>();
  const newcomers = new Newcomers(most);
  return {
    newcomers,
    dropped,
    enter(name: string, remote: string) {
      const key = {};
      keys.set(name, key);
      newcomers.enter(key, remote, () => dropped.push(name));
    },
    leave: (name: string) => newcomers.leave(keys.get(name) ?? {}),
  };
}

Deno.test("whoever has most of them loses its oldest one", () => {
  const { newcomers, dropped, enter } = gathering(4);
  enter("good", "tcp://127.0.0.3:1");
  for (let i = 0; i < 100; i++) enter(`flood ${i}`, `tcp://127.0.0.2:${i + 1}`);
  enter("late", "tcp://127.0.0.4:1");
  assertEquals(newcomers.size, 4);
  assertEquals(dropped, Array.from({ length: 98 }, (_, i) => `flood ${i}`));
});

Deno.test("a /64 is one source, and so are all who come by a path", () => {
  for (const many of ["tcp://[2001:db8::%]:1", "unix:", "tls://[::ffff:8.8.8.8]:%"]) {
    const { dropped, enter } = gathering(3);
    enter("good", "tcp://8.8.4.4:1");
    for (let i = 1; i <= 4; i++) enter(`${i}`, many.replace("%", `${i}`));
    assertEquals(dropped, ["1", "2"], many);
  }
});

Deno.test("who has introduced itself or gone is no newcomer, and nothing of it is kept", () => {
  const { newcomers, dropped, enter, leave } = gathering(2);
  for (let i = 0; i < 10; i++) {
    enter(`${i}`, "tcp://8.8.8.8:1");
    leave(`${i}`);
    leave(`${i}`);
  }
  assertEquals([newcomers.size, dropped], [0, []]);
  enter("a", "tcp://8.8.8.8:1");
  enter("b", "tcp://8.8.8.8:2");
  enter("c", "tcp://8.8.8.8:3");
  leave("a");
  assertEquals([newcomers.size, dropped], [2, ["a"]]);
});
