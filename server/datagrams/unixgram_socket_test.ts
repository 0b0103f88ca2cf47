import { assert, assertEquals, assertRejects } from "@std/assert";
import { canRun } from "../../cli/testing.ts";
import { FragmentedChannel } from "../../protocol/session/mod.ts";
import {
  type DatagramChannel,
  DatagramError,
  datagramsTo,
  ListenError,
  openDatagrams,
  TruncatedDatagramError,
} from "../../protocol/transport/mod.ts";
import { serveDatagrams } from "./serve_datagrams.ts";
import { UnixgramSocket } from "./unixgram_socket.ts";

const bytes = (text: string) => new TextEncoder().encode(text);
const text = (bytes?: Uint8Array) => new TextDecoder().decode(bytes);

/** A path for a socket in a folder of its own. */
async function place(): Promise<{ url: string; path: string } & AsyncDisposable> {
  const folder = await Deno.makeTempDir();
  const path = `${folder}/s`;
  return {
    ...{ url: `unixgram://${path}`, path },
    [Symbol.asyncDispose]: () => Deno.remove(folder, { recursive: true }),
  };
}

function opened(path: string, sendTimeoutMs: number): Promise<UnixgramSocket> {
  return UnixgramSocket.open({ scheme: "unixgram", path, options: new Map() }, sendTimeoutMs, true);
}

/** What `channel` gets within `ms`; null if nothing. */
async function heard(channel: DatagramChannel, ms: number): Promise<string | null> {
  const late = new AbortController();
  const timer = setTimeout(() => late.abort(), ms);
  try {
    return text((await channel.receive({ signal: late.signal }))?.bytes);
  } catch {
    return null;
  } finally {
    clearTimeout(timer);
  }
}

/** Asks until there is an answer, as clients of datagrams do; nobody may be there for a moment. */
async function answerTo(question: string, url: string): Promise<string> {
  for (let asked = 0; asked < 60; asked++) {
    const { channel, peer } = await datagramsTo(url);
    await channel.send(bytes(question), peer).catch(() => {});
    const answer = await heard(channel, 300);
    await channel.close();
    if (answer !== null) return answer;
  }
  throw new Error(`no answer to ${question}`);
}

/** Asks until the server has received something: what waited at a socket that was replaced is lost. */
async function received(socket: UnixgramSocket, client: DatagramChannel): Promise<void> {
  let over = false;
  const receiving = socket.receive().finally(() => over = true);
  while (!over) {
    await client.send(bytes("?"), socket.endpoint).catch(() => {});
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
  await receiving;
}

/** Asks as fast as it can, never the same twice, and never reads; `connect` lets the server alone send to its socket. */
const FLOOD = `
import itertools, socket, sys
path, length, how = sys.argv[1], int(sys.argv[2]), sys.argv[3]
flood = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
flood.bind(f"{path}.flood")
flood.settimeout(0.1)
for i in itertools.count():
    question = str(i).encode().ljust(length)
    try:
        if how == "sendto":
            flood.sendto(question, path)
        else:
            try:
                flood.send(question)
            except TimeoutError:
                pass
            except OSError:
                flood.connect(path)
    except OSError:
        pass
`;

for (const [length, how] of [[10, "sendto"], [60_000, "sendto"], [10, "connect"]] as const) {
  Deno.test({
    name:
      `who asks ${length} bytes at a time over unixgram and never reads (${how}) does not stop the server`,
    ignore: Deno.build.os !== "linux" || !await canRun("python3"),
    async fn() {
      await using at = await place();
      const errors: unknown[] = [];
      let replaced = 0;
      const before = Deno.memoryUsage().rss;
      const server = await serveDatagrams((message) => message, {
        listen: at.url,
        sendTimeoutMs: 200,
        error: (error) => {
          errors.push(error);
          if (error instanceof Error && error.message.includes("has not read")) replaced++;
        },
      });
      const flood = new Deno.Command("python3", {
        args: ["-c", FLOOD, at.path, `${length}`, how],
        stdin: "null",
      }).spawn();
      try {
        // The flood holds the server up before anybody else comes.
        for (let waits = 0; replaced === 0 && waits < 1000; waits++) {
          await new Promise((resolve) => setTimeout(resolve, 10));
        }
        for (let i = 0; i < 20; i++) {
          assertEquals(await answerTo(`question ${i}`, at.url), `question ${i}`);
        }
      } finally {
        flood.kill("SIGKILL");
        await flood.status;
      }
      assert(replaced > 0 && replaced <= 10, `the socket was replaced ${replaced} times`);
      assert(errors.every((error) => error instanceof DatagramError), `${errors}`);
      const grown = Deno.memoryUsage().rss - before;
      assert(grown < 200 * 2 ** 20, `${grown} bytes more`);
      await server.shutdown();
      await assertRejects(() => Deno.lstat(at.path), Deno.errors.NotFound);
    },
  });
}

Deno.test({
  name: "a socket of a server keeps its place and its mode, and what fails is told as it is",
  ignore: Deno.build.os === "windows",
  async fn() {
    await using at = await place();
    const socket = await opened(at.path, 1000);
    assertEquals([socket.endpoint, socket.replaced], [at.url, 0]);
    assertEquals((await Deno.lstat(at.path)).mode! & 0o777, 0o600);
    await using client = await openDatagrams(`${at.url}.client`);
    await client.send(bytes("hi"), at.url);
    const datagram = await socket.receive();
    assertEquals([text(datagram?.bytes), datagram?.from], ["hi", client.local]);
    await socket.send(bytes("ho"), client.local);
    assertEquals(await heard(client, 5000), "ho");
    const nobody = { scheme: "unixgram", path: `${at.path}.nobody` } as const;
    const missing = await assertRejects(() => socket.send(bytes(""), nobody), DatagramError);
    assertEquals(missing.reason, "missing");
    const long = new Uint8Array(65_508);
    const tooLong = await assertRejects(() => socket.send(long, client.local), DatagramError);
    assertEquals(tooLong.reason, "too-large");
    const raw = Deno.listenDatagram({ transport: "unixpacket", path: `${at.path}.raw` });
    await raw.send(new Uint8Array(65_536), { transport: "unixpacket", path: at.path });
    raw.close();
    const cut = await assertRejects(() => socket.receive(), TruncatedDatagramError);
    assertEquals(cut.from, { scheme: "unixgram", path: `${at.path}.raw` });
    const taken = await assertRejects(() => opened(at.path, 1000), ListenError);
    assertEquals(taken.reason, "in-use");
    // Whoever opens a place asks with an empty datagram whether somebody is there.
    assertEquals((await socket.receive())?.bytes.length, 0);
    const waiting = socket.receive();
    await socket.close();
    assertEquals(await waiting, null);
    await assertRejects(() => Deno.lstat(at.path), Deno.errors.NotFound);
    assertEquals(await socket.receive(), null);
    const closed = await assertRejects(() => socket.send(bytes(""), client.local), DatagramError);
    assertEquals(closed.reason, "closed");
  },
});

Deno.test({
  name: "messages in fragments are answered over unixgram, one after the other",
  ignore: Deno.build.os === "windows",
  async fn() {
    await using at = await place();
    await using _server = await serveDatagrams((message) => message, {
      listen: at.url,
      fragments: {},
    });
    const { channel, peer } = await datagramsTo(at.url);
    await using client = new FragmentedChannel(channel);
    for (let i = 0; i < 10; i++) {
      const message = new Uint8Array(5000).map((_, at) => at * i);
      await client.send(message, peer);
      assertEquals((await client.receive())?.bytes, message);
    }
  },
});

Deno.test({
  name: "who was late twice gets nothing for a while, and a close does not wait for it",
  ignore: Deno.build.os !== "linux",
  async fn() {
    await using at = await place();
    const socket = await opened(at.path, 100);
    // Nobody reads there.
    await using client = await openDatagrams(`${at.url}.client`);
    const problems: string[] = [];
    for (let sent = 0; problems.length < 3 && sent < 1000; sent++) {
      await received(socket, client);
      await socket.send(bytes(`${sent}`), client.local).catch((error) =>
        problems.push(`${error.reason}: ${error.message.replace(/^.*client: |\d+ s$/g, "")}`)
      );
    }
    assertEquals(problems, [
      "timeout: it has not read for 100 ms",
      "timeout: it has not read for 100 ms",
      "timeout: it did not read, so it gets nothing for ",
    ]);
    assertEquals(socket.replaced, 2);
    await socket.close();
  },
});
