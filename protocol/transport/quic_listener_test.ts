/** What strangers and a crowd can do to a QUIC listener. */
import { assert, assertEquals, assertRejects } from "@std/assert";
import { connect } from "./connect.ts";
import type { Connection } from "./connection.ts";
import type { DatagramChannel } from "./datagram.ts";
import { ConnectError } from "./errors.ts";
import { openDatagrams } from "./open_datagrams.ts";
import { connectionsEnded, QUIC_LIFE, QUIC_PROTOCOL } from "./quic.ts";
import { type QuicLimits, QuicListener } from "./quic_listener.ts";
import { CERT, KEY } from "./testdata/mod.ts";

/** How long something may take at most, in ms. The runtime would end a handshake by itself only later. */
const PATIENCE_MS = 20_000;

const TRUST = { tls: { caCerts: [CERT] } };

function quicListener(limits: Partial<QuicLimits>): QuicListener {
  const usual = { waiting: 128, handshakeMs: 60_000, life: QUIC_LIFE };
  const place = { hostname: "127.0.0.1", port: 0 };
  return new QuicListener(place, { cert: CERT, key: KEY }, { ...usual, ...limits });
}

/** The first datagram of a handshake that goes no further: anybody can send it, from any address. */
interface Beginning {
  readonly bytes: Uint8Array;
  /** What answers to it are addressed to. */
  readonly name: string;
}

async function beginnings(count: number): Promise<Beginning[]> {
  await using nobody = await openDatagrams("udp://127.0.0.1:0");
  const { hostname, port } = new URL(nobody.endpoint.replace("udp:", "http:"));
  const endpoint = new Deno.QuicEndpoint({ hostname });
  const options = { serverName: "localhost", alpnProtocols: [QUIC_PROTOCOL], caCerts: [CERT] };
  const attempts = Array.from({ length: count }, () => {
    const place = { hostname, port: Number(port), endpoint };
    return Deno.connectQuic<false>({ ...place, ...options }).catch(() => {});
  });
  const found = new Map<string, Beginning>();
  const signal = AbortSignal.timeout(PATIENCE_MS);
  while (found.size < count) {
    const bytes = (await nobody.receive({ signal }))?.bytes ?? new Uint8Array();
    const { from: name } = connectionIds(bytes);
    if (!found.has(name)) found.set(name, { bytes, name });
  }
  endpoint.close();
  await Promise.all(attempts);
  return [...found.values()];
}

/** The names of a connection in a packet with a long header (RFC 9000, 17.2). */
function connectionIds(bytes: Uint8Array): { readonly to: string; readonly from: string } {
  const toEnd = 6 + (bytes[5] ?? 0), fromStart = toEnd + 1;
  const fromEnd = fromStart + (bytes[toEnd] ?? 0);
  return { to: bytes.subarray(6, toEnd).join(), from: bytes.subarray(fromStart, fromEnd).join() };
}

/** Begins handshakes and does not go on with them. */
class Stranger {
  readonly #channel: DatagramChannel;
  readonly #to: string;
  readonly #answered = new Set<string>();
  /** Those that the server has said are over, in that order. */
  readonly over: string[] = [];

  constructor(channel: DatagramChannel, quic: QuicListener) {
    this.#channel = channel;
    this.#to = quic.text.replace("quic", "udp");
  }

  /** Begins one; resolves when it was answered. */
  async begin({ bytes, name }: Beginning): Promise<void> {
    await this.#channel.send(bytes, this.#to);
    await this.#until(() => this.#answered.has(name));
  }

  /** Resolves when the server has said of `count` of them that they are over. */
  async sees(count: number): Promise<void> {
    await this.#until(() => this.over.length >= count);
  }

  async #until(met: () => boolean): Promise<void> {
    const signal = AbortSignal.timeout(PATIENCE_MS);
    while (!met()) {
      const bytes = (await this.#channel.receive({ signal }))?.bytes ?? new Uint8Array();
      // An Initial packet. The one that ends a handshake is not filled up, for it asks for no answer (RFC 9000, 14.1 and 17.2.2).
      if (((bytes[0] ?? 0) & 0xb0) !== 0x80) continue;
      const { to } = connectionIds(bytes);
      this.#answered.add(to);
      if (bytes.length < 1200) this.over.push(to);
    }
  }
}

Deno.test("quic: of the handshakes under way the oldest one gives place, and clients get in", async () => {
  const quic = quicListener({ waiting: 8 });
  await using channel = await openDatagrams("udp://127.0.0.1:0");
  const stranger = new Stranger(channel, quic);
  const flood = await beginnings(40);
  const names = flood.map(({ name }) => name);
  for (const beginning of flood) await stranger.begin(beginning);
  await stranger.sees(32);
  const [client, server] = await Promise.all([connect(quic.text, TRUST), quic.accept()]);
  await stranger.sees(33);
  assertEquals(stranger.over, names.slice(0, 33));
  await client.write(Uint8Array.of(1));
  assertEquals(await server?.read(new Uint8Array(9)), 1);
  client.close();
  server?.close();
  quic.close();
  await connectionsEnded();
  // The others were waited for until now, and are no more.
  await stranger.sees(40);
  assertEquals(stranger.over.toSorted(), names.toSorted());
});

Deno.test("quic: a handshake has a deadline", async () => {
  const quic = quicListener({ handshakeMs: 100 });
  await using channel = await openDatagrams("udp://127.0.0.1:0");
  const stranger = new Stranger(channel, quic);
  for (const beginning of await beginnings(1)) await stranger.begin(beginning);
  await stranger.sees(1);
  quic.close();
});

Deno.test("quic: connections that nobody accepts have a bound, and clients are told", async () => {
  const quic = quicListener({ waiting: 4 });
  const clients: Connection[] = [];
  const crowd = async () => {
    while (clients.length < 40) clients.push(await connect(quic.text, TRUST));
  };
  const refused = await assertRejects(crowd, ConnectError, "takes no more connections now");
  assertEquals(refused.reason, "refused");
  assert(clients.length >= 4 && clients.length <= 8, `${clients.length}`);
  const servers = [await quic.accept(), await quic.accept()];
  clients.push(await connect(quic.text, TRUST));
  for (const end of [...clients, ...servers]) end?.close();
  quic.close();
  await connectionsEnded();
});
