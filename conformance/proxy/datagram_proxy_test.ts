import { assert, assertEquals, assertRejects, assertThrows } from "@std/assert";
import {
  connect,
  connectionsEnded,
  type DatagramChannel,
  type DatagramFaults,
  EndpointError,
  listen,
  openDatagrams,
} from "../../protocol/transport/mod.ts";
import { CERT, KEY } from "../../protocol/transport/testdata/mod.ts";
import { RandomStream } from "../stimulus/random_stream.ts";
import { addsUp } from "./datagram_lane.ts";
import { type DatagramProxyOptions, startDatagramProxy } from "./datagram_proxy.ts";
import { parseFaults } from "./parse_faults.ts";
import { startProxy } from "./proxy.ts";
import { randomBytes, readAll, writeAll } from "./testing.ts";

const UDP = "udp://127.0.0.1:0";
const QUIET = { up: {}, down: {} };

/** Gives back every datagram until it is closed, and notes who asked. */
function echo(channel: DatagramChannel): { readonly seen: string[]; readonly done: Promise<void> } {
  const seen: string[] = [];
  const done = (async () => {
    for await (const { bytes, from } of channel) {
      seen.push("port" in from ? `${from.port}` : from.scheme);
      await channel.send(bytes, from);
    }
  })();
  return { seen, done };
}

async function until(met: () => boolean): Promise<void> {
  const deadline = performance.now() + 30_000;
  while (!met()) {
    if (performance.now() > deadline) throw new Error("what was waited for did not come");
    await new Promise((resolve) => setTimeout(resolve, 2));
  }
}

type Exchange = (
  client: DatagramChannel,
  proxy: Awaited<ReturnType<typeof startDatagramProxy>>,
  seen: readonly string[],
) => Promise<void>;

/** An echo server behind a proxy, and a client. */
async function behind(
  options: Omit<DatagramProxyOptions, "listen" | "to">,
  exchange: Exchange,
): Promise<Awaited<ReturnType<typeof startDatagramProxy>>["stats"]> {
  await using target = await openDatagrams("udp://127.0.0.1:0");
  const { seen } = echo(target);
  await using client = await openDatagrams("udp://127.0.0.1:0");
  const places = { listen: "udp://127.0.0.1:0", to: target.endpoint };
  const proxy = await startDatagramProxy({ ...places, seed: 7, ...options });
  await exchange(client, proxy, seen);
  await proxy[Symbol.asyncDispose]();
  assert(addsUp(proxy.stats.up) && addsUp(proxy.stats.down), JSON.stringify(proxy.stats));
  assertEquals([proxy.stats.up.underWay, proxy.stats.down.underWay], [0, 0]);
  return proxy.stats;
}

Deno.test("without faults every datagram passes as it is, 0 to 65,507 bytes", async () => {
  const stats = await behind({ faults: {} }, async (client, proxy) => {
    for (const length of [0, 1, 1232, 65_507]) {
      const bytes = crypto.getRandomValues(new Uint8Array(Math.min(length, 65_000)));
      const message = new Uint8Array(length);
      message.set(bytes);
      await client.send(message, proxy.endpoint);
      const answer = await client.receive();
      assertEquals(answer?.bytes, message);
      assertEquals(answer?.from, { scheme: "udp", ...hostAndPort(proxy.endpoint) });
    }
  });
  assertEquals([stats.clients, stats.up.delivered, stats.down.delivered], [1, 4, 4]);
});

function hostAndPort(endpoint: string): { hostname: string; port: number } {
  const { hostname, port } = new URL(endpoint.replace("udp:", "http:"));
  return { hostname, port: Number(port) };
}

Deno.test("every fault at once, in both directions: none is unaccounted for, and the seed repeats it", async () => {
  const faults: DatagramFaults = {
    ...{ loss: 0.1, duplication: 0.1, reorder: 0.1, delayMs: [0, 5], truncation: 0.1 },
    ...{ corruption: 0.1, wrongPeer: 0.1, mtu: 1232 },
  };
  const once = () =>
    behind({ faults: { up: faults, down: {} } }, async (client, proxy) => {
      for (let i = 0; i < 300; i++) {
        await client.send(new Uint8Array(i % 30 === 0 ? 1400 : 20), proxy.endpoint);
        // One at a time: the system drops what a busy machine does not take out.
        await until(() => proxy.stats.up.received === i + 1);
      }
    });
  const { up } = await once(), again = await once();
  assertEquals(again.up, up);
  for (
    const what of [
      ...["duplicated", "delivered", "lost", "rejected", "reordered"] as const,
      ...["truncated", "corrupted", "wrongPeer"] as const,
    ]
  ) assert(up[what] > 0, what);
});

Deno.test("a share of 1 does to each datagram what it says, in its direction", async () => {
  const table: [DatagramFaults, answers: (sent: Uint8Array, got: Uint8Array) => boolean][] = [
    [{ duplication: 1 }, (sent, got) => got.length === sent.length],
    [{ truncation: 1 }, (sent, got) => got.length < sent.length],
    [
      { corruption: 1 },
      (sent, got) =>
        got.length === sent.length && got.filter((byte, i) => byte !== sent[i]).length === 1,
    ],
    [{ delayMs: [20, 30] }, (sent, got) => got.length === sent.length],
  ];
  for (const [faults, isRight] of table) {
    for (const faulty of [{ up: faults, down: {} }, { up: {}, down: faults }]) {
      await behind({ faults: faulty }, async (client, proxy) => {
        const sent = new Uint8Array(100);
        await client.send(sent, proxy.endpoint);
        for (let copies = faults.duplication ? 2 : 1; copies > 0; copies--) {
          const got = await client.receive();
          assert(got !== null && isRight(sent, got.bytes), JSON.stringify(faults));
        }
      });
    }
  }
  for (const faults of [{ loss: 1 }, { mtu: 99 }]) {
    const stats = await behind({ faults: { ...QUIET, up: faults } }, async (client, proxy) => {
      await client.send(new Uint8Array(100), proxy.endpoint);
      await until(() => proxy.stats.up.received === 1);
    });
    assertEquals([stats.up.lost, stats.up.rejected], faults.loss ? [1, 0] : [0, 1]);
  }
});

Deno.test("a wrong peer is one on either side", async () => {
  await behind({ faults: { ...QUIET, down: { wrongPeer: 1 } } }, async (client, proxy) => {
    await client.send(Uint8Array.of(1), proxy.endpoint);
    const answer = await client.receive();
    assertEquals(answer?.bytes, Uint8Array.of(1));
    assert(answer?.from.scheme === "udp" && answer.from.port !== hostAndPort(proxy.endpoint).port);
  });
  await behind({ faults: { ...QUIET, up: { wrongPeer: 0.5 } } }, async (client, proxy, seen) => {
    for (let i = 0; i < 40; i++) await client.send(Uint8Array.of(i), proxy.endpoint);
    await until(() => seen.length === 40);
    assertEquals(new Set(seen).size, 2);
  });
});

Deno.test("each client has a socket of its own, there is a most of them, and they are forgotten", async () => {
  const notes: string[] = [];
  const options = { faults: {}, maxClients: 2, expiryMs: 100 };
  const stats = await behind(
    { ...options, onNote: (note) => notes.push(note) },
    async (client, proxy, seen) => {
      await using other = await openDatagrams("udp://127.0.0.1:0");
      await using third = await openDatagrams("udp://127.0.0.1:0");
      for (const channel of [client, other]) {
        await channel.send(Uint8Array.of(1), proxy.endpoint);
        await channel.receive();
      }
      assertEquals(new Set(seen).size, 2);
      // While the two are talking the third one is not served; when they are silent, it is.
      const before = proxy.stats.up.rejected;
      while (proxy.stats.up.rejected === before) {
        for (const channel of [client, other, third]) {
          await channel.send(Uint8Array.of(2), proxy.endpoint);
        }
        await new Promise((resolve) => setTimeout(resolve, 2));
      }
      await until(() => {
        void third.send(Uint8Array.of(3), proxy.endpoint);
        return proxy.stats.clients > 2;
      });
    },
  );
  assert(stats.up.rejected > 0);
  assert(notes.some((note) => note.includes("one client too many")), notes[0]);
});

Deno.test("what others than the target say to a client's socket is for nobody", async () => {
  const stats = await behind({ faults: {} }, async (client, proxy, seen) => {
    await client.send(Uint8Array.of(1), proxy.endpoint);
    await client.receive();
    await using stranger = await openDatagrams("udp://127.0.0.1:0");
    await stranger.send(Uint8Array.of(2), `udp://127.0.0.1:${seen[0]}`);
    await until(() => proxy.stats.down.received === 2);
  });
  assertEquals([stats.down.delivered, stats.down.rejected], [1, 1]);
});

Deno.test("what goes over quic arrives whole through a bad network", async () => {
  await using listener = await listen("quic://127.0.0.1:0", { tls: { cert: CERT, key: KEY } });
  const faults: DatagramFaults = {
    ...{ loss: 0.05, duplication: 0.05, reorder: 0.1, delayMs: [0, 2] },
    ...{ truncation: 0.02, corruption: 0.02, mtu: 1232 },
  };
  const places = { listen: "udp://127.0.0.1:0", to: listener.endpoint.replace("quic", "udp") };
  await using proxy = await startDatagramProxy({ ...places, faults, seed: 11 });
  const serving = (async () => {
    const server = await listener.accept();
    if (server === null) return;
    await writeAll(server, await readAll(server));
    server.close();
  })();
  const client = await connect(proxy.endpoint.replace("udp", "quic"), {
    connectTimeoutMs: 60_000,
    tls: { caCerts: [CERT] },
  });
  const bytes = randomBytes(new RandomStream(11, "quic"), 300_000);
  await writeAll(client, bytes);
  await client.closeWrite();
  assertEquals(await readAll(client), bytes);
  client.close();
  await serving;
  await connectionsEnded();
  for (const lane of [proxy.stats.up, proxy.stats.down]) {
    assert(lane.lost > 0 && lane.corrupted > 0, JSON.stringify(lane));
  }
});

Deno.test("a record has every copy with its fate", async () => {
  const lines: string[] = [];
  const faults = { up: { loss: 0.5 }, down: {} };
  await behind({ faults, onRecord: (line) => lines.push(line) }, async (client, proxy) => {
    for (let i = 0; i < 20; i++) await client.send(Uint8Array.of(i), proxy.endpoint);
    await until(() => proxy.stats.up.received === 20);
  });
  const events = lines.map((line) => JSON.parse(line)).filter(({ direction }) =>
    direction === "up"
  );
  assertEquals(events.map(({ hex }) => parseInt(hex, 16)), Array.from({ length: 20 }, (_, i) => i));
  assertEquals(new Set(events.map(({ end }) => end)), new Set(["arrives", "lost"]));
});

Deno.test("what it cannot stand between is told, and why", async () => {
  const table: [place: string, why: string][] = [
    ["unixgram:///tmp/x.sock", "waits for its reader"],
    ["memory:x", "needs udp:// sockets"],
  ];
  for (const [place, why] of table) {
    for (const places of [{ listen: place, to: UDP }, { listen: UDP, to: place }]) {
      await assertRejects(() => startDatagramProxy(places), EndpointError, why);
    }
  }
  const quic = { listen: "tcp://127.0.0.1:0", to: "quic://127.0.0.1:1" };
  await assertRejects(() => startProxy(quic), EndpointError, "write udp://");
});

Deno.test("--faults is read, and what cannot be is told", () => {
  assertEquals(
    parseFaults(
      "loss=0.1,duplication=1,reorder=.5,delay=1..30,truncate=0,corrupt=0.2,wrong-peer=0.3,mtu=1232",
    ),
    {
      ...{ loss: 0.1, duplication: 1, reorder: 0.5, delayMs: [1, 30], truncation: 0 },
      ...{ corruption: 0.2, wrongPeer: 0.3, mtu: 1232 },
    },
  );
  assertEquals([parseFaults(""), parseFaults("delay=5")], [{}, { delayMs: [5, 5] }]);
  for (
    const text of [
      ...["loss", "loss=2", "loss=-1", "loss=x", "delay=30..1", "delay=", "mtu=0", "mtu=x"],
      ...["nonsense=1", "loss=0.1,loss=0.2", ",", "constructor=1"],
    ]
  ) assertThrows(() => parseFaults(text), Error, "Cannot use --faults");
});
