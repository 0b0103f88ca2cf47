import { assert, assertEquals, assertThrows } from "@std/assert";
import { EdgeProbeError } from "./edge_probe_error.ts";
import { TcpObserver } from "./tcp_observer.ts";
import type { TcpSocket } from "./tcp_socket.ts";

function socket(fields: Partial<TcpSocket> = {}): TcpSocket {
  const totals = { received: 0, written: 0 };
  return { state: 1, unread: 0, unacknowledged: 0, inode: 7, totals, ...fields };
}

// One chunk of 2 bytes moves through the kernel at chosen times. Each answer samples the unread bytes
// at one time and the totals at the next, as the kernel does.
function* schedules(): Generator<{ arrival: number; read: number }> {
  for (let arrival = 0; arrival < 12; arrival++) {
    for (let read = arrival; read < 12; read++) yield { arrival, read };
  }
}

Deno.test("by totals, nothing is proven before it is read, in whatever order things happen", () => {
  for (const { arrival, read } of schedules()) {
    let [now, sampled] = [0, 0];
    const own = () => socket({ totals: { received: 0, written: 2 } });
    const target = () => {
      sampled = now;
      const unread = now >= arrival && now < read ? 2 : 0;
      const received = now + 1 >= arrival ? 2 : 0;
      now += 2;
      return socket({ unread, totals: { received, written: 0 } });
    };
    const look = new TcpObserver(own, target).begin();
    while (look() !== "proven") assert(now < 20, `never proven: ${arrival}, ${read}`);
    assert(sampled >= read, `proven at ${sampled}, arrival ${arrival}, read ${read}`);
  }
});

Deno.test("by acknowledgement, nothing is proven before it is read", () => {
  for (const { arrival, read } of schedules()) {
    let [now, sampled] = [0, 0];
    const own = () => socket({ unacknowledged: now++ >= arrival ? 0 : 2, totals: undefined });
    const target = () => {
      sampled = now;
      const unread = now >= arrival && now < read ? 2 : 0;
      now++;
      return socket({ unread, totals: undefined });
    };
    const look = new TcpObserver(own, target).begin();
    while (look() !== "proven") assert(now < 20, `never proven: ${arrival}, ${read}`);
    assert(sampled >= read, `proven at ${sampled}, arrival ${arrival}, read ${read}`);
  }
});

Deno.test("bytes that we could not send yet are not proven", () => {
  const own = () => socket({ totals: { received: 0, written: 3 } });
  const target = () => socket({ totals: { received: 2, written: 0 } });
  const look = new TcpObserver(own, target).begin();
  for (let i = 0; i < 5; i++) assertEquals(look(), undefined);
});

Deno.test("a target that is not accepted yet is neither gone nor proven", () => {
  let now: TcpSocket = socket({ inode: 0, unread: 2, totals: { received: 2, written: 0 } });
  const look = new TcpObserver(() => socket({ totals: { received: 0, written: 2 } }), () => now)
    .begin();
  assertEquals(look(), undefined);
  now = socket({ inode: 0, state: 3, totals: undefined, unread: 1 }); // SYN_RECV
  assertEquals(look(), undefined);
  now = socket({ inode: 0, state: 8, unread: 3, totals: { received: 3, written: 0 } }); // CLOSE_WAIT
  assertEquals(look(), undefined);
});

for (
  const [how, after] of [
    ["its socket is away", undefined],
    ["it closed and waits for our FIN", socket({ inode: 0, state: 5, unread: 1 })],
  ] as const
) {
  Deno.test(`a target is gone when ${how}`, () => {
    let now: TcpSocket | undefined = socket();
    const observer = new TcpObserver(() => socket(), () => now);
    const look = observer.begin();
    now = after;
    assertEquals(look(), "gone");
    assertEquals(observer.targetInode, 0);
  });
}

Deno.test("everything is gone when our own socket is", () => {
  let own: TcpSocket | undefined = socket();
  const observer = new TcpObserver(() => own, () => socket());
  own = undefined;
  assertEquals(observer.begin()(), "gone");
});

Deno.test("a target that is elsewhere is not observed", () => {
  assertThrows(
    () => new TcpObserver(() => socket(), () => undefined),
    EdgeProbeError,
    "on another machine",
  );
});

Deno.test("a target that closed at once was not elsewhere", () => {
  const observer = new TcpObserver(() => socket({ state: 8 }), () => undefined);
  assertEquals(observer.begin()(), "gone");
});

Deno.test("a connection that the kernel does not show is not observed", () => {
  assertThrows(
    () => new TcpObserver(() => undefined, () => socket()),
    EdgeProbeError,
    "does not show it",
  );
});
