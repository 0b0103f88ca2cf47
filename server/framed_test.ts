import { assertEquals, assertRejects } from "@std/assert";
import { FrameTooLargeError, framing } from "../protocol/framing/mod.ts";
import { DeadlineError, FramedConnection } from "../protocol/session/mod.ts";
import { connect } from "../protocol/transport/mod.ts";
import { framed, type FramedHandler } from "./framed.ts";
import { serve } from "./serve.ts";
import { hearAll } from "./testing.ts";

const echo: FramedHandler = async (frames) => {
  for (let batch = await frames.receive(); batch !== null; batch = await frames.receive()) {
    await frames.sendBatch(batch);
  }
};

Deno.test("frames are answered, and the peer's half-close is answered with the rest", async () => {
  await using server = await serve(framed("netstring", echo), { listen: "tcp://127.0.0.1:0" });
  await using client = new FramedConnection(await connect(server.endpoint), "netstring");
  const payloads = Array.from({ length: 500 }, (_, i) => new Uint8Array(i).fill(i));
  const sending = client.sendAll(payloads).then(() => client.closeWrite());
  const answers = await Array.fromAsync(client);
  await sending;
  assertEquals(answers, payloads);
});

Deno.test("answers before a bad frame arrive, though the peer reads late and goes on sending", async () => {
  const failed = Promise.withResolvers<unknown>();
  const handler = framed("u32be", echo, { maxFrameLength: 100_000 });
  await using server = await serve(handler, {
    listen: "tcp://127.0.0.1:0",
    error: (error) => failed.resolve(error),
  });
  const client = await connect(server.endpoint);
  const good = framing("u32be").createEncoder().encode(new Uint8Array(100_000).fill(0x78));
  const write = async (bytes: Uint8Array) => {
    for (let at = 0; at < bytes.length;) at += await client.write(bytes.subarray(at));
  };
  const frames = 60;
  const sending = (async () => {
    for (let i = 0; i < frames; i++) await write(good);
    await write(Uint8Array.of(0x7f, 0xff, 0xff, 0xff));
    // The server does not want these, but must not answer them with RST.
    await write(new Uint8Array(300_000));
    await client.closeWrite();
  })();
  const answers = await hearAll(client);
  await sending;
  client.close();
  assertEquals(answers.length, frames * good.length);
  const error = await failed.promise;
  assertEquals(error instanceof FrameTooLargeError && error.offset, frames * good.length);
});

Deno.test("frames that a failing handler sent still arrive, and the failure is told", async () => {
  const failed = Promise.withResolvers<unknown>();
  const handler = framed("line", async (frames) => {
    await frames.send(new TextEncoder().encode("last words"));
    throw new Error("a bug");
  });
  await using server = await serve(handler, {
    listen: "memory:last-words",
    error: (error) => failed.resolve(error),
  });
  const client = await connect(server.endpoint);
  assertEquals(await hearAll(client), "last words\n");
  client.close();
  await assertRejects(() => failed.promise.then((error) => Promise.reject(error)), Error, "a bug");
});

Deno.test("a silent peer is closed by the deadline, in memory and over TCP", async () => {
  for (const endpoint of ["memory:silent", "tcp://127.0.0.1:0"]) {
    const failed = Promise.withResolvers<unknown>();
    const handler = framed("line", echo, { handshakeTimeoutMs: 10 });
    await using server = await serve(handler, {
      listen: endpoint,
      error: (error) => failed.resolve(error),
    });
    const client = await connect(server.endpoint);
    assertEquals(await hearAll(client), "");
    client.close();
    const error = await failed.promise;
    assertEquals(error instanceof DeadlineError && error.phase, "handshake");
  }
});
