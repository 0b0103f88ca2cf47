import { assert, assertEquals } from "@std/assert";
import type { Connection } from "../protocol/transport/mod.ts";
import { HeldConnection } from "./held_connection.ts";
import { inTurn } from "./in_turn.ts";

Deno.test("what moves little waits for nobody", async () => {
  const small = Promise.resolve(16_383), large = Promise.resolve(16_384);
  assert(inTurn(16_383, small) === small);
  assertEquals(await inTurn(16_384, large), 16_384);
  assertEquals(await inTurn(65_536, Promise.resolve(null)), null);
});

/** A connection on which everything goes at once, and for ever, and costs 0.1 ms. */
function endless(): Connection {
  const move = ({ length }: Uint8Array) => {
    for (const since = performance.now(); performance.now() - since < 0.1;);
    return Promise.resolve(length);
  };
  return {
    local: "memory:here",
    remote: "memory:there",
    read: move,
    write: move,
    closeWrite: () => Promise.resolve(),
    close() {},
  };
}

for (const direction of ["read", "write"] as const) {
  Deno.test(`${direction}: connections that move much leave room for everything else`, async () => {
    let through = 0, seen = -1;
    const move = async () => {
      const connection = new HeldConnection(endless()), block = new Uint8Array(262_144);
      for (let i = 0; i < 100; i++) await connection[direction](block);
      through++;
    };
    setTimeout(() => seen = through, 0);
    await Promise.all(Array.from({ length: 8 }, move));
    // Without turns all 200 MiB, 80 ms, go first.
    assertEquals([seen, through], [0, 8]);
    // The last turn ends.
    await new Promise((resolve) => setTimeout(resolve, 20));
  });
}
