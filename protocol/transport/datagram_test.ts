/**
 * One set of tests for every kind of datagram socket.
 * @module
 */
import { assert, assertEquals, assertInstanceOf, assertRejects } from "@std/assert";
import type { DatagramChannel } from "./datagram.ts";
import { DatagramError, DatagramTooLargeError, TruncatedDatagramError } from "./datagram_errors.ts";
import { ListenError } from "./errors.ts";
import { type DatagramOptions, datagramsTo, openDatagrams } from "./open_datagrams.ts";

const bytes = (text: string) => new TextEncoder().encode(text);

/** How each kind opens a place; `name` tells places apart where they have names. */
interface Kind {
  readonly name: string;
  open(options?: DatagramOptions): Promise<DatagramChannel>;
}

const folder = Deno.makeTempDirSync();
globalThis.addEventListener("unload", () => Deno.removeSync(folder, { recursive: true }));
let places = 0;

const udp = (host: string, sockets: "deno" | "node"): Kind => ({
  name: `udp://${host} of ${sockets}`,
  open: (options = {}) => openDatagrams(`udp://${host}:0`, { sockets, ...options }),
});

const KINDS: readonly Kind[] = [
  udp("127.0.0.1", "deno"),
  udp("127.0.0.1", "node"),
  ...(await hasIPv6() ? [udp("[::1]", "deno"), udp("[::1]", "node")] : []),
  { name: "memory", open: (options) => openDatagrams(`memory:d${places++}`, options) },
  ...(Deno.build.os === "windows" ? [] : [{
    name: "unixgram",
    open: (options?: DatagramOptions) =>
      openDatagrams(`unixgram://${folder}/${places++}.sock`, options),
  }]),
];

async function hasIPv6(): Promise<boolean> {
  try {
    await using _channel = await openDatagrams("udp://[::1]:0");
    return true;
  } catch {
    return false;
  }
}

/** Kinds that have a buffer to reuse; all others get each datagram in one of its own. */
const REUSING = /of deno|unixgram/;

for (const { name, open } of KINDS) {
  Deno.test(`${name}: one is one, whole, from whom it says`, async () => {
    await using here = await open();
    await using there = await open();
    for (const length of [0, 1, 2, 508, 1024, 1025, 1232, 1472, 9000, 65_506, 65_507]) {
      const sent = new Uint8Array(length).map((_, i) => i * 7 + length);
      await here.send(sent, there.local);
      const datagram = await there.receive();
      assert(datagram !== null);
      assertEquals(datagram.bytes, sent, `${length} bytes`);
      // Who keeps it keeps no more than that: bounds of memory count its length.
      assertEquals(datagram.bytes.buffer.byteLength, length);
      assertEquals(datagram.from, here.local);
      await there.send(bytes("got it"), datagram.from);
      assertEquals((await here.receive())?.bytes, bytes("got it"));
    }
    assertEquals([here.dropped, here.maxPayload], [0, 65_507]);
  });

  Deno.test(`${name}: several never join, whatever their length`, async () => {
    await using here = await open();
    await using there = await open();
    const lengths = [3, 0, 1, 0, 0, 700, 2];
    for (const length of lengths) await here.send(new Uint8Array(length), there.endpoint);
    const got: number[] = [];
    for await (const { bytes } of there) {
      got.push(bytes.length);
      if (got.length === lengths.length) break;
    }
    assertEquals(got, lengths);
  });

  Deno.test(`${name}: too long is refused before anything is sent`, async () => {
    await using here = await open();
    await using small = await open({ maxPayload: 10 });
    await using there = await open();
    const error = await assertRejects(
      () => here.send(new Uint8Array(65_508), there.local),
      DatagramTooLargeError,
      "Cannot send a datagram of 65508 bytes: the longest has 65507",
    );
    assertEquals([error.reason, error.length, error.limit], ["too-large", 65_508, 65_507]);
    await assertRejects(() => small.send(new Uint8Array(11), there.local), DatagramTooLargeError);
    await small.send(new Uint8Array(10), there.local);
    assertEquals((await there.receive())?.bytes.length, 10);
  });

  Deno.test(`${name}: what does not fit is told, never cut short, and the next one comes`, async () => {
    await using here = await open();
    await using there = await open({ maxReceive: 8 });
    for (const length of [8, 9, 0, 4000, 1]) await here.send(new Uint8Array(length), there.local);
    assertEquals((await there.receive())?.bytes.length, 8);
    const error = await assertRejects(() => there.receive(), TruncatedDatagramError, here.endpoint);
    assertEquals([error.reason, error.from, error.limit], ["truncated", here.local, 8]);
    assertEquals((await there.receive())?.bytes.length, 0);
    const iterator = there[Symbol.asyncIterator]();
    await assertRejects(() => iterator.next(), TruncatedDatagramError);
    const next = await iterator.next();
    assertEquals(next.value?.bytes.length, 1);
  });

  Deno.test(`${name}: what was received stays as it is`, async () => {
    await using here = await open();
    await using there = await open();
    const sent = bytes("first");
    await here.send(sent, there.local);
    const first = await there.receive();
    await here.send(bytes("other"), there.local);
    const second = await there.receive();
    assertEquals([first?.bytes, second?.bytes], [bytes("first"), bytes("other")]);
    await here.send(sent, there.local);
    sent.fill(0);
    assertEquals((await there.receive())?.bytes, bytes("first"));
  });

  Deno.test(`${name}: with reuseBuffer each is whole until the next receive`, async () => {
    await using here = await open();
    await using there = await open({ reuseBuffer: true, maxReceive: 2000 });
    const buffers = new Set<unknown>();
    for (const length of [2000, 3, 0, 2001, 1999]) {
      const sent = new Uint8Array(length).fill(length);
      await here.send(sent, there.local);
      if (length > 2000) {
        await assertRejects(() => there.receive(), TruncatedDatagramError, here.endpoint);
        continue;
      }
      const datagram = await there.receive();
      assertEquals(datagram?.bytes, sent);
      buffers.add(datagram?.bytes.buffer);
    }
    if (REUSING.test(name)) assertEquals(buffers.size, 1);
  });

  Deno.test(`${name}: giving up waiting loses nothing`, async () => {
    await using here = await open();
    await using there = await open();
    const patience = new AbortController();
    const waiting = there.receive({ signal: patience.signal });
    patience.abort(new Error("enough"));
    await assertRejects(() => waiting, Error, "enough");
    await assertRejects(() => there.receive({ signal: patience.signal }), Error, "enough");
    await here.send(bytes("late"), there.local);
    assertEquals((await there.receive())?.bytes, bytes("late"));
  });

  Deno.test(`${name}: one receive at a time`, async () => {
    await using there = await open();
    const first = there.receive();
    await assertRejects(() => there.receive(), Deno.errors.Busy, "another receive is waiting");
    await there.close();
    assertEquals(await first, null);
  });

  Deno.test(`${name}: closing ends what waits, and all that comes behind`, async () => {
    await using there = await open();
    const here = await open();
    const waiting = here.receive();
    const looping = (async () => {
      for await (const _ of there) throw new Error("nobody sends");
    })();
    await Promise.all([here.close(), here.close(), there.close()]);
    assertEquals([await waiting, await here.receive(), await looping], [null, null, undefined]);
    const error = await assertRejects(() => here.send(bytes("x"), there.local), DatagramError);
    assertEquals(error.reason, "closed");
  });

  Deno.test(`${name}: addresses of other kinds are refused`, async () => {
    await using here = await open();
    const other = here.local.scheme === "memory" ? "udp://127.0.0.1:9" : "memory:x";
    const error = await assertRejects(() => here.send(bytes("x"), other), DatagramError);
    assertEquals(error.reason, "address");
    if (here.local.scheme === "udp") return;
    assertEquals(
      (await assertRejects(() => here.join("239.1.2.3"), DatagramError)).reason,
      "unsupported",
    );
  });
}

for (const sockets of ["deno", "node"] as const) {
  Deno.test(`udp of ${sockets}: names are looked up, port 0 and other families refused`, async () => {
    await using here = await openDatagrams("udp://localhost:0", { sockets });
    assert(here.local.scheme === "udp");
    assert(/^(127\.0\.0\.1|::1)$/.test(here.local.hostname));
    await using there = await openDatagrams("udp://127.0.0.1:0", { sockets });
    await using four = await openDatagrams("udp://127.0.0.1:0", { sockets });
    await four.send(bytes("by name"), there.endpoint.replace("127.0.0.1", "localhost"));
    assertEquals((await there.receive())?.bytes, bytes("by name"));
    for (
      const [to, reason] of [
        ["udp://127.0.0.1:0", "no-port"],
        ["udp://[::1]:9", "address"],
        ["udp://no-such-host.invalid:9", "unresolved"],
        ["udp://255.255.255.255:9", "denied"],
      ] as const
    ) {
      const error = await assertRejects(() => four.send(bytes("x"), to), DatagramError, "Cannot");
      assertEquals(error.reason, reason, to);
    }
  });

  Deno.test(`udp of ${sockets}: what cannot be opened says why`, async () => {
    await using here = await openDatagrams("udp://127.0.0.1:0", { sockets });
    for (
      const [place, reason] of [
        [here.endpoint, "in-use"],
        ["udp://192.0.2.1:0", "address"],
        ["udp://no-such-host.invalid:0", "unresolved"],
      ] as const
    ) {
      const error = await assertRejects(() => openDatagrams(place, { sockets }), ListenError);
      assertEquals(error.reason, reason, place);
    }
    await assertRejects(() => openDatagrams("udp://:0", { maxReceive: 0 }), RangeError);
  });

  Deno.test(`udp of ${sockets}: a socket for both families shows IPv4 as what it is`, async () => {
    if (!await hasIPv6()) return;
    await using both = await openDatagrams("udp://[::]:0", { sockets });
    await using four = await openDatagrams("udp://127.0.0.1:0", { sockets });
    assert(both.local.scheme === "udp");
    await four.send(bytes("hi"), { ...both.local, hostname: "127.0.0.1" });
    const datagram = await both.receive();
    assert(datagram !== null);
    assertEquals(datagram.from, four.local);
    await both.send(bytes("hello"), datagram.from);
    assertEquals((await four.receive())?.bytes, bytes("hello"));
  });

  Deno.test(`udp of ${sockets}: multicast reaches who joined, until it leaves`, {
    // Seen with 2.6.8: EINVAL, whatever the group.
    ignore: sockets === "node" && Deno.version.deno.startsWith("2.6."),
  }, async () => {
    const group = "239.255.77.7";
    await using there = await openDatagrams("udp://0.0.0.0:0", { sockets, reuseAddress: true });
    await using here = await openDatagrams("udp://127.0.0.1:0", { sockets });
    assert(there.local.scheme === "udp");
    const to = { ...there.local, hostname: group };
    await there.join(group, "127.0.0.1");
    try {
      await here.send(bytes("all"), to);
    } catch (error) {
      // A machine without any route to groups cannot show it.
      assertInstanceOf(error, DatagramError);
      return;
    }
    assertEquals((await there.receive())?.bytes, bytes("all"));
    await there.leave(group);
    await there.leave(group);
    await here.send(bytes("nobody"), to);
    await here.send(bytes("you"), { ...to, hostname: "127.0.0.1" });
    assertEquals((await there.receive())?.bytes, bytes("you"));
    const error = await assertRejects(() => there.join("10.0.0.1"), DatagramError, "Cannot join");
    assertEquals(error.reason === "closed", false);
  });
}

Deno.test("datagramsTo() opens a place that answers find, and leaves nothing behind", async () => {
  for (const { name, open } of KINDS) {
    await using server = await open();
    const { channel, peer } = await datagramsTo(server.endpoint);
    await channel.send(bytes("hello"), peer);
    const asked = await server.receive();
    assert(asked !== null, name);
    await server.send(asked.bytes, asked.from);
    assertEquals((await channel.receive())?.bytes, bytes("hello"));
    await channel.close();
    if (channel.local.scheme !== "unixgram") continue;
    const { path } = channel.local;
    await assertRejects(() => Deno.lstat(path), Deno.errors.NotFound);
    await assertRejects(() => Deno.lstat(path.replace(/\/s$/, "")), Deno.errors.NotFound);
  }
});

Deno.test("unixgram: a socket file is replaced when dead, kept when alive, gone when closed", {
  ignore: Deno.build.os === "windows",
}, async () => {
  const path = `${folder}/life.sock`;
  // The runtime leaves the file of a closed socket behind, as a killed program does.
  Deno.listenDatagram({ transport: "unixpacket", path }).close();
  assert((await Deno.lstat(path)).isSocket);
  {
    await using _here = await openDatagrams(`unixgram://${path}`, { socketMode: 0o640 });
    assertEquals((await Deno.lstat(path)).mode! & 0o777, 0o640);
    const error = await assertRejects(() => openDatagrams(`unixgram://${path}`), ListenError);
    assertEquals(error.reason, "in-use");
  }
  await assertRejects(() => Deno.lstat(path), Deno.errors.NotFound);
  await Deno.writeTextFile(path, "no socket");
  await assertRejects(() => openDatagrams(`unixgram://${path}`), ListenError, "not a socket");
  await using here = await openDatagrams(`unixgram://${folder}/sender.sock`);
  const error = await assertRejects(
    () => here.send(bytes("x"), `unixgram://${folder}/none.sock`),
    DatagramError,
  );
  assertEquals(error.reason, "missing");
});

Deno.test("memory: a name is taken once, and what nobody takes out is counted", async () => {
  await using there = await openDatagrams("memory:once");
  await assertRejects(() => openDatagrams("memory:once"), ListenError, "the name is taken");
  await using here = await openDatagrams("memory:other");
  for (let i = 0; i < 5000; i++) await here.send(Uint8Array.of(i), there.local);
  assertEquals(there.dropped, 5000 - 4096);
  await there.receive();
  await here.send(new Uint8Array(1), "memory:nobody");
});

Deno.test("without --unstable-net udp works all the same, and unixgram says what it needs", async () => {
  const script = `
    import { openDatagrams } from ${JSON.stringify(import.meta.resolve("./open_datagrams.ts"))};
    if ("listenDatagram" in Deno) throw new Error("the flag is set");
    await using server = await openDatagrams("udp://127.0.0.1:0");
    await using client = await openDatagrams("udp://127.0.0.1:0");
    await client.send(new Uint8Array(65507), server.endpoint);
    const { bytes, from } = await server.receive();
    await server.send(bytes.subarray(0, 3), from);
    console.log((await client.receive()).bytes.length, bytes.length);
    await openDatagrams("unixgram:///tmp/x.sock").catch((error) => console.log(error.message));
  `;
  const path = `${folder}/bare.ts`;
  await Deno.writeTextFile(path, script);
  const { stdout, stderr } = await new Deno.Command(Deno.execPath(), {
    args: ["run", "--no-config", "--no-lock", "--quiet", "--allow-net=127.0.0.1", path],
    env: { NO_COLOR: "1" },
    signal: AbortSignal.timeout(60_000),
  }).output();
  const said = (output: Uint8Array) => new TextDecoder().decode(output);
  assertEquals([said(stdout), said(stderr)], [
    "3 65507\nCannot listen on unixgram:///tmp/x.sock: the runtime needs --unstable-net for that, or use udp\n",
    "",
  ]);
});
