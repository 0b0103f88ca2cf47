import { assert, assertEquals } from "@std/assert";
import { framing } from "../../protocol/framing/mod.ts";
import { type MemoryConnection, memoryPair } from "../../protocol/transport/mod.ts";
import { openEdgeProbe } from "../edge/edge_probe.ts";
import type { Contract } from "../stimulus/contract.ts";
import { type ExpectationName, EXPECTATIONS } from "../stimulus/expectation.ts";
import { framePart, Stimulus } from "../stimulus/stimulus.ts";
import { deliver, type Delivery } from "../strategy/delivery.ts";
import { Session } from "./session.ts";

const PATIENCE = { answerMs: 2000, quietMs: 10 };
const BRISK = { answerMs: 30, quietMs: 10 };
const text = (bytes: readonly Uint8Array[]) => bytes.map((one) => new TextDecoder().decode(one));

function contractOf(expect: ExpectationName = "echo"): Contract {
  return { framing: framing("u8"), expectation: EXPECTATIONS[expect] };
}

function stream(contract: Contract, ...payloads: string[]): Stimulus {
  const parts = payloads.map((one) => framePart(contract, new TextEncoder().encode(one)));
  return new Stimulus(contract, parts);
}

/** Plays deliveries to a peer in memory, written by hand. */
async function withPeer<T>(
  contract: Contract,
  peer: (connection: MemoryConnection) => Promise<void>,
  use: (session: Session) => Promise<T>,
  patience = PATIENCE,
): Promise<T> {
  const [ours, theirs] = memoryPair();
  using probe = openEdgeProbe({ method: "none", gapMs: 0 });
  const context = { contract, probe, now: () => performance.now() };
  const done = peer(theirs);
  try {
    await using session = await Session.begin(context, ours, 1, patience);
    return await use(session);
  } finally {
    theirs.close();
    await done;
  }
}

/** Gives every chunk that comes to `answer`, and writes back what it returns. */
function answering(answer: (chunk: Uint8Array) => Uint8Array) {
  return async (connection: MemoryConnection) => {
    const buffer = new Uint8Array(1024);
    try {
      for (let n; (n = await connection.read(buffer)) !== null;) {
        const bytes = answer(buffer.slice(0, n));
        if (bytes.length > 0) await connection.write(bytes);
      }
    } catch (error) {
      if (!(error instanceof Deno.errors.Interrupted || error instanceof Deno.errors.BrokenPipe)) {
        throw error;
      }
    }
  };
}

const echo = answering((chunk) => chunk);
const play = (delivery: Delivery, patience = PATIENCE) => (session: Session) =>
  session.play(delivery, patience);

Deno.test("chunks are written as they were cut, and answers taken as they come", async () => {
  const contract = contractOf();
  const chunks: number[] = [];
  const peer = answering((chunk) => {
    chunks.push(chunk.length);
    return chunk;
  });
  const delivery = deliver(stream(contract, "ab", "c"), [1, 4]);
  const played = await withPeer(contract, peer, play(delivery));
  assertEquals(chunks, [1, 3, 1]);
  assertEquals(text(played.answers), ["ab", "c"]);
  assertEquals(played.chunks.map(({ end, edge }) => [end, edge]), [
    [1, "assumed"],
    [4, "assumed"],
    [5, "unneeded"],
  ]);
  assertEquals(played.state, "open");
});

Deno.test("what comes unasked between two deliveries counts for the second one", async () => {
  const contract = contractOf();
  const twice = answering((chunk) => Uint8Array.of(...chunk, ...chunk));
  await withPeer(contract, twice, async (session) => {
    const first = await session.play(deliver(stream(contract, "a")), PATIENCE);
    const second = await session.play(deliver(stream(contract, "b")), PATIENCE);
    const both = text([...first.answers, ...second.answers]);
    assertEquals(both.slice(0, 3), ["a", "a", "b"]);
    assert(text(second.answers).includes("b"));
  });
});

Deno.test("a wait that ends without its answer is told, and the delivery goes on", async () => {
  const contract = contractOf();
  // Answers a frame only when the next one has come.
  let kept = new Uint8Array(0);
  const lazy = answering((chunk) => {
    const due = kept;
    kept = chunk.slice();
    return due;
  });
  const delivery = deliver(stream(contract, "a", "b"), [2], { waits: [2] });
  const played = await withPeer(contract, lazy, play(delivery, BRISK), BRISK);
  assertEquals(played.lateAt, [2]);
  assertEquals(text(played.answers), ["a"]);
});

Deno.test("every wait is kept", async () => {
  const contract = contractOf();
  const silent = answering(() => new Uint8Array(0));
  const delivery = deliver(stream(contract, "a", "b", "c"), [2, 4], { waits: [2, 4, 6] });
  const played = await withPeer(contract, silent, play(delivery, BRISK), BRISK);
  assertEquals(played.lateAt, [2, 4, 6]);
});

Deno.test("the end of the connection is told, and no time is lost on it", async () => {
  const contract = contractOf();
  const closing = async (connection: MemoryConnection) => {
    await connection.read(new Uint8Array(16));
    connection.close();
  };
  const started = performance.now();
  const played = await withPeer(contract, closing, play(deliver(stream(contract, "a"))));
  assertEquals(played.state, "ended");
  assert(performance.now() - started < PATIENCE.answerMs);
});

Deno.test("FIN is sent behind the answers that are awaited, and what follows is read", async () => {
  const contract = contractOf();
  const parts = [...stream(contract, "a").parts, { kind: "tail", wire: Uint8Array.of(9) } as const];
  const delivery = deliver(new Stimulus(contract, parts), [2], { waits: [2, 3], end: "fin" });
  const played = await withPeer(contract, async (connection) => {
    const buffer = new Uint8Array(16);
    for (let n; (n = await connection.read(buffer)) !== null;) {
      if (n === 2) await connection.write(buffer.slice(0, n));
    }
    await connection.write(Uint8Array.of(1, 120)); // a frame that nobody sent, at the end
    connection.close();
  }, play(delivery));
  assertEquals(text(played.answers), ["a", "x"]);
  assertEquals(played.state, "ended");
});

Deno.test("answers that are no frames are told as such", async () => {
  const contract = { ...contractOf(), framing: framing("netstring") };
  const garbage = answering(() => new TextEncoder().encode("nonsense"));
  const stimulus = new Stimulus(contract, [framePart(contract, Uint8Array.of(1))]);
  const played = await withPeer(contract, garbage, play(deliver(stimulus)));
  assert(played.undecodable !== undefined);
});

Deno.test("the greeting comes with the first delivery only", async () => {
  const contract = contractOf("hello");
  const host = async (connection: MemoryConnection) => {
    const send = (line: string) =>
      connection.write(new Uint8Array([line.length, ...new TextEncoder().encode(line)]));
    await send("Welcome!");
    await answering((chunk) => {
      const line = `Hello, ${new TextDecoder().decode(chunk.subarray(1))}!`;
      return Uint8Array.of(line.length, ...new TextEncoder().encode(line));
    })(connection);
  };
  await withPeer(contract, host, async (session) => {
    const first = await session.play(deliver(stream(contract, "Eve")), PATIENCE);
    assertEquals(text(first.greeted ?? []), ["Welcome!"]);
    assertEquals(text(first.answers), ["Hello, Eve!"]);
    const second = await session.play(deliver(stream(contract, "Ben")), PATIENCE);
    assertEquals([second.greeted, text(second.answers)], [undefined, ["Hello, Ben!"]]);
  });
});

Deno.test("a target that stops reading is told apart from one that is silent", async () => {
  const contract = contractOf();
  const asleep = (_connection: MemoryConnection) => Promise.resolve();
  const big = new Stimulus(
    contract,
    Array.from({ length: 1000 }, () => framePart(contract, new Uint8Array(200))),
  );
  const stuck = await withPeer(contract, asleep, play(deliver(big), BRISK), BRISK);
  assertEquals(stuck.chunks.at(-1)?.edge, "timeout");
  const silent = await withPeer(contract, echo, play(deliver(stream(contract, "a"))), PATIENCE);
  assertEquals(text(silent.answers), ["a"]);
});
