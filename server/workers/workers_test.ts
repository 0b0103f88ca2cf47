import { assert, assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { RunningServer, runProgram } from "../../cli/testing.ts";
import { type Exchange, type JsonObject, NativeClient } from "../../protocol/native/mod.ts";
import { connect, type Connection } from "../../protocol/transport/mod.ts";
import { CERT } from "../../protocol/transport/testdata/mod.ts";
import { projectPath } from "../../tools/project.ts";
import { hear, hearAll, say } from "../testing.ts";

/** Elsewhere one thread serves everything, see sharing_test.ts. */
const linux = { ignore: Deno.build.os !== "linux" };
const RAW = "tcp://127.0.0.1:0?speak=echo", HELLO = "tcp://127.0.0.1:0?speak=hello";

function start(listen: readonly string[], ...args: string[]): Promise<RunningServer> {
  const listening = listen.flatMap((url) => ["--listen", url]);
  return RunningServer.start(
    ["--workers", "2", "--metrics", "tcp://127.0.0.1:0", ...listening, ...args],
    listen.length,
  );
}

function urlOf(server: RunningServer): string {
  return server.urls[0] ?? "";
}

async function metricsOf(server: RunningServer): Promise<string> {
  const [, url = ""] = await server.logged(/^metrics (\S+) and/m);
  return await (await fetch(url)).text();
}

/** Connections that were let in, by worker. */
async function shares(server: RunningServer): Promise<number[]> {
  const text = await metricsOf(server);
  return ["1", "2"].map((worker) =>
    Number(text.match(`nonstick_worker_connections_total{worker="${worker}"} (\\d+)`)?.[1])
  );
}

/** Makes something that connects until both workers serve one: the first of each. The others end by `drop`. */
async function oneOnEach<Made>(
  server: RunningServer,
  make: (i: number) => Promise<Made>,
  drop: (one: Made) => void,
): Promise<[Made, Made]> {
  const found = new Map<number, Made>();
  // The system throws dice: 60 times the same side does not come.
  for (let i = 0; found.size < 2; i++) {
    assert(i < 60, "all connections go to one worker");
    const before = await shares(server);
    const one = await make(i);
    const worker = (await shares(server)).findIndex((count, i) => count > (before[i] ?? 0));
    assert(worker >= 0, "no worker has counted the connection");
    if (found.has(worker)) drop(one);
    else found.set(worker, one);
  }
  return [found.get(0), found.get(1)] as [Made, Made];
}

/** Whether something is over within so many ms. */
async function isOver(work: Promise<unknown>, ms: number): Promise<boolean> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const late = new Promise<false>((resolve) => {
    timer = setTimeout(() => resolve(false), ms);
  });
  const over = await Promise.race([work.then(() => true), late]);
  clearTimeout(timer);
  return over;
}

async function echoing(server: RunningServer): Promise<Connection> {
  const connection = await connect(urlOf(server));
  await say(connection, "x");
  assertEquals(await hear(connection), "x");
  return connection;
}

Deno.test(
  "connections come to all workers, and numbers are those of all of them",
  linux,
  async () => {
    await using server = await start([RAW]);
    assertEquals(server.urls.length, 1);
    const connections: Connection[] = [];
    for (let i = 0; i < 40; i++) connections.push(await echoing(server));
    const [one = 0, two = 0] = await shares(server);
    assert(one > 0 && two > 0, `${one} and ${two}`);
    assertEquals(one + two, 40);
    assertStringIncludes(await metricsOf(server), "\nnonstick_connections 40\n");
    for (const connection of connections) connection.close();
  },
);

Deno.test("--max-connections is that of all workers together", linux, async () => {
  await using server = await start(
    [HELLO],
    "--max-connections",
    "3",
    "--max-unauthenticated",
    "20",
  );
  let greeted = 0;
  const leave: (() => void)[] = [];
  const guests = Array.from({ length: 9 }, async () => {
    const connection = await connect(urlOf(server));
    assertEquals(await hear(connection), "Welcome!");
    greeted++;
    const leaving = Promise.withResolvers<void>();
    leave.push(leaving.resolve);
    await leaving.promise;
    greeted--;
    await say(connection, "exit");
    assertEquals(await hearAll(connection), "");
    connection.close();
  });
  const ended = Promise.all(guests);
  for (let over = false; !over;) {
    const [, now] = /^nonstick_connections (\d+)$/m.exec(await metricsOf(server)) ?? [];
    assert(Number(now) <= 3 && greeted <= 3, `${now} are served at once, ${greeted} greeted`);
    leave.shift()?.();
    over = await isOver(ended, 20);
  }
  assertStringIncludes(await metricsOf(server), "\nnonstick_connections_total 9\n");
});

Deno.test("--log-level holds in every worker", linux, async () => {
  await using server = await start([RAW], "--log-level", "debug");
  const pair = await oneOnEach(server, () => echoing(server), (one) => one.close());
  const peers = pair.map(({ local }) => local);
  for (const connection of pair) connection.close();
  for (const peer of peers) {
    for (const event of ["connected", "disconnected"]) {
      await server.logged(new RegExp(` debug ${event} listener=\\S+ peer=${peer}$`, "m"));
    }
  }
});

Deno.test("who is denied is denied by every worker", linux, async () => {
  await using server = await start([RAW], "--deny", "127.0.0.0/8", "--log", "json");
  for (let i = 0; i < 20; i++) {
    const connection = await connect(urlOf(server));
    assertEquals(await hearAll(connection).catch(() => ""), "");
    connection.close();
  }
  const text = await metricsOf(server);
  assertStringIncludes(text, 'nonstick_connections_refused_total{why="denied"} 20\n');
  assertStringIncludes(text, "\nnonstick_connections_total 0\n");
  server.kill("SIGTERM");
  const { code, stderr } = await server.ended();
  assertEquals(code, 0);
  // One line per event, whoever writes it.
  const lines = stderr.split("\n").filter((line) => line.startsWith("{"));
  const events = lines.map((line) => String(JSON.parse(line).event));
  assertEquals(events.filter((event) => event === "refused").length, 20);
  assertEquals(events.slice(-2), ["draining", "stopped"]);
});

/** A member of a room. */
interface Guest {
  readonly client: NativeClient;
  readonly exchange: Exchange;
}

async function guest(server: RunningServer, name: string): Promise<Guest> {
  const client = await NativeClient.connect(urlOf(server));
  return { client, exchange: await client.open("chat", { op: "join", room: "lobby", name }) };
}

/** The next event of this kind. */
async function until(guest: Guest, kind: string): Promise<JsonObject> {
  for (;;) {
    const event = (await guest.exchange.receive())?.about;
    assert(event !== undefined, `the exchange ended before ${kind}`);
    if (event["kind"] === kind) return event;
  }
}

Deno.test("the chat is one room, whoever serves its members", linux, async () => {
  await using server = await start(["tcp://127.0.0.1:0"]);
  let dropped = 0;
  const [ann, bob] = await oneOnEach(
    server,
    (i) => guest(server, `Guest${i}`),
    ({ client }) => {
      dropped++;
      client.close();
    },
  );
  const [annName, bobName] = await Promise.all([ann, bob].map(async (one) => {
    return String((await until(one, "welcome"))["name"]);
  }));
  // Whoever came last saw the other one join, or was seen.
  const members = async (of: Guest) => {
    await of.exchange.tell({ kind: "who" });
    return (await until(of, "who"))["members"];
  };
  for (;;) {
    const now = await members(ann);
    if (Array.isArray(now) && now.length === 2) break;
    assert(dropped > 0, "somebody is missing");
  }
  assertEquals(await members(ann), await members(bob));

  await ann.exchange.tell({ kind: "say", text: "hi, 粘包" });
  for (const one of [ann, bob]) {
    const { from, text } = await until(one, "said");
    assertEquals([from, text], [annName ?? "", "hi, 粘包"]);
  }
  await bob.exchange.tell({ kind: "private", to: annName ?? "", text: "psst" });
  for (const one of [ann, bob]) {
    const { from, to, text } = await until(one, "private");
    assertEquals([from, to, text], [bobName ?? "", annName ?? "", "psst"]);
  }
  await bob.exchange.tell({ kind: "private", to: "nobody", text: "psst" });
  assertEquals((await until(bob, "notice"))["text"], "There is no nobody in lobby");

  // A name is taken in all workers, and one that looks like it.
  for (let i = 0; i < 8; i++) {
    const other = await guest(server, (bobName ?? "").toUpperCase());
    const error = await other.exchange.receive().then(() => null, (error: Error) => error);
    assertMatch(error?.message ?? "", /is too much like Guest/);
    other.client.close();
  }
  // What was said is told to who comes later, to whichever worker.
  const [late, later] = await oneOnEach(
    server,
    (i) => guest(server, `Late${i}`),
    ({ client }) => client.close(),
  );
  for (const one of [late, later]) {
    await until(one, "welcome");
    const { text, old } = await until(one, "said");
    assertEquals([text, old], ["hi, 粘包", true]);
  }
  // By now two of them are served by the same worker.
  await later.exchange.tell({ kind: "say", text: "to all" });
  for (const one of [ann, bob, late, later]) {
    assertEquals((await until(one, "said"))["text"], "to all");
  }
  // Those that were dropped on the way may not have left yet.
  for (;;) {
    const now = await members(ann);
    if (Array.isArray(now) && now.length === 4) break;
  }
  const connected = () => NativeClient.connect(urlOf(server));
  for (const client of await oneOnEach(server, connected, (client) => client.close())) {
    const room = (await (await client.open("chat", { op: "rooms" })).receive())?.about;
    assertEquals([room?.["name"], room?.["members"]], ["lobby", 4]);
    client.close();
  }
  for (const one of [late, later]) one.client.close();
  bob.client.close();
  for (;;) if ((await until(ann, "left"))["name"] === bobName) break;
  ann.client.close();
});

Deno.test(
  "raw guests hear each other across workers, under names of their own",
  linux,
  async () => {
    await using server = await start(["tcp://127.0.0.1:0?speak=chat-raw"], "--room");
    const counted = async (i: number) => {
      const connection = await connect(urlOf(server));
      // What the system has accepted is not yet counted by a worker.
      while ((await shares(server)).reduce((a, b) => a + b) === i);
      return connection;
    };
    const [ann, bob] = await oneOnEach(server, counted, (connection) => connection.close());
    // Nothing tells a raw guest that it is in, so speak until one is heard.
    const heard = hear(bob);
    do await say(ann, "hello"); while (!await isOver(heard, 200));
    assertMatch(await heard ?? "", /^guest-\d+: hello\n/);
    ann.close();
    bob.close();
  },
);

Deno.test("SIGTERM lets running connections of all workers end", linux, async () => {
  await using server = await start([RAW]);
  const pair = await oneOnEach(server, () => echoing(server), (one) => one.close());
  server.kill("SIGTERM");
  await server.logged(/ draining signal=SIGTERM /);
  for (const connection of pair) {
    await say(connection, "still here");
    assertEquals(await hear(connection), "still here");
    await connection.closeWrite();
    assertEquals(await hearAll(connection), "");
    connection.close();
  }
  const { code, stderr } = await server.ended();
  assertEquals(code, 0, stderr);
  assertStringIncludes(stderr, "stopped closed=0");
});

Deno.test("what does not end in time is closed in all workers", linux, async () => {
  await using server = await start([RAW]);
  const pair = await oneOnEach(server, () => echoing(server), (one) => one.close());
  server.kill("SIGTERM");
  const { code, stderr } = await server.ended();
  assertEquals(code, 0, stderr);
  assertMatch(stderr, /stopped closed=[2-9]/);
  for (const connection of pair) connection.close();
});

Deno.test("SIGHUP gives every worker the new certificate", linux, async () => {
  const folder = await Deno.makeTempDir();
  const testdata = projectPath("protocol/transport/testdata");
  try {
    for (const file of ["cert.pem", "key.pem"]) {
      await Deno.copyFile(`${testdata}/${file}`, `${folder}/${file}`);
    }
    const tls = ["--tls-cert", `${folder}/cert.pem`, "--tls-key", `${folder}/key.pem`];
    await using server = await start(["tls://localhost:0?speak=echo"], ...tls);
    const reached = async (...caCerts: string[]) => {
      const connection = await connect(urlOf(server), { tls: { caCerts } });
      connection.close();
    };
    for (let i = 0; i < 10; i++) await reached(CERT);
    await Deno.mkdir(`${folder}/new`);
    const made = ["cert", "--name", "localhost", "--into", `${folder}/new`];
    const { code, stderr } = await runProgram("server", made);
    assertEquals(code, 0, stderr);
    for (const file of ["cert.pem", "key.pem"]) {
      await Deno.rename(`${folder}/new/${file}`, `${folder}/${file}`);
    }
    server.kill("SIGHUP");
    await server.logged(/ reloaded /);
    const renewed = await Deno.readTextFile(`${folder}/cert.pem`);
    assert(renewed !== CERT);
    for (let i = 0; i < 20; i++) await reached(renewed);
    server.kill("SIGTERM");
    assertEquals((await server.ended()).code, 0);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});

Deno.test("no worker keeps a power that its services do not need", linux, async () => {
  const powers = async (...args: string[]) => {
    const { code, stdout, stderr } = await runProgram("server", [
      ...["--check-powers", "--workers", "2", "--listen", "tcp://127.0.0.1:0"],
      ...args,
    ]);
    assertEquals(code, 0, stderr);
    return ["", "worker 1 ", "worker 2 "].map((who) =>
      [...stdout.matchAll(new RegExp(`^${who}power (\\w+) kept, works$`, "gm"))].map((found) =>
        found[1]
      )
    );
  };
  assertEquals(await powers(), [[], [], []]);
  assertEquals(await powers("--root", "."), [["read"], ["read"], ["read"]]);
  assertEquals(await powers("--allow-exec", "true"), [["run"], ["run"], ["run"]]);
});

Deno.test("files and exec work in every worker, with a token", linux, async () => {
  const folder = await Deno.makeTempDir();
  try {
    await Deno.mkdir(`${folder}/root`);
    await Deno.writeTextFile(`${folder}/token`, "0123456789abcdef\n", { mode: 0o600 });
    await Deno.writeTextFile(`${folder}/a.txt`, "粘包");
    const token = ["--token-file", `${folder}/token`];
    await using server = await start(
      ["tcp://127.0.0.1:0"],
      ...[...token, "--root", `${folder}/root`, "--allow-write", "--allow-exec", "echo"],
    );
    const client = (...args: string[]) =>
      runProgram("client", ["--to", urlOf(server), ...token, ...args]);
    for (let i = 0; (await shares(server)).includes(0) || i < 2; i++) {
      const put = await client("put", `${folder}/a.txt`, "--as", `${i}.txt`);
      assertEquals(put.code, 0, put.stderr);
      assertEquals(await Deno.readTextFile(`${folder}/root/${i}.txt`), "粘包");
      const ran = await client("exec", "--", "echo", `run ${i}`);
      assertEquals([ran.code, ran.stdout], [0, `run ${i}\n`], ran.stderr);
      assert(i < 20, "one worker gets everything");
    }
    server.kill("SIGTERM");
    const { code, stderr } = await server.ended();
    assertEquals(code, 0, stderr);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});

Deno.test("a second server cannot share the port by mistake", linux, async () => {
  await using server = await start([RAW]);
  const args = ["--workers", "2", "--listen", urlOf(server)];
  const { code, stderr } = await runProgram("server", args);
  assertEquals(code, 1);
  assertStringIncludes(stderr, "another program listens there");
});

Deno.test("what cannot be shared is served beside what can, and that is told", linux, async () => {
  const folder = await Deno.makeTempDir();
  try {
    const listen = [`unix://${folder}/s.sock?speak=hello`, HELLO, "udp://127.0.0.1:0?speak=echo"];
    await using server = await start(listen);
    await server.logged(/^2 workers share the connections of tcp:\/\/ and tls:\/\/ listeners$/m);
    await server.logged(/^One thread serves unix:, udp:$/m);
    assertMatch(server.urls.join(" "), /^unix:\S+ tcp:\S+ udp:\S+$/);
    for (const url of server.urls.slice(0, 2)) {
      const connection = await connect(url);
      assertEquals(await hear(connection), "Welcome!");
      connection.close();
    }
    const answer = await runProgram("client", ["--to", server.urls[2] ?? "", "echo", "hi"]);
    assertEquals(answer.stdout, "hi\n", answer.stderr);
    server.kill("SIGTERM");
    assertEquals((await server.ended()).code, 0);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});
