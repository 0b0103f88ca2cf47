/**
 * What goes on at a server for a long time: work, and everything that may go wrong with it. Each lane does one small thing, again
 * and again, and throws when the server did not do its part.
 * @module
 */
import { equals } from "@std/bytes/equals";
import { receiveFile, sendFile, streamSource } from "../../protocol/files/mod.ts";
import { type Exchange, type JsonObject, NativeClient } from "../../protocol/native/mod.ts";
import { FramedConnection } from "../../protocol/session/mod.ts";
import { connect, type Connection, openDatagrams } from "../../protocol/transport/mod.ts";
import type { RandomStream } from "../../protocol/transport/random_stream.ts";

/** Where the server listens. */
export interface Places {
  readonly native: string;
  readonly tls: string;
  readonly unix: string;
  /** `upper` in frames of u32be. */
  readonly framed: string;
  /** `echo` in datagrams. */
  readonly udp: string;
  /** The certificate of `tls`. */
  readonly ca: string;
}

/** Seconds for which programs would sleep that are never let to: nobody else on the machine sleeps just as long. */
export const SLEEP = "86399.875";

/** Names that files are put under; few, so that what is left of a broken put is found by a later one. */
export const FILES: readonly string[] = Array.from({ length: 5 }, (_, i) => `file-${i}`);

/** How large a file is at most, in bytes. */
const LARGEST = 6 * 1024 * 1024;
/** How long anything may take, in ms. */
const PATIENCE_MS = 60_000;

const utf8 = (text: string) => new TextEncoder().encode(text);

/** One small thing. */
export type Lane = (places: Places, random: RandomStream) => Promise<void>;

/** All lanes by name. */
export const LANES: Readonly<Record<string, Lane>> = {
  echo: (places, random) => talk(places.native, random, {}),
  "echo over TLS": (places, random) => talk(places.tls, random, { tls: { caCerts: [places.ca] } }),
  "echo over Unix": (places, random) => talk(places.unix, random, {}),
  "upper in frames": upper,
  "echo in datagrams": datagrams,
  chat,
  "put, and put broken off": put,
  "get, and get broken off": get,
  "exec, and exec cancelled": exec,
  "bytes of other protocols": strangers,
  "resets, and bad frames": badFrames,
};

/** Puts every file whole, so that nothing is left of those that were broken off. */
export async function putAll({ native }: Places): Promise<void> {
  for (const name of FILES) {
    const bytes = utf8(name);
    await within(native, {}, "files", { op: "put", name, overwrite: true }, async (exchange) => {
      await sendFile(exchange, sourceOf(name, bytes));
      await exchange.end();
      await exchange.result();
    });
  }
}

/** Some exchanges over one connection, which ends well, or in the middle of the last one. */
async function talk(
  url: string,
  random: RandomStream,
  options: Parameters<typeof NativeClient.connect>[1],
): Promise<void> {
  const client = await NativeClient.connect(url, options);
  try {
    for (let left = 1 + random.below(3); left > 0; left--) {
      const bytes = new Uint8Array(random.below(random.below(10) === 0 ? 2_000_000 : 5000));
      bytes.fill(random.below(256));
      const exchange = await client.open("echo");
      const answer = collect(exchange);
      answer.catch(() => {});
      await exchange.send(bytes);
      if (left === 1 && random.below(4) === 0) return;
      await exchange.end();
      if (!equals(await answer, bytes)) throw new Error("The echo is not what was said");
    }
  } finally {
    client.close();
  }
}

async function upper({ framed }: Places, random: RandomStream): Promise<void> {
  await using frames = new FramedConnection(await connect(framed), "u32be", {
    idleTimeoutMs: PATIENCE_MS,
  });
  const words = Array.from({ length: 1 + random.below(200) }, () => `word ${random.below(1e6)}`);
  const sending = frames.sendAll(words.map(utf8)).then(() => frames.closeWrite());
  const heard: string[] = [];
  for await (const frame of frames) heard.push(new TextDecoder().decode(frame));
  await sending;
  if (heard.join() !== words.join().toUpperCase()) throw new Error("The answers are not right");
}

async function datagrams({ udp }: Places, random: RandomStream): Promise<void> {
  await using channel = await openDatagrams("udp://127.0.0.1:0");
  const bytes = new Uint8Array(random.below(1400)).fill(random.below(256));
  await channel.send(bytes, udp);
  const signal = AbortSignal.timeout(PATIENCE_MS);
  const answer = await channel.receive({ signal });
  if (answer === null || !equals(answer.bytes, bytes)) throw new Error("The datagram is not right");
}

async function chat({ native }: Places, random: RandomStream): Promise<void> {
  const room = `room-${random.below(3)}`, name = `guest-${random.below(1e9)}`;
  const client = await NativeClient.connect(native);
  try {
    const exchange = await client.open("chat", { op: "join", room, name });
    await exchange.tell({ kind: "say", text: `hello ${name}` });
    for await (const { about } of exchange) if (about?.["from"] === name) break;
    if (random.below(3) === 0) return;
    await exchange.end();
    for await (const _ of exchange);
    await exchange.result();
  } finally {
    client.close();
  }
}

/** Puts so far. Names take turns: while the server is not through with a broken one, its name is taken. */
let puts = 0;

async function put({ native }: Places, random: RandomStream): Promise<void> {
  const name = FILES[++puts % FILES.length] ?? "";
  const bytes = new Uint8Array(random.below(LARGEST)).fill(random.below(256));
  const breakAt = random.below(2) === 0 ? random.below(bytes.length + 1) : Infinity;
  const client = await NativeClient.connect(native);
  try {
    const exchange = await client.open("files", { op: "put", name, overwrite: true });
    const onProgress = ({ bytes }: { readonly bytes: number }) => {
      if (bytes >= breakAt) client.close();
    };
    await sendFile(exchange, sourceOf(name, bytes), { onProgress });
    await exchange.end();
    await exchange.result();
  } catch (error) {
    // What was broken off has to fail.
    if (breakAt === Infinity) throw error;
  } finally {
    client.close();
  }
}

async function get({ native }: Places, random: RandomStream): Promise<void> {
  const breakAt = random.below(2) === 0 ? random.below(1_000_000) : Infinity;
  const client = await NativeClient.connect(native);
  try {
    const exchange = await client.open("files", { op: "get", name: "large" });
    await receiveFile(exchange, () => Promise.resolve(SINK), {
      onProgress({ bytes }) {
        if (bytes >= breakAt) client.close();
      },
    });
    await exchange.end();
  } catch (error) {
    if (breakAt === Infinity) throw error;
  } finally {
    client.close();
  }
}

/** Programs that end, and programs with children that would not. */
async function exec({ native }: Places, random: RandomStream): Promise<void> {
  const how = random.below(3);
  const script = how === 0 ? "cat; exit 7" : `sleep ${SLEEP} & sleep ${SLEEP}`;
  const client = await NativeClient.connect(native);
  try {
    const exchange = await client.open("exec", { argv: ["sh", "-c", script] });
    if (how === 0) {
      const output = collect(exchange);
      await exchange.send(utf8("input"));
      await exchange.end();
      if (new TextDecoder().decode(await output) !== "input") throw new Error("cat says no input");
      if ((await exchange.result())["code"] !== 7) throw new Error("The exit code is not 7");
      return;
    }
    await new Promise((resolve) => setTimeout(resolve, random.below(200)));
    if (how === 1) {
      await exchange.cancel();
      await client.ping().catch(() => {});
    }
  } finally {
    client.close();
  }
}

async function strangers(places: Places, random: RandomStream): Promise<void> {
  const said = [
    "GET / HTTP/1.1\r\nHost: x\r\n\r\n",
    "\x16\x03\x01\x02\x00\x01\x00\x01",
    "SSH-2.0-x\r\n",
    '\x00\x00\x00\x05{"a"',
    "",
  ];
  const url = [places.native, places.framed, places.tls.replace("tls:", "tcp:")][random.below(3)];
  const connection = await connect(url ?? "");
  await connection.write(utf8(said[random.below(said.length)] ?? ""));
  await connection.closeWrite();
  await readOut(connection);
}

/** Frames that cannot be, that are not finished, and answers that are never read: closing then is a reset. */
async function badFrames({ framed }: Places, random: RandomStream): Promise<void> {
  const connection = await connect(framed);
  switch (random.below(3)) {
    case 0:
      await connection.write(Uint8Array.of(255, 255, 255, 255, 1));
      return await readOut(connection);
    case 1:
      await connection.write(Uint8Array.of(0, 0, 1, 0, 1, 2, 3));
      return connection.close();
    case 2: {
      const frame = new Uint8Array(1004);
      frame[2] = 1000 >> 8, frame[3] = 1000 & 255;
      for (let i = 0; i < 20; i++) await connection.write(frame);
      await new Promise((resolve) => setTimeout(resolve, 5));
      return connection.close();
    }
  }
}

/** Opens an exchange on a connection of its own, and ends that whatever happens. */
async function within(
  url: string,
  options: Parameters<typeof NativeClient.connect>[1],
  service: string,
  args: JsonObject,
  work: (exchange: Exchange) => Promise<void>,
): Promise<void> {
  const client = await NativeClient.connect(url, options);
  try {
    await work(await client.open(service, args));
  } finally {
    client.close();
  }
}

async function collect(exchange: Exchange): Promise<Uint8Array> {
  let all = new Uint8Array(0);
  for await (const { bytes } of exchange) {
    const longer = new Uint8Array(all.length + bytes.length);
    longer.set(all);
    longer.set(bytes, all.length);
    all = longer;
  }
  return all;
}

function sourceOf(name: string, bytes: Uint8Array) {
  let at = 0;
  return streamSource({
    read(target) {
      if (at === bytes.length) return Promise.resolve(null);
      const part = bytes.subarray(at, at + target.length);
      target.set(part);
      at += part.length;
      return Promise.resolve(part.length);
    },
  }, name);
}

/** Where files go that nobody wants. */
const nothing = () => Promise.resolve();
const SINK = {
  ...{ digests: [], cut: nothing, write: nothing, endBlock: nothing, suspend: nothing },
  ...{ discard: nothing, commit: () => Promise.resolve("-") },
};

/** Reads to the end, however it comes, and closes. */
async function readOut(connection: Connection): Promise<void> {
  const buffer = new Uint8Array(4096);
  try {
    while (await connection.read(buffer) !== null);
  } catch {
    // A reset is an end, too.
  } finally {
    connection.close();
  }
}
