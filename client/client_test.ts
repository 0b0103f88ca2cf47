import { assertEquals, assertRejects } from "@std/assert";
import { framing, FramingError } from "../protocol/framing/mod.ts";
import { FramedConnection } from "../protocol/session/mod.ts";
import { ConnectError, EndpointError, listen, memoryPair } from "../protocol/transport/mod.ts";
import { Client, NoAnswerError } from "./client.ts";

const encode = (text: string) => new TextEncoder().encode(text);
const decode = (bytes: Uint8Array | null) => bytes && new TextDecoder().decode(bytes);

/** A client and the frames that its server sees. */
function pair(options?: { answerTimeoutMs: number }): [Client, FramedConnection] {
  const [here, there] = memoryPair();
  return [
    new Client(new FramedConnection(here, "line"), options),
    new FramedConnection(there, "line"),
  ];
}

Deno.test("requests under way at once get their answers in order", async () => {
  const [client, server] = pair();
  const answers = Promise.all(["a", "b", "c"].map((text) => client.request(encode(text))));
  for (const expected of ["a", "b", "c"]) {
    const { value } = await server.frames().next();
    assertEquals(decode(value ?? null), expected);
    await server.send(encode(`${expected}!`));
  }
  assertEquals((await answers).map(decode), ["a!", "b!", "c!"]);
  client.close();
  server.close();
});

Deno.test("a payload that the framing refuses takes no answer from the others", async () => {
  const [client, server] = pair();
  const first = client.request(encode("first"));
  await assertRejects(() => client.request(encode("two\nlines")), FramingError);
  const third = client.request(encode("third"));
  await server.sendAll([encode("1"), encode("3")]);
  assertEquals([decode(await first), decode(await third)], ["1", "3"]);
  await client[Symbol.asyncDispose]();
  server.close();
});

Deno.test("an answer that does not come in time closes the connection", async () => {
  const [client, server] = pair({ answerTimeoutMs: 5 });
  const error = await assertRejects(
    () => client.request(encode("x")),
    NoAnswerError,
    "within 5 ms",
  );
  assertEquals(error.reason, "timeout");
  assertEquals((await Array.fromAsync(server)).map(decode), ["x"]);
  server.close();
});

Deno.test("a server that ends the stream instead of answering is told", async () => {
  const [client, server] = pair();
  const asked = client.request(encode("x"));
  await server.closeWrite();
  assertEquals((await assertRejects(() => asked, NoAnswerError)).reason, "closed");
  assertEquals(await client.receive(), null);
  client.close();
  server.close();
});

Deno.test("after the half-close the answers still come", async () => {
  const [client, server] = pair();
  await client.send(encode("a"));
  await client.closeWrite();
  for await (const frame of server) await server.send(frame);
  await server.closeWrite();
  assertEquals([decode(await client.receive()), await client.receive()], ["a", null]);
  client.close();
  server.close();
});

Deno.test("connect takes the framing from the options or the endpoint", async () => {
  await using listener = await listen("memory:client-connect");
  for (
    const [url, options] of [
      ["memory:client-connect?framing=u8", {}],
      ["memory:client-connect", { framing: "u8" }],
      ["memory:client-connect?framing=line", { framing: framing("u8") }],
    ] as const
  ) {
    const client = await Client.connect(url, options);
    assertEquals(client.frames.framing.spec, "u8");
    client.close();
    (await listener.accept())?.close();
  }
  await assertRejects(
    () => Client.connect("memory:client-connect"),
    EndpointError,
    "no framing is said",
  );
  await assertRejects(() => Client.connect("memory:nobody?framing=u8"), ConnectError);
});

Deno.test("connect gives the connection back when the framing is wrong", async () => {
  await using listener = await listen("memory:client-wrong");
  await assertRejects(() => Client.connect("memory:client-wrong?framing=u33"), Error, "u33");
  const connection = await listener.accept();
  assertEquals(await connection?.read(new Uint8Array(1)), null);
  connection?.close();
});
