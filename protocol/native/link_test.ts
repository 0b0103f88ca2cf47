import { assert, assertEquals } from "@std/assert";
import { concat } from "@std/bytes/concat";
import type { Connection } from "../transport/mod.ts";
import { encodeMessage, Link } from "./link.ts";
import { settingsOf } from "./settings.ts";

/** A connection on which everything has come already. */
function filled(bytes: Uint8Array): Connection {
  let at = 0;
  return {
    local: "memory:here",
    remote: "memory:there",
    read(target) {
      const part = bytes.subarray(at, at + target.length);
      target.set(part);
      at += part.length;
      return Promise.resolve(part.length || null);
    },
    write: (source) => Promise.resolve(source.length),
    closeWrite: () => Promise.resolve(),
    close() {},
  };
}

Deno.test("messages without end leave room for everything else", async () => {
  const ping = encodeMessage({ type: "ping", id: 1 });
  const hello = encodeMessage({
    type: "hello",
    versions: [1],
    software: "test",
    limits: { part: 262_144, window: 4_194_304 },
    nonce: "ab".repeat(32),
  });
  const pings = 20_000;
  const connection = filled(concat([hello, ...new Array<Uint8Array>(pings).fill(ping)]));
  const link = new Link(connection, settingsOf({}));
  let come = 0, seen = NaN;
  setTimeout(() => seen = come, 0);
  await link.read({ message: () => come++, body() {} });
  link.close();
  assertEquals(come, pings + 1);
  // Without turns all of them come first.
  assert(seen < pings / 2, `${seen} messages came first`);
  // The last turn ends.
  await new Promise((resolve) => setTimeout(resolve, 20));
});
