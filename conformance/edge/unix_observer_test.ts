import { assert, assertEquals } from "@std/assert";
import type { UnixSocket } from "./unix_diag.ts";
import { UnixObserver } from "./unix_observer.ts";

function observe(...answers: (Partial<UnixSocket> | undefined)[]): (string | undefined)[] {
  const all = answers.map((answer) =>
    answer && { peerInode: 7, unreadByPeer: 0, ended: false, ...answer }
  );
  const look = new UnixObserver(() => all.shift(), 0).begin();
  return answers.map(() => look());
}

Deno.test("a Unix edge is proven by an empty queue and then a target that is still there", () => {
  assertEquals(observe({ unreadByPeer: 768 }, {}, {}), [undefined, undefined, "proven"]);
});

Deno.test("a target that closed and threw its queue away has proven nothing", () => {
  assertEquals(observe({ unreadByPeer: 768 }, {}, { peerInode: 0, ended: true }), [
    undefined,
    undefined,
    "gone",
  ]);
});

Deno.test("a target that has not accepted is waited for", () => {
  assertEquals(observe({ peerInode: 0 }, { peerInode: 0 }, {}), [undefined, undefined, undefined]);
});

Deno.test("a target that shut its sending down still reads", () => {
  assertEquals(observe({ ended: true }, { ended: true }), [undefined, "proven"]);
});

Deno.test("a Unix edge is gone when our own socket is", () => {
  assertEquals(observe(undefined), ["gone"]);
});

Deno.test("a Unix edge is proven no sooner than after the quiet time", () => {
  const look = new UnixObserver(() => ({ peerInode: 7, unreadByPeer: 0, ended: false }), 5).begin();
  const started = performance.now();
  while (look() !== "proven");
  assert(performance.now() - started >= 5);
});
