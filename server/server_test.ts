import { assert, assertEquals, assertRejects, assertThrows } from "@std/assert";
import { connect, type Connection, ListenError } from "../protocol/transport/mod.ts";
import { ConnectionSlots } from "./connection_slots.ts";
import { serve } from "./serve.ts";
import { Server, type ServerOptions } from "./server.ts";
import { hear, hearAll, say } from "./testing.ts";

/** Answers the first read with itself, and notes which hooks were called. */
class Recorder extends Server {
  readonly calls: string[] = [];
  readonly failing: string;

  constructor(options: ServerOptions, failing = "") {
    super(options);
    this.failing = failing;
  }

  #note(hook: string): void {
    this.calls.push(hook);
    if (hook === this.failing) throw new Error(hook);
  }

  override verify(): boolean {
    this.#note("verify");
    return this.failing !== "refuse";
  }

  override setup(): void {
    this.#note("setup");
  }

  override async handle(connection: Connection): Promise<void> {
    this.#note("handle");
    await say(connection, await hear(connection) ?? "");
  }

  override finish(): void {
    this.#note("finish");
  }

  override error(error: unknown): void {
    this.calls.push(`error: ${error instanceof Error ? error.message : error}`);
  }

  override idle(): void {
    this.#note("idle");
  }
}

async function callsOf(failing: string, name: string): Promise<string[]> {
  const server = new Recorder({ listen: `memory:${name}` }, failing);
  await server.bind();
  const handled = server.handleOne();
  const client = await connect(server.endpoint);
  await client.write(Uint8Array.of(1));
  await client.closeWrite();
  assertEquals(await handled, true);
  client.close();
  await server.shutdown();
  return server.calls;
}

Deno.test("the hooks are called in the order of socketserver, whatever fails", async () => {
  const table: [failing: string, calls: string[]][] = [
    ["", ["verify", "setup", "handle", "finish"]],
    ["refuse", ["verify"]],
    ["verify", ["verify", "error: verify"]],
    ["setup", ["verify", "setup", "error: setup"]],
    ["handle", ["verify", "setup", "handle", "finish", "error: handle"]],
    ["finish", ["verify", "setup", "handle", "finish", "error: finish"]],
  ];
  for (const [failing, calls] of table) {
    assertEquals(await callsOf(failing, `hooks-${failing}`), calls, failing);
  }
});

Deno.test("handleOne serves one connection, or says that none came", async () => {
  await using server = new Recorder({ listen: "tcp://127.0.0.1:0" });
  assertThrows(() => server.endpoint, TypeError, "not bound yet");
  assertEquals(await server.handleOne({ timeoutMs: 1 }), false);
  assertEquals(server.calls, ["idle"]);
  const client = await connect(server.endpoint);
  const handled = server.handleOne({ timeoutMs: 10_000 });
  await say(client, "one");
  assertEquals(await hear(client), "one");
  client.close();
  assertEquals(await handled, true);
  const waiting = server.handleOne();
  await server.shutdown();
  assertEquals(await waiting, false);
  await server.finished;
});

Deno.test("idle is called while nobody comes, and its failure goes to the error hook", async () => {
  const idle = Promise.withResolvers<void>();
  let errors = 0;
  await using _server = await serve(() => {}, {
    listen: "memory:idle",
    idleIntervalMs: 1,
    idle: () => {
      if (errors < 2) throw new Error("idle");
      idle.resolve();
    },
    error: (_, connection) => {
      assertEquals(connection, null);
      errors++;
    },
  });
  await idle.promise;
  assertEquals(errors, 2);
});

Deno.test("one connection's failure touches no other, not even that of the error hook", async () => {
  const errors: string[] = [];
  await using server = await serve(async (connection) => {
    const word = await hear(connection);
    if (word === "fail") throw new Error("a bug");
    await say(connection, `${word}!`);
    await say(connection, await hear(connection) ?? "");
  }, {
    listen: "tcp://127.0.0.1:0",
    error: (error) => {
      errors.push(error instanceof Error ? error.message : "");
    },
  });
  const good = await connect(server.endpoint);
  await say(good, "good");
  assertEquals(await hear(good), "good!");
  for (let i = 0; i < 3; i++) {
    const bad = await connect(server.endpoint);
    await say(bad, "fail");
    assertEquals(await hearAll(bad), "");
    bad.close();
  }
  await say(good, "still there");
  assertEquals(await hear(good), "still there");
  good.close();
  assertEquals(errors, ["a bug", "a bug", "a bug"]);
});

Deno.test("connections over the maximum wait until one ends, over all servers that share it", async () => {
  const slots = new ConnectionSlots(2);
  let most = 0;
  const echo = async (connection: Connection) => {
    most = Math.max(most, slots.used);
    for (let text = await hear(connection); text !== null; text = await hear(connection)) {
      await say(connection, text);
    }
  };
  const options = { maxConnections: slots } as const;
  await using a = await serve(echo, { ...options, listen: "tcp://127.0.0.1:0" });
  await using b = await serve(echo, { ...options, listen: "tcp://127.0.0.1:0" });
  const clients: Connection[] = [];
  for (let i = 0; i < 6; i++) clients.push(await connect(i % 2 ? a.endpoint : b.endpoint));
  // Whoever was let in is answered; the next one gets in when it leaves.
  const answers = clients.map(async (client, i) => {
    await say(client, `${i}`);
    const answer = await hear(client);
    client.close();
    return answer;
  });
  assertEquals(await Promise.all(answers), ["0", "1", "2", "3", "4", "5"]);
  assertEquals(most, 2);
});

Deno.test("shutdown lets running handlers end and takes no new connections", async () => {
  const server = await serve(async (connection) => {
    await say(connection, await hear(connection) ?? "");
    await say(connection, await hear(connection) ?? "");
  }, { listen: "tcp://127.0.0.1:0" });
  const { endpoint } = server;
  const client = await connect(endpoint);
  await say(client, "before");
  assertEquals(await hear(client), "before");
  assertEquals(server.connectionCount, 1);
  const closed = server.shutdown({ timeoutMs: 10_000 });
  await assertRejects(() => connect(endpoint), Error, "Cannot connect");
  await say(client, "while draining");
  assertEquals(await hear(client), "while draining");
  client.close();
  assertEquals(await closed, 0);
  await server.finished;
  assertEquals(server.connectionCount, 0);
});

Deno.test("shutdown closes what does not end in time, and blames no handler for it", async () => {
  const errors: unknown[] = [];
  const server = await serve(async (connection, { signal }) => {
    await say(connection, "in");
    await hearAll(connection);
    assert(signal.aborted);
  }, { listen: "tcp://127.0.0.1:0", error: (error) => void errors.push(error) });
  const clients = [await connect(server.endpoint), await connect(server.endpoint)];
  for (const client of clients) assertEquals(await hear(client), "in");
  assertEquals(await server.shutdown({ timeoutMs: 10 }), 2);
  for (const client of clients) {
    assertEquals(await hearAll(client), "");
    client.close();
  }
  await server.finished;
  assertEquals(errors, []);
});

Deno.test("a second shutdown can shorten the first", async () => {
  const server = await serve(async (connection) => {
    await hearAll(connection);
  }, { listen: "memory:hurry" });
  const client = await connect(server.endpoint);
  await say(client, "x");
  const patient = server.shutdown({ timeoutMs: 60_000 });
  await server.shutdown({ timeoutMs: 1 });
  await patient;
  client.close();
});

Deno.test("the last answer arrives although the handler left bytes unread", async () => {
  const answer = "x".repeat(4_000_000);
  await using server = await serve((connection) => say(connection, answer), {
    listen: "tcp://127.0.0.1:0",
  });
  const client = await connect(server.endpoint);
  // Nobody reads these: closing with them in the queue would make the kernel send RST and drop the answer.
  await say(client, "unread".repeat(20_000));
  assertEquals((await hearAll(client)).length, answer.length);
  client.close();
});

Deno.test("a peer that never ends its side is waited for no longer than the linger time", async () => {
  const server = await serve(() => {}, { listen: "tcp://127.0.0.1:0", lingerTimeoutMs: 20 });
  const client = await connect(server.endpoint);
  assertEquals(await hearAll(client), "");
  assertEquals(await server.shutdown({ timeoutMs: 10_000 }), 0);
  client.close();
});

Deno.test("an endpoint that is taken is told by bind and serve", async () => {
  await using server = await serve(() => {}, { listen: "tcp://127.0.0.1:0" });
  await assertRejects(() => serve(() => {}, { listen: server.endpoint }), ListenError);
  const other = new Recorder({ listen: server.endpoint });
  await assertRejects(() => other.serveForever(), ListenError);
});

Deno.test("a server that was shut down cannot be bound any more", async () => {
  const server = new Recorder({ listen: "memory:never" });
  await server.shutdown();
  await assertRejects(() => server.bind(), DOMException);
});
