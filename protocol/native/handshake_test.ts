import { assert, assertEquals, assertRejects } from "@std/assert";
import { concat } from "@std/bytes/concat";
import { hexBytes } from "../framing/hex.ts";
import { DeadlineError } from "../session/errors.ts";
import { memoryPair } from "../transport/mod.ts";
import { NativeClient, RefusedError } from "./client.ts";
import { ProtocolError } from "./errors.ts";
import { encodeMessage } from "./link.ts";
import type { Message } from "./message.ts";
import { StrangerError } from "./opening.ts";
import { proofOf, sameProof } from "./proof.ts";
import { serveNative } from "./server.ts";
import { ECHO, nativePair } from "./testing.ts";

const utf8 = (text: string) => new TextEncoder().encode(text);
const TOKEN = utf8("correct horse"), WRONG = utf8("battery staple");
const NONCE = "ab".repeat(32);

/** What a server says to raw bytes, and why it ended. */
async function served(
  bytes: Uint8Array,
  options: { readonly chunk?: number; readonly token?: Uint8Array; readonly fin?: boolean } = {},
): Promise<{ said: string; why: unknown }> {
  const { chunk = Infinity, token, fin = true } = options;
  const [here, there] = memoryPair({ maxRead: chunk });
  const ending = serveNative(there, { services: { echo: ECHO }, ...(token ? { token } : {}) })
    .then(() => undefined, (error: unknown) => error)
    .then(async (why) => {
      await there.closeWrite().catch(() => {});
      return why;
    });
  const heard: Uint8Array[] = [];
  const hearing = (async () => {
    const buffer = new Uint8Array(4096);
    for (let n; (n = await here.read(buffer)) !== null;) heard.push(buffer.slice(0, n));
  })();
  for (let at = 0; at < bytes.length;) at += await here.write(bytes.subarray(at));
  if (fin) await here.closeWrite();
  const why = await ending;
  await hearing;
  here.close();
  there.close();
  return { said: new TextDecoder().decode(concat(heard)), why };
}

const HELLO: Message = {
  type: "hello",
  versions: [1],
  software: "test",
  limits: { part: 262_144, window: 4_194_304 },
  nonce: NONCE,
};

Deno.test("both sides prove that they know the token, which never crosses the wire", async () => {
  await using pair = await nativePair({ echo: ECHO }, {
    server: { token: TOKEN },
    client: { token: TOKEN },
  });
  const exchange = await pair.client.open("echo");
  await exchange.end();
  assertEquals(await exchange.result(), {});
  const { said } = await served(new Uint8Array(0), { token: TOKEN });
  assert(!said.includes("correct"), said);
});

Deno.test("without the token, or with another one, nobody is served", async () => {
  const cases = [
    [{ token: TOKEN }, { token: WRONG }, "The token is wrong"],
    [{ token: TOKEN }, {}, "asks for a token"],
    [{}, { token: TOKEN }, "asks for no token"],
  ] as const;
  for (const [server, client, message] of cases) {
    const error = await assertRejects(
      () => nativePair({ echo: ECHO }, { server, client }),
      RefusedError,
      message,
    );
    assertEquals(error.code, "auth");
  }
  const { why, said } = await served(encodeMessage(HELLO), { token: TOKEN });
  assert(why instanceof ProtocolError && why.code === "auth");
  assert(said.includes('"code":"auth"'), said);
});

Deno.test("a server that does not know the token is found out", async () => {
  const [here, there] = memoryPair();
  const greeting: Message = {
    type: "greeting",
    versions: [1],
    software: "liar",
    limits: HELLO.limits,
    services: [],
    auth: "hmac-sha256",
    nonce: NONCE,
  };
  const ready: Message = { type: "ready", proof: "00".repeat(32) };
  await there.write(concat([encodeMessage(greeting), encodeMessage(ready)]));
  await assertRejects(
    () => NativeClient.over(here, { token: TOKEN }),
    RefusedError,
    "The server does not know the token",
  );
  there.close();
});

Deno.test("proofs: sides and nonces matter (what they are is in vectors_test.ts)", () => {
  const nonces = { server: "00".repeat(32), client: "ff".repeat(32) };
  const client = proofOf(utf8("secret"), "client", nonces);
  const server = proofOf(utf8("secret"), "server", nonces);
  assert(!sameProof(client, server));
  assert(sameProof(client, client));
  assert(!sameProof(client, client.slice(1)));
  assert(client !== proofOf(utf8("secret"), "client", { ...nonces, server: "11".repeat(32) }));
});

Deno.test("HTTP, TLS, SSH and noise are refused with words that they can read, however cut", async () => {
  const http = utf8("GET / HTTP/1.1\r\nHost: x\r\n\r\n");
  const tls = hexBytes("1603010200010001fc0303") ?? http;
  const cases: [Uint8Array, string, string][] = [
    [http, "text", "HTTP/1.1 400 Bad Request\r\n"],
    [utf8("SSH-2.0-OpenSSH_9.9\r\n"), "text", "This port speaks nonstick/1"],
    [tls, "tls", "\x15\x03\x03\x00\x02\x02F"],
    [Uint8Array.of(0xff, 0xfe), "binary", "This port speaks nonstick/1"],
    [utf8('\0\0\0\x10{"jsonrpc":"2.0"}'), "binary", "This port speaks nonstick/1"],
  ];
  for (const [bytes, stranger, words] of cases) {
    for (const chunk of [1, 3, bytes.length]) {
      const { said, why } = await served(bytes, { chunk });
      assert(why instanceof StrangerError, String(why));
      assertEquals(why.stranger, stranger);
      assert(said.includes(words), JSON.stringify(said));
    }
  }
});

Deno.test("a server that is none is named as such", async () => {
  const [here, there] = memoryPair();
  await there.write(utf8("220 mail.example ESMTP\r\n"));
  await assertRejects(() => NativeClient.over(here), StrangerError, "text protocol");
  there.close();
});

Deno.test("silence ends with the handshake deadline, on both sides", async () => {
  const [here, there] = memoryPair();
  await assertRejects(
    () => NativeClient.over(here, { handshakeTimeoutMs: 20 }),
    DeadlineError,
    "handshake",
  );
  there.close();
  const [, server] = memoryPair();
  await assertRejects(
    () => serveNative(server, { services: {}, handshakeTimeoutMs: 20 }),
    DeadlineError,
    "handshake",
  );
});

Deno.test("members that are not known are passed over, doubled ones count once, __proto__ is a name", async () => {
  const hello = JSON.stringify({
    nonstick: [1, 7],
    type: "hello",
    software: "test",
    limits: { ...HELLO.limits, more: true },
    nonce: NONCE,
    later: { a: [] },
  }).replace('"later"', '"__proto__":{"proof":"x"},"software":"twice","later"');
  const deep = `{"type":"open","id":1,"service":"echo","args":${"[".repeat(20_000)}${
    "]".repeat(20_000)
  }}`;
  const wire = (json: string) => {
    const text = utf8(json);
    const bytes = new Uint8Array(4 + text.length);
    new DataView(bytes.buffer).setUint32(0, text.length);
    bytes.set(text, 4);
    return bytes;
  };
  const ok = await served(concat([wire(hello), wire('{"type":"ping","id":4}')]));
  assertEquals(ok.why, undefined);
  assert(
    ok.said.includes('{"type":"ready"}') && ok.said.includes('{"type":"pong","id":4}'),
    ok.said,
  );
  const bad = await served(concat([wire(hello), wire(deep)]));
  assert(bad.why instanceof ProtocolError, String(bad.why));
});

Deno.test("whoever breaks the protocol is told how, and closed", async () => {
  const open: Message = { type: "open", id: 1, service: "echo", args: {} };
  const raw = (header: Record<string, unknown>) => header as unknown as Message;
  const cases: [Message[], string][] = [
    [[raw({ nonstick: [1], type: "open", id: 1, service: "x" })], '"open" came before "hello"'],
    [[{ ...HELLO, versions: [2] }], "Version 1 is spoken here, not 2"],
    [[{ ...HELLO, nonce: "12" }], "The nonce is not 32 bytes in hex"],
    [[{ ...HELLO, limits: { part: 1, window: 1 } }], "a part of 1 bytes, 1024 at least"],
    [[HELLO, HELLO], 'A client does not say "hello" here'],
    [[HELLO, { ...open, id: 2 }], "Exchange 2 was opened, 1 is next"],
    [[HELLO, open, { ...open, id: 2 }], "Exchange 2 was opened before exchange 1 was over"],
    [[HELLO, { type: "end", id: 1, result: {} }], '"end" came for exchange 1'],
    [[HELLO, open, { type: "credit", id: 1, bytes: 1 }], "More credit came than was spent"],
    [[HELLO, open, { type: "data", id: 1, size: 262_145 }], "262145"],
    [[HELLO, raw({ type: "dance" })], 'There is no message "dance"'],
    [[HELLO, raw({ type: "constructor" })], 'There is no message "constructor"'],
    [[HELLO, raw({ type: "ping", id: -1 })], '"id" of the message "ping" is not a whole number'],
    [[HELLO, raw({ type: "ping", id: 1, size: 1 })], 'A message "ping" has no body'],
    [[HELLO, raw({ ...open, args: [] })], '"args" of the message "open" is not an object'],
    [[HELLO, raw({ ...open, service: 7 })], '"service" of the message "open" is not text'],
    [[raw({ ...HELLO, nonstick: 1 })], '"nonstick" of the message "hello" is not a list'],
    [[raw({ ...HELLO, limits: [] })], '"limits.part" of the message "hello" is not a number'],
    [[HELLO, { type: "error", code: "limit", message: "enough" }], "The client gave up: enough"],
    [[HELLO, open, { type: "end", id: 1, result: {} }, { type: "data", id: 1, size: 0 }], '"data"'],
  ];
  for (const [messages, expected] of cases) {
    const { said, why } = await served(concat(messages.map(encodeMessage)), { fin: false });
    assert(why instanceof Error && why.message.includes(expected), `${expected}: ${why}`);
    assert(said.includes('"type":"error"'), said);
  }
});
