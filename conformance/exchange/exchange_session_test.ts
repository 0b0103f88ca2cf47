import { assert, assertEquals } from "@std/assert";
import { type MemoryConnection, memoryPair } from "../../protocol/transport/mod.ts";
import { openEdgeProbe } from "../edge/edge_probe.ts";
import type { Delivery } from "../strategy/delivery.ts";
import { conversationOf } from "./conversation.ts";
import { ExchangeSession } from "./exchange_session.ts";
import type { ExchangePlay } from "./oracle.ts";
import type { ScenarioStep } from "./scenario.ts";
import { ScenarioOracle } from "./scenario_oracle.ts";

const PATIENCE = { answerMs: 2000, quietMs: 10 };
const BRISK = { answerMs: 30, quietMs: 10 };

/** What a peer in memory read, and what it does. */
interface Peer {
  readonly connection: MemoryConnection;
  /** The next chunk as text; null at the end. */
  read(): Promise<string | null>;
  write(text: string): Promise<void>;
}

/** Plays a conversation, changed as `change` says, to a peer in memory. */
async function played(
  steps: readonly ScenarioStep[],
  peer: (peer: Peer) => Promise<void>,
  change: (base: Delivery) => Delivery = (base) => base,
  patience = PATIENCE,
): Promise<{ play: ExchangePlay; cause: string | undefined }> {
  const [ours, theirs] = memoryPair();
  const { base, seams, pauses, dues } = conversationOf({ name: "test", steps });
  const oracle = new ScenarioOracle(dues, base.stimulus.bytes.length);
  using probe = openEdgeProbe({ method: "none", gapMs: 0 });
  const buffer = new Uint8Array(1024);
  const done = peer({
    connection: theirs,
    async read() {
      const count = await theirs.read(buffer);
      return count === null ? null : new TextDecoder().decode(buffer.subarray(0, count));
    },
    async write(text) {
      const bytes = new TextEncoder().encode(text);
      for (let at = 0; at < bytes.length;) at += await theirs.write(bytes.subarray(at));
    },
  }).catch(() => {}); // what we do to it ends it
  try {
    await using session = new ExchangeSession({ probe, now: () => performance.now() }, ours);
    const exchange = { base, seams, pauses, oracle };
    const play = await session.play(change(base), exchange, patience, 1);
    return { play, cause: oracle.judge(play)?.cause };
  } finally {
    theirs.close();
    await done;
  }
}

const PING: readonly ScenarioStep[] = [
  { expect: { text: "hi\n" } },
  { send: { text: "ab\n" } },
  { expect: { text: "2\n" } },
  { send: { text: "c\n" } },
  { expect: { text: "1\n" } },
];

Deno.test("the greeting is awaited, then each answer, then the end of what we say", async () => {
  const log: (string | null)[] = [];
  const { play, cause } = await played(PING, async ({ read, write }) => {
    await new Promise((resolve) => setTimeout(resolve, 20));
    log.push("hi");
    await write("hi\n");
    for (let text; (text = await read()) !== null;) {
      log.push(text);
      await write(`${text.length - 1}\n`);
    }
    log.push(null);
  });
  assertEquals([log, cause], [["hi", "ab\n", "c\n", null], undefined]);
  assertEquals([...play.marks], [[0, 3], [3, 5], [5, 7]]);
  assertEquals([play.state, play.lateAt], ["open", []]);
});

Deno.test("chunks are written as they were cut", async () => {
  const chunks: string[] = [];
  const { cause } = await played(
    PING,
    async ({ read, write }) => {
      await write("hi\n");
      for (let text, whole = ""; (text = await read()) !== null;) {
        chunks.push(text);
        whole += text;
        if (!whole.endsWith("\n")) continue;
        await write(`${whole.length - 1}\n`);
        whole = "";
      }
    },
    (base) => ({ ...base, cuts: [1, 2, 3, 4] }),
  );
  assertEquals([chunks, cause], [["a", "b", "\n", "c", "\n"], undefined]);
});

Deno.test("an answer that does not come is told, and the rest is sent all the same", async () => {
  // Answers one request late.
  const { play, cause } = await played(
    PING,
    async ({ read, write }) => {
      await write("hi\n");
      await read();
      await read();
      await write("2\n1\n");
      await read();
    },
    undefined,
    BRISK,
  );
  assertEquals([play.lateAt, cause], [[3], "LATE"]);
});

Deno.test("what is wrong ends the conversation at once", async () => {
  const began = performance.now();
  const { play, cause } = await played(PING, async ({ read, write }) => {
    await write("go away\n");
    await read();
  });
  assertEquals([play.chunks, cause], [[], "CORRUPT"]);
  assert(performance.now() - began < PATIENCE.answerMs);
});

Deno.test("the end of the connection is told, and no time is lost on it", async () => {
  const began = performance.now();
  const { play, cause } = await played(PING, async ({ read, write, connection }) => {
    await write("hi\n");
    await read();
    connection.close();
  });
  assertEquals([play.state, cause], ["ended", "LOST"]);
  assert(performance.now() - began < PATIENCE.answerMs);
});

Deno.test("a peer that does not read, and one that floods us, are left", async () => {
  const big: readonly ScenarioStep[] = [
    { send: { text: "x".repeat(300_000) } },
    { expect: { text: "ok" } },
  ];
  const asleep = await played(big, () => Promise.resolve(), undefined, BRISK);
  assertEquals([asleep.play.chunks.at(-1)?.edge, asleep.cause], ["timeout", "HANG"]);
  const flood = await played(
    [{ send: { text: "x" } }, { expect: "quiet" }],
    async ({ write }) => {
      for (;;) await write("y".repeat(2 ** 20));
    },
    undefined,
    { answerMs: 5000, quietMs: 5000 },
  );
  assertEquals(flood.cause, "PHANTOM");
});
