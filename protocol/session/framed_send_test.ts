/** How frames are sent: joined, in order, whole, with back-pressure. */
import { assert, assertEquals, assertRejects, assertStrictEquals } from "@std/assert";
import { type FrameBatch, FrameTooLargeError } from "../framing/mod.ts";
import { type Connection, memoryPair } from "../transport/mod.ts";
import { ConnectionClosedError, ConnectionLostError, DeadlineError } from "./errors.ts";
import { FramedConnection } from "./framed_connection.ts";

/** A connection that notes each write; `take` says how many bytes one takes, `gate` makes writes wait. */
class Recorder implements Connection {
  readonly local = "memory:recorder#a";
  readonly remote = "memory:recorder#b";
  readonly writes: Uint8Array[] = [];
  /** The very arrays that were passed, for telling copies apart. */
  readonly passed: Uint8Array[] = [];
  take: (length: number) => number = (length) => length;
  gate: Promise<void> | null = null;
  chunks: Uint8Array[] = [];
  finished = 0;
  #end = Promise.withResolvers<null>();

  read(target: Uint8Array): Promise<number | null> {
    const chunk = this.chunks.shift();
    if (chunk === undefined) return this.#end.promise;
    target.set(chunk);
    return Promise.resolve(chunk.length);
  }

  async write(source: Uint8Array): Promise<number> {
    const count = this.take(source.length);
    this.passed.push(source);
    this.writes.push(source.slice(0, count));
    await this.gate;
    return count;
  }

  closeWrite(): Promise<void> {
    this.finished++;
    return Promise.resolve();
  }

  close(): void {
    this.#end.resolve(null);
  }

  /** All bytes written so far. */
  get wire(): number[] {
    return this.writes.flatMap((write) => [...write]);
  }
}

const bytes = (...values: number[]) => Uint8Array.from(values);

Deno.test("frames sent in one turn leave in one write", async () => {
  const recorder = new Recorder();
  const connection = new FramedConnection(recorder, "u8");
  connection.send(bytes(1));
  connection.send(bytes());
  connection.sendAll([bytes(2, 3), bytes(4)]);
  assertEquals(recorder.writes.length, 0);
  assertEquals(connection.bytesQueued, 8);
  await connection.flush();
  assertEquals(recorder.writes, [bytes(1, 1, 0, 2, 2, 3, 1, 4)]);
  assertEquals([connection.bytesSent, connection.bytesQueued], [8, 0]);
  connection.close();
});

Deno.test("frames sent while a write is under way leave in the next one", async () => {
  const recorder = new Recorder();
  const open = Promise.withResolvers<void>();
  recorder.gate = open.promise;
  const connection = new FramedConnection(recorder, "u8");
  for (let i = 0; i < 4; i++) await connection.send(bytes(i));
  open.resolve();
  await connection.flush();
  assertEquals(recorder.writes, [bytes(1, 0), bytes(1, 1, 1, 2, 1, 3)]);
  connection.close();
});

Deno.test("many small frames share large writes", async () => {
  const recorder = new Recorder();
  const connection = new FramedConnection(recorder, "u16be", { highWaterMark: 1 << 24 });
  await connection.sendAll(Array.from({ length: 10_000 }, () => new Uint8Array(98)));
  await connection.flush();
  assertEquals(recorder.wire.length, 1_000_000);
  assert(recorder.writes.length <= 6, `${recorder.writes.length} writes`);
  connection.close();
});

Deno.test("partial writes are finished before anything else is written", async () => {
  const recorder = new Recorder();
  recorder.take = (length) => Math.min(length, 3);
  const connection = new FramedConnection(recorder, "u8");
  await Promise.all([connection.send(bytes(1, 2, 3, 4, 5)), connection.send(bytes(6))]);
  await connection.flush();
  assertEquals(recorder.wire, [5, 1, 2, 3, 4, 5, 1, 6]);
  assertEquals(recorder.writes.map((write) => write.length), [3, 3, 2]);
  connection.close();
});

Deno.test("frames of concurrent senders are never mixed", async () => {
  const [near, far] = memoryPair({ capacity: 50 });
  const sender = new FramedConnection(near, "u8"), receiver = new FramedConnection(far, "u8");
  const senders = Array.from({ length: 10 }, async (_, id) => {
    for (let i = 0; i < 20; i++) await sender.send(new Uint8Array(id).fill(id));
  });
  const sent = Promise.all(senders).then(() => sender.closeWrite());
  const counts = new Array(10).fill(0);
  for await (const frame of receiver) {
    assert(frame.every((byte) => byte === frame.length));
    counts[frame.length]++;
  }
  await sent;
  assertEquals(counts, new Array(10).fill(20));
  sender.close();
  receiver.close();
});

Deno.test("a large payload is written without a copy, and is the caller's once send() resolves", async () => {
  const recorder = new Recorder();
  const open = Promise.withResolvers<void>();
  recorder.gate = open.promise;
  const connection = new FramedConnection(recorder, "u32be");
  const large = new Uint8Array(200_000).fill(7);
  let free = false;
  connection.send(bytes(1));
  const sending = connection.send(large).then(() => free = true);
  connection.send(bytes(2));
  await null;
  assert(!free, "resolved while the payload was still needed");
  open.resolve();
  await sending;
  await connection.flush();
  // The small frame and the header of the large one share a write, the payload is passed on as it is.
  assertEquals(recorder.writes.map((write) => write.length), [9, 200_000, 5]);
  assertStrictEquals(recorder.passed[1]?.buffer, large.buffer);
  connection.close();
});

Deno.test("memory of the caller's is never used for anything else", async () => {
  const recorder = new Recorder();
  const connection = new FramedConnection(recorder, "u32be");
  // As long as the buffers that small frames are joined in.
  const theirs = new Uint8Array(262_144);
  await connection.send(theirs);
  for (let i = 0; i < 20; i++) await connection.sendAll([new Uint8Array(9_000).fill(7)]);
  await connection.flush();
  assert(theirs.every((byte) => byte === 0));
  connection.close();
});

Deno.test("close() rejects what waits even if the write under way never ends", async () => {
  const recorder = new Recorder();
  recorder.gate = new Promise(() => {});
  const connection = new FramedConnection(recorder, "u8", { highWaterMark: 0 });
  const sending = connection.send(bytes(1)), flushing = connection.flush();
  connection.close();
  await assertRejects(() => sending, ConnectionClosedError);
  await assertRejects(() => flushing, ConnectionClosedError);
});

Deno.test("a small payload is the caller's at once", async () => {
  const recorder = new Recorder();
  const connection = new FramedConnection(recorder, "u8");
  const payload = bytes(1, 2);
  connection.send(payload);
  payload.fill(9);
  await connection.flush();
  assertEquals(recorder.wire, [2, 1, 2]);
  connection.close();
});

Deno.test("send() waits while more than highWaterMark bytes are queued", async () => {
  const recorder = new Recorder();
  const open = Promise.withResolvers<void>();
  recorder.gate = open.promise;
  const connection = new FramedConnection(recorder, "u8", { highWaterMark: 10 });
  await connection.send(new Uint8Array(9));
  let third = false;
  const second = connection.send(new Uint8Array(1)).then(() => third = true);
  await null;
  assert(!third, "12 bytes are queued");
  open.resolve();
  await second;
  assertEquals(connection.bytesQueued <= 10, true);
  connection.close();
});

Deno.test("sendBatch() forwards all batches of one read in one write, before the next read", async () => {
  const recorder = new Recorder();
  const connection = new FramedConnection(recorder, "u8");
  // 600 empty frames do not fit into one batch; then half a frame; then its rest.
  const wire = new Uint8Array(603);
  wire.set([2, 5], 600);
  wire[602] = 0;
  recorder.chunks = [wire.subarray(0, 602), bytes(6, 1), bytes(7)];
  let batches = 0;
  const running = (async () => {
    for await (const batch of connection.batches()) {
      batches++;
      connection.sendBatch(batch);
    }
  })();
  recorder.close();
  await running;
  assert(batches > 3, `${batches} batches`);
  assertEquals(recorder.writes.map((write) => write.length), [600, 3, 2]);
  assertEquals(recorder.wire.slice(600), [2, 5, 6, 1, 7]);
  connection.close();
});

Deno.test("sendBatch() sends what the program made of a payload in place", async () => {
  const recorder = new Recorder();
  const connection = new FramedConnection(recorder, "u8");
  recorder.chunks = [bytes(2, 104, 105)];
  const batch = await connection.receive() as FrameBatch;
  for (const payload of batch) for (const [i, byte] of payload.entries()) payload[i] = byte - 32;
  connection.sendBatch(batch);
  await connection.flush();
  assertEquals(recorder.wire, [2, 72, 73]);
  connection.close();
});

Deno.test("sendBatch() and send() keep their order", async () => {
  const recorder = new Recorder();
  const connection = new FramedConnection(recorder, "u8");
  recorder.chunks = [bytes(1, 2)];
  connection.send(bytes(1));
  const batch = await connection.receive() as FrameBatch;
  connection.sendBatch(batch);
  connection.send(bytes(3));
  await connection.flush();
  assertEquals(recorder.wire, [1, 1, 1, 2, 1, 3]);
  connection.close();
});

Deno.test("sendBatch() encodes frames whose wire form is not at hand", async () => {
  const recorder = new Recorder();
  const connection = new FramedConnection(recorder, "u8");
  recorder.chunks = [bytes(1, 1, 1, 2, 1, 3)];
  for await (const _ of connection) break;
  // What is left of a batch that was iterated.
  const rest = await connection.receive() as FrameBatch;
  connection.sendBatch(rest);
  await connection.flush();
  assertEquals(recorder.wire, [1, 2, 1, 3]);
  connection.close();
});

Deno.test("sendBatch() takes batches of another connection, in its own framing", async () => {
  const from = new Recorder(), to = new Recorder();
  const source = new FramedConnection(from, "u8"), target = new FramedConnection(to, "u16be");
  from.chunks = [bytes(1, 1, 2, 2, 3), bytes(1, 4)];
  for (let i = 0; i < 2; i++) {
    await target.sendBatch(await source.receive() as FrameBatch);
  }
  await target.flush();
  assertEquals(to.wire, [0, 1, 1, 0, 2, 2, 3, 0, 1, 4]);
  source.close();
  target.close();
});

Deno.test("a payload that the framing cannot carry harms nothing else", async () => {
  const recorder = new Recorder();
  const connection = new FramedConnection(recorder, "u8", { maxFrameLength: 2 });
  const first = connection.send(bytes(1));
  await assertRejects(() => connection.send(bytes(1, 2, 3)), FrameTooLargeError);
  await assertRejects(() => connection.sendAll([bytes(2), bytes(1, 2, 3)]), FrameTooLargeError);
  await first;
  await connection.send(bytes(3));
  await connection.flush();
  assertEquals(recorder.wire, [1, 1, 1, 2, 1, 3]);
  connection.close();
});

Deno.test("a failed write fails what is queued and later sends, receiving goes on", async () => {
  const [near, far] = memoryPair();
  const connection = new FramedConnection(near, "u8");
  await far.write(bytes(1, 7));
  far.close();
  connection.send(bytes(1));
  await assertRejects(() => connection.flush(), ConnectionLostError, "0 bytes out: Broken pipe");
  await assertRejects(() => connection.send(bytes(2)), ConnectionLostError);
  await assertRejects(() => connection.sendAll([bytes(2)]), ConnectionLostError);
  assertEquals((await connection.receive())?.count, 1);
  assertEquals(await connection.receive(), null);
  await connection[Symbol.asyncDispose]();
});

Deno.test("closeWrite() sends what is queued first, once, and refuses more", async () => {
  const recorder = new Recorder();
  const connection = new FramedConnection(recorder, "u8");
  connection.send(bytes(1));
  await Promise.all([connection.closeWrite(), connection.closeWrite()]);
  assertEquals([recorder.wire, recorder.finished], [[1, 1], 1]);
  await assertRejects(() => connection.send(bytes(2)), ConnectionClosedError, "after closeWrite()");
  connection.close();
});

Deno.test("disposal does not wait for ever for a peer that takes nothing", async () => {
  const recorder = new Recorder();
  recorder.gate = new Promise(() => {});
  const connection = new FramedConnection(recorder, "u8", { writeTimeoutMs: 20 });
  connection.send(bytes(1));
  const error = await assertRejects(() => connection[Symbol.asyncDispose](), DeadlineError);
  assertEquals([error.phase, error.ms], ["write", 20]);
});
