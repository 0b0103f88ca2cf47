import { assert, assertEquals } from "@std/assert";
import { connectionOf } from "../../protocol/transport/mod.ts";
import { openEdgeProbe } from "../edge/edge_probe.ts";
import { UnreadConnection } from "./unread_connection.ts";

const MEGABYTE = 1024 * 1024;
const LIMITS = { mostBytes: 16 * MEGABYTE, stoppedMs: 150, mostMs: 20_000 };

/** Connects to a peer that treats the socket as `handle` says, and presses it. */
async function withPeer<T>(
  handle: (socket: Deno.TcpConn) => Promise<unknown>,
  use: (connection: UnreadConnection) => Promise<T>,
): Promise<T> {
  using listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const accepting = listener.accept();
  const connection = connectionOf(
    await Deno.connect({ hostname: "127.0.0.1", port: listener.addr.port }),
  );
  using theirs = await accepting;
  using probe = openEdgeProbe();
  const handled = handle(theirs).catch(() => {});
  try {
    using unread = new UnreadConnection(
      connection,
      probe.watch(connection.addresses),
      () => performance.now(),
    );
    return await use(unread);
  } finally {
    await handled;
  }
}

Deno.test("a peer that stops reading, closes, or takes it all is told apart", async () => {
  const bytes = new Uint8Array(MEGABYTE);
  const press = (unread: UnreadConnection) => unread.press(bytes, LIMITS);
  const takes = async (socket: Deno.TcpConn) => {
    const buffer = new Uint8Array(65_536);
    while (await socket.read(buffer) !== null);
  };
  const all = await withPeer(takes, press);
  assertEquals([all.how, all.taken], ["all", LIMITS.mostBytes]);
  const some = async (socket: Deno.TcpConn) => {
    await socket.read(new Uint8Array(1000));
    await new Promise((resolve) => setTimeout(resolve, 1500));
  };
  const stopped = await withPeer(some, press);
  assertEquals(stopped.how, "stopped");
  assert(stopped.taken < LIMITS.mostBytes);
  const closes = async (socket: Deno.TcpConn) => {
    await socket.read(new Uint8Array(1000));
    socket.close();
  };
  // Whether the socket is closed twice is no matter here.
  const closed = await withPeer(
    (socket) => closes(socket),
    press,
  ).catch((error) => {
    if (error instanceof Deno.errors.BadResource) return { how: "closed" };
    throw error;
  });
  assertEquals(closed.how, "closed");
});

Deno.test("what a peer kept is counted as far as asked", async () => {
  const kept = await withPeer(
    (socket) => socket.write(new Uint8Array(5000)),
    (unread) => unread.count({ mostBytes: 10_000, idleMs: 100 }),
  );
  assertEquals(kept, 5000);
});
