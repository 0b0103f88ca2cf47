import { assert, assertEquals, assertMatch, assertRejects } from "@std/assert";
import { EdgeProbeError } from "./edge_probe_error.ts";
import { type EdgeMethod, type EdgeProbe, type EdgeTarget, openEdgeProbe } from "./edge_probe.ts";

const ignore = Deno.build.os !== "linux";
const patient = { deadlineMs: 60_000 };
const hasty = { deadlineMs: 5 };
const TWO = new Uint8Array(2);

// Two ends of a connection within this process.
class Ends implements Disposable {
  constructor(
    readonly listener: Deno.Listener,
    readonly ours: Deno.Conn,
    readonly theirs: Deno.Conn,
  ) {}

  static async tcp(listenOn = "127.0.0.1", connectTo = listenOn): Promise<Ends> {
    const listener = Deno.listen({ hostname: listenOn, port: 0 });
    const ours = await Deno.connect({ hostname: connectTo, port: listener.addr.port });
    return new Ends(listener, ours, await listener.accept());
  }

  async theyRead(): Promise<number | null> {
    return await this.theirs.read(new Uint8Array(100));
  }

  [Symbol.dispose](): void {
    for (const end of [this.ours, this.theirs, this.listener]) close(end);
  }
}

function endsOf(connection: Deno.Conn): EdgeTarget {
  return { local: connection.localAddr, remote: connection.remoteAddr };
}

// A test may have closed it already.
function close(end: Disposable): void {
  try {
    end[Symbol.dispose]();
  } catch (error) {
    if (!(error instanceof Deno.errors.BadResource)) throw error;
  }
}

async function temporarySocket(): Promise<{ path: string } & AsyncDisposable> {
  const directory = await Deno.makeTempDir();
  return {
    path: `${directory}/edge.sock`,
    [Symbol.asyncDispose]: () => Deno.remove(directory, { recursive: true }),
  };
}

for (
  const [name, listenOn, connectTo] of [
    ["IPv4", "127.0.0.1", "127.0.0.1"],
    ["IPv6", "::1", "::1"],
    ["IPv4 into an IPv6 socket", "::", "127.0.0.1"],
  ] as const
) {
  for (const method of ["sock_diag", "proc"] as const) {
    Deno.test(
      { name: `${method} proves over ${name} what was read, no more`, ignore },
      async () => {
        using probe = openEdgeProbe({ method });
        assertEquals(probe.method, method);
        using ends = await Ends.tcp(listenOn, connectTo);
        const edge = probe.watch(endsOf(ends.ours));
        assertEquals(edge.method, method);

        await ends.ours.write(new Uint8Array(150));
        assertEquals(await edge.settled(hasty), "timeout", "nothing was read");
        assertEquals(await ends.theyRead(), 100);
        assertEquals(await edge.settled(hasty), "timeout", "a part was read");
        assertEquals(await ends.theyRead(), 50);
        assertEquals(await edge.settled(patient), "proven", "all was read");
        assertEquals(await edge.settled(patient), "proven", "nothing was sent since");
        assert(edge.targetInode > 0);
      },
    );
  }
}

Deno.test({ name: "an end that was sent counts until it was read", ignore }, async () => {
  using probe = openEdgeProbe();
  using ends = await Ends.tcp();
  const edge = probe.watch(endsOf(ends.ours));
  await ends.ours.closeWrite();
  assertEquals(await edge.settled(hasty), "timeout");
  assertEquals(await ends.theyRead(), null);
  assertEquals(await edge.settled(patient), "proven");
});

Deno.test({ name: "a target that closed with bytes unread is gone", ignore }, async () => {
  using probe = openEdgeProbe();
  using ends = await Ends.tcp();
  const edge = probe.watch(endsOf(ends.ours));
  await ends.ours.write(TWO);
  ends.theirs.close();
  assertEquals(await edge.settled(patient), "gone");
});

Deno.test(
  { name: "TLS is proven too, though the program does not count its bytes", ignore },
  async () => {
    const testdata = new URL("../../protocol/transport/testdata/", import.meta.url);
    const cert = await Deno.readTextFile(new URL("cert.pem", testdata));
    const key = await Deno.readTextFile(new URL("key.pem", testdata));
    const listener = Deno.listenTls({ hostname: "127.0.0.1", port: 0, cert, key });
    const { port } = listener.addr;
    const [theirs, ours] = await Promise.all([
      listener.accept(),
      Deno.connectTls({ hostname: "localhost", port, caCerts: [cert] }),
    ]);
    using ends = new Ends(listener, ours, theirs);
    await Promise.all([theirs.handshake(), ours.handshake()]);
    using probe = openEdgeProbe();
    const edge = probe.watch(endsOf(ours));
    for (let chunk = 0; chunk < 3; chunk++) {
      await ours.write(TWO);
      assertEquals(await edge.settled(hasty), "timeout");
      assertEquals(await ends.theyRead(), 2);
      assertEquals(await edge.settled(patient), "proven");
    }
  },
);

Deno.test(
  { name: "sock_diag proves over a Unix socket what was read, no more", ignore },
  async () => {
    await using socket = await temporarySocket();
    using probe = openEdgeProbe();
    using listener = Deno.listen({ transport: "unix", path: socket.path });
    using ours = await Deno.connect({ transport: "unix", path: socket.path });
    const edge = probe.watch(endsOf(ours));
    assertEquals(edge.method, "sock_diag");

    await ours.write(new Uint8Array(150));
    assertEquals(await edge.settled(hasty), "timeout", "not accepted yet");
    const theirs = await listener.accept();
    using ends = new Ends(listener, ours, theirs);
    assert(edge.targetInode > 0);
    assertEquals(await ends.theyRead(), 100);
    assertEquals(await edge.settled(hasty), "timeout", "a part was read");
    assertEquals(await ends.theyRead(), 50);
    assertEquals(await edge.settled(patient), "proven", "all was read");

    await ours.write(TWO);
    theirs.close();
    assertEquals(await edge.settled(patient), "gone", "thrown away is not read");
  },
);

Deno.test({ name: "Unix connections are never mistaken for one another", ignore }, async () => {
  await using socket = await temporarySocket();
  using probe = openEdgeProbe();
  using listener = Deno.listen({ transport: "unix", path: socket.path });
  const address = { transport: "unix", path: socket.path } as const;
  using first = await Deno.connect(address);
  const edgeOfFirst = probe.watch(endsOf(first));
  using second = await Deno.connect(address);
  using third = await Deno.connect(address);

  assertEquals(edgeOfFirst.method, "sock_diag");
  const unclear = probe.watch(endsOf(second));
  assertEquals(unclear.method, "none");
  assertMatch(unclear.reason, /which of 3 connections.*watch each one before the next is opened/);
  third.close();
  assertEquals(probe.watch(endsOf(second)).method, "sock_diag");
  listener.close();
});

Deno.test({
  name: "without --allow-ffi edges are assumed, with the reason",
  permissions: { net: true },
}, async () => {
  using probe = openEdgeProbe();
  assertEquals(probe.method, "none");
  assertMatch(probe.reason, ignore ? /is not Linux/ : /--allow-ffi/);
  using ends = await Ends.tcp();
  const edge = probe.watch(endsOf(ends.ours));
  assertEquals([edge.method, edge.reason, edge.targetInode], ["none", probe.reason, 0]);
  assertEquals(await edge.settled(patient), "assumed");
});

Deno.test("the gap of an assumed edge is waited for, within the deadline", async () => {
  using probe = openEdgeProbe({ method: "none", gapMs: 20 });
  using ends = await Ends.tcp();
  const edge = probe.watch(endsOf(ends.ours));
  const started = performance.now();
  assertEquals(await edge.settled(patient), "assumed");
  assert(performance.now() - started >= 19);
  using slow = openEdgeProbe({ method: "none", gapMs: 60_000 });
  assertEquals(await slow.watch(endsOf(ends.ours)).settled(hasty), "assumed");
});

Deno.test({ name: "a transport that cannot be observed says so", ignore }, () => {
  using probe = openEdgeProbe();
  const address = { transport: "udp", hostname: "127.0.0.1", port: 9 } as const;
  const edge = probe.watch({ local: address, remote: address });
  assertEquals([edge.method, edge.reason], ["none", "Cannot observe a connection over udp"]);
  assertEquals(probe.watch(undefined).reason, "Cannot observe a connection without addresses");
});

Deno.test({ name: "a closed probe refuses", ignore }, async () => {
  using ends = await Ends.tcp();
  const probe = openEdgeProbe();
  const edge = probe.watch(endsOf(ends.ours));
  probe[Symbol.dispose]();
  await assertRejects(() => edge.settled(patient), EdgeProbeError, "closed");
});

// The truth about edges, told by a program that counts its own reads. It runs in another process; its
// source is passed as text, so it uses nothing from here.
async function countReads(path?: string): Promise<void> {
  const listener = path === undefined
    ? Deno.listen({ hostname: "127.0.0.1", port: 0 })
    : Deno.listen({ transport: "unix", path });
  const { addr } = listener;
  console.log(addr.transport === "tcp" ? addr.port : 0);
  const connection = await listener.accept();
  const buffer = new Uint8Array(65536);
  let reads = 0;
  while (await connection.read(buffer) !== null) {
    reads++;
    await new Promise((resolve) => setTimeout(resolve, 2));
  }
  console.log(reads);
  Deno.exit();
}

/** How many reads a slow program needs for 200 chunks, each sent when the edge before is settled. */
async function readsOf200Chunks(probe: EdgeProbe, method: EdgeMethod, path?: string) {
  const source = `await (${countReads})(${JSON.stringify(path)})`;
  await using target = new Deno.Command(Deno.execPath(), {
    args: ["eval", "--no-config", source],
    stdout: "piped",
  }).spawn();
  const lines = target.stdout.pipeThrough(new TextDecoderStream());
  let output = "";
  for await (const text of lines) {
    const first = output === "";
    output += text;
    if (!first) continue;
    using connection = path === undefined
      ? await Deno.connect({ hostname: "127.0.0.1", port: Number(text) })
      : await Deno.connect({ transport: "unix", path });
    if ("setNoDelay" in connection) connection.setNoDelay();
    const edge = probe.watch(endsOf(connection));
    assertEquals(edge.method, method, edge.reason);
    for (let chunk = 0; chunk < 200; chunk++) {
      await connection.write(TWO);
      assertEquals(await edge.settled(patient), "proven");
    }
  }
  assertEquals((await target.status).code, 0);
  return Number(output.trim().split("\n").at(-1));
}

Deno.test(
  { name: "another process reads 200 proven TCP chunks in 200 reads", ignore },
  async () => {
    using probe = openEdgeProbe();
    assertEquals(await readsOf200Chunks(probe, "sock_diag"), 200);
  },
);

Deno.test(
  { name: "another process reads 200 proven Unix chunks in as many reads", ignore },
  async () => {
    await using socket = await temporarySocket();
    using probe = openEdgeProbe();
    const reads = await readsOf200Chunks(probe, "sock_diag", socket.path);
    // See unix_observer.ts for the rare one that may be read with the next.
    assert(reads >= 198, `${reads} reads`);
  },
);
