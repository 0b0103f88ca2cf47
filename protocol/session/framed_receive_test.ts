/** How frames are received: batches, iteration, ends and faults, over memory. */
import { assert, assertEquals, assertRejects, assertThrows } from "@std/assert";
import {
  type FrameBatch,
  FrameTooLargeError,
  framing,
  FramingError,
  FramingSpecError,
} from "../framing/mod.ts";
import { memoryPair } from "../transport/mod.ts";
import { ConnectionLostError } from "./errors.ts";
import { FramedConnection } from "./framed_connection.ts";

const bytes = (...values: number[]) => Uint8Array.from(values);

/** The payloads of a batch as plain numbers. */
function list(batch: FrameBatch | null): number[][] | null {
  return batch && [...batch].map((payload) => [...payload]);
}

Deno.test("receive() gives all frames that one read completed, then the next", async () => {
  const [peer, end] = memoryPair();
  const connection = new FramedConnection(end, "u8");
  await peer.write(bytes(1, 7, 0, 2, 8, 9, 1));
  await peer.write(bytes(5, 3, 1));
  assertEquals(list(await connection.receive()), [[7], [], [8, 9]]);
  assertEquals(list(await connection.receive()), [[5]]);
  await peer.write(bytes(2, 3));
  await peer.closeWrite();
  assertEquals(list(await connection.receive()), [[1, 2, 3]]);
  assertEquals(await connection.receive(), null);
  assertEquals(connection.bytesReceived, 12);
  connection.close();
});

Deno.test("receive() gives more frames than a batch holds in several batches of one read", async () => {
  const [peer, end] = memoryPair();
  const connection = new FramedConnection(end, "u8");
  await peer.write(new Uint8Array(1000));
  await peer.closeWrite();
  let frames = 0, batches = 0;
  for await (const batch of connection.batches()) {
    frames += batch.count;
    batches++;
  }
  assertEquals(frames, 1000);
  assert(batches > 1, `${batches} batches`);
  connection.close();
});

Deno.test("iteration gives frames of their own, and leaving it loses none", async () => {
  const [peer, end] = memoryPair();
  const connection = new FramedConnection(end, "u8");
  await peer.write(bytes(1, 1, 1, 2, 1, 3, 1, 4, 1, 5));
  await peer.write(bytes(1, 6));
  await peer.closeWrite();
  const kept: Uint8Array[] = [];
  for await (const frame of connection) {
    kept.push(frame);
    if (kept.length === 2) break;
  }
  for await (const frame of connection.frames()) {
    kept.push(frame);
    break;
  }
  // What is left of the batch that was iterated, then the next.
  assertEquals(list(await connection.receive()), [[4], [5]]);
  for await (const frame of connection) kept.push(frame);
  assertEquals(kept.map((frame) => [...frame]), [[1], [2], [3], [6]]);
  assertEquals(await Array.fromAsync(connection), []);
  connection.close();
});

Deno.test("receive() inside an iteration takes the frames that the iteration has not", async () => {
  const [peer, end] = memoryPair();
  const connection = new FramedConnection(end, "u8");
  await peer.write(bytes(1, 1, 1, 2, 1, 3));
  await peer.write(bytes(1, 4));
  await peer.closeWrite();
  const iterated: number[][] = [], received: (number[][] | null)[] = [];
  for await (const frame of connection) {
    iterated.push([...frame]);
    if (iterated.length === 1) received.push(list(await connection.receive()));
  }
  assertEquals(iterated, [[1], [4]]);
  assertEquals(received, [[[2], [3]]]);
  connection.close();
});

Deno.test("a second receive() at the same time is refused, the first goes on", async () => {
  const [peer, end] = memoryPair();
  const connection = new FramedConnection(end, "u8");
  const first = connection.receive();
  await assertRejects(() => connection.receive(), Error, "another receive is waiting");
  await peer.write(bytes(1, 7));
  assertEquals(list(await first), [[7]]);
  connection.close();
});

Deno.test("frames before a fault are received and answered, then the fault closes", async () => {
  const [peer, end] = memoryPair();
  const connection = new FramedConnection(end, "u8", { maxFrameLength: 3 });
  await peer.write(bytes(1, 7, 2, 8, 9, 4, 1, 2, 3, 4));
  const batch = await connection.receive();
  assertEquals(list(batch), [[7], [8, 9]]);
  if (batch !== null) connection.sendBatch(batch);
  const error = await assertRejects(() => connection.receive(), FrameTooLargeError);
  assertEquals([error.offset, error.frameIndex], [5, 2]);
  await assertRejects(() => connection.receive(), FrameTooLargeError);
  const buffer = new Uint8Array(16);
  assertEquals(await peer.read(buffer), 5);
  assertEquals([...buffer.subarray(0, 5)], [1, 7, 2, 8, 9]);
  assertEquals(await peer.read(buffer), null);
});

Deno.test("a fault does not wait for ever for a peer that does not take the answers", async () => {
  const [peer, end] = memoryPair({ capacity: 4 });
  const connection = new FramedConnection(end, "u8", { maxFrameLength: 3, writeTimeoutMs: 20 });
  const writing = peer.write(bytes(1, 7)).then(() => peer.write(bytes(1, 8, 9)));
  connection.send(bytes(1, 2, 3));
  connection.send(bytes(1, 2, 3));
  assertEquals(list(await connection.receive()), [[7]]);
  await writing;
  assertEquals(list(await connection.receive()), [[8]]);
  await assertRejects(() => connection.receive(), FramingError);
  assertEquals(await peer.read(new Uint8Array(16)), 4);
});

Deno.test("frames over the limit can be skipped", async () => {
  const [peer, end] = memoryPair();
  const skipped: FramingError[] = [];
  const connection = new FramedConnection(end, "u8", {
    maxFrameLength: 2,
    overLimit: "skip",
    onSkip: (error) => skipped.push(error),
  });
  await peer.write(bytes(1, 7, 3, 1, 2, 3, 1, 8));
  await peer.closeWrite();
  const frames = await Array.fromAsync(connection);
  assertEquals(frames.map((frame) => [...frame]), [[7], [8]]);
  assertEquals(skipped.map((error) => error.offset), [2]);
  connection.close();
});

Deno.test("an error of the program's own is passed on as it is", async () => {
  const [peer, end] = memoryPair();
  const connection = new FramedConnection(end, "u8", {
    maxFrameLength: 1,
    overLimit: "skip",
    onSkip: () => {
      throw new SyntaxError("mine");
    },
  });
  await peer.write(bytes(2, 1, 2));
  await assertRejects(() => connection.receive(), SyntaxError, "mine");
});

Deno.test("iteration ends with the error of a connection that was closed on the way", async () => {
  const [peer, end] = memoryPair();
  const connection = new FramedConnection(end, "u8");
  await peer.write(bytes(1, 1, 1, 2));
  await assertRejects(
    async () => {
      for await (const _ of connection) connection.close();
    },
    Error,
    "closed by this side",
  );
});

Deno.test("a quiet connection asks for little, a busy one for much", async () => {
  const [peer, end] = memoryPair({ capacity: 1 << 20 });
  const asked: number[] = [];
  const connection = new FramedConnection({
    local: "",
    remote: "",
    read(target) {
      asked.push(target.length);
      return end.read(target);
    },
    write: (source) => end.write(source),
    closeWrite: () => end.closeWrite(),
    close: () => end.close(),
  }, "u8");
  await peer.write(new Uint8Array(1_000_000));
  await peer.closeWrite();
  let frames = 0;
  for await (const batch of connection.batches()) frames += batch.count;
  assertEquals(frames, 1_000_000);
  assertEquals(asked[0], 1_024);
  assert(Math.max(...asked) >= 262_144 && asked.length < 12, `${asked}`);
  connection.close();
});

Deno.test("a framing and limits that cannot be are refused at once", () => {
  const [, end] = memoryPair();
  assertThrows(() => new FramedConnection(end, "u33be"), FramingSpecError);
  assertThrows(() => new FramedConnection(end, "u8", { maxFrameLength: -1 }), RangeError);
  assertThrows(() => new FramedConnection(end, "u8", { idleTimeoutMs: 0 }), RangeError);
  assertThrows(() => new FramedConnection(end, "u8", { highWaterMark: NaN }), RangeError);
});

Deno.test("any chunking of any frames gives the same frames, back and forth", async () => {
  const seed = Math.floor(Math.random() * 2 ** 32);
  const random = mulberry32(seed);
  for (let round = 0; round < 60; round++) {
    const spec = ["u8", "u16le", "u32be"][random(3)] as string;
    const payloads = Array.from(
      { length: random(30) },
      () =>
        Uint8Array.from({ length: random(8) === 0 ? random(256) : random(12) }, () => random(256)),
    );
    const encoder = framing(spec).createEncoder();
    const wire = payloads.flatMap((payload) => [...encoder.encode(payload)]);
    const [near, far] = memoryPair({ capacity: 1 + random(64), maxRead: 1 + random(20) });
    const server = new FramedConnection(far, spec), back = new FramedConnection(near, spec);
    const writing = (async () => {
      for (let at = 0; at < wire.length;) {
        const chunk = Uint8Array.from(wire.slice(at, at + 1 + random(40)));
        at += await near.write(chunk);
      }
      await near.closeWrite();
    })();
    const echoing = (async () => {
      for await (const batch of server.batches()) {
        if (random(2) === 0) server.sendBatch(batch);
        else await server.sendAll(batch);
      }
      await server.closeWrite();
    })();
    const received = await Array.fromAsync(back);
    await Promise.all([writing, echoing]);
    const about = `seed ${seed}, round ${round}`;
    assertEquals(
      received.map((frame) => [...frame]),
      payloads.map((payload) => [...payload]),
      about,
    );
    back.close();
    server.close();
  }
});

/** Whole numbers from 0 to below `limit`, the same ones for the same seed. */
function mulberry32(seed: number): (limit: number) => number {
  return (limit) => {
    seed = (seed + 0x6d2b79f5) | 0;
    let t = Math.imul(seed ^ (seed >>> 15), 1 | seed);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) % limit;
  };
}

Deno.test("a broken connection is told once what was received is used up", async () => {
  const [peer, end] = memoryPair();
  const connection = new FramedConnection(end, "u8");
  await peer.write(bytes(1, 1, 1, 2));
  const frames = connection.frames();
  assertEquals([...(await frames.next()).value ?? []], [1]);
  peer.reset();
  assertEquals([...(await frames.next()).value ?? []], [2]);
  await assertRejects(() => frames.next(), ConnectionLostError, "after 4 bytes in and 0 bytes out");
});
