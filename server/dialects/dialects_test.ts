import { assertEquals } from "@std/assert";
import { framing, FRAMING_FAMILIES, FramingError } from "../../protocol/framing/mod.ts";
import { DeadlineError, FramedConnection } from "../../protocol/session/mod.ts";
import { connect, memoryPair } from "../../protocol/transport/mod.ts";
import { serve } from "../serve.ts";
import { ECHO } from "../services/echo.ts";
import { HELLO } from "../services/hello.ts";
import { UPPER } from "../services/upper.ts";
import { hear, hearAll, say } from "../testing.ts";
import { framedDialect } from "./framed_dialect.ts";
import type { Limits } from "./limits.ts";
import { rawDialect } from "./raw_dialect.ts";

const LIMITS: Limits = {
  maxFrameLength: 1_000_000,
  handshakeTimeoutMs: 10_000,
  frameTimeoutMs: 10_000,
  idleTimeoutMs: 10_000,
  writeTimeoutMs: 10_000,
  minRate: 1,
};
const CONTEXT = { endpoint: "memory:", signal: new AbortController().signal, admit() {} };
const encoder = new TextEncoder();

Deno.test("raw echo answers each read with itself", async () => {
  const [here, there] = memoryPair();
  const served = rawDialect(ECHO, LIMITS)(there, CONTEXT);
  for (const text of ["one", "two three", "粘包"]) {
    await say(here, text);
    assertEquals(await hear(here), text);
  }
  await here.closeWrite();
  await served;
  there.close();
  assertEquals(await hear(here), null);
});

Deno.test("raw upper maps the bytes a-z and no others", async () => {
  const [here, there] = memoryPair();
  const served = rawDialect(UPPER, LIMITS)(there, CONTEXT);
  const all = Uint8Array.from({ length: 256 }, (_, byte) => byte);
  await here.write(all);
  const answer = new Uint8Array(300);
  assertEquals(await here.read(answer), 256);
  const expected = all.map((byte) => byte >= 97 && byte <= 122 ? byte - 32 : byte);
  assertEquals(answer.subarray(0, 256), expected);
  await here.closeWrite();
  await served;
});

Deno.test("raw hello greets, answers per read, and closes on exit", async () => {
  const [here, there] = memoryPair();
  const served = rawDialect(HELLO, LIMITS)(there, CONTEXT);
  assertEquals(await hear(here), "Welcome!");
  for (const name of ["Michael", "exit\n", " Tracy "]) {
    await say(here, name);
    assertEquals(await hear(here), `Hello, ${name}!`);
  }
  await say(here, "exit");
  await served;
});

Deno.test("raw reads grow with the traffic, so that large messages come in few answers", async () => {
  await using server = await serve(rawDialect(ECHO, LIMITS), { listen: "tcp://127.0.0.1:0" });
  const client = await connect(server.endpoint);
  const text = "0123456789".repeat(100_000);
  const sending = say(client, text).then(() => client.closeWrite());
  assertEquals(await hearAll(client) === text, true);
  await sending;
  client.close();
});

Deno.test("raw: who says nothing, or takes no answer, is closed in time", async () => {
  const cases = [
    ["handshake", { handshakeTimeoutMs: 5 }, ""],
    ["idle", { idleTimeoutMs: 5 }, "x"],
    ["write", { writeTimeoutMs: 5 }, "x".repeat(50)],
  ] as const;
  for (const [phase, limit, first] of cases) {
    const [here, there] = memoryPair({ capacity: 64 });
    const served = rawDialect(ECHO, { ...LIMITS, ...limit })(there, CONTEXT);
    if (first !== "") await say(here, first);
    if (phase === "write") await say(here, first);
    const error = await failureOf(served);
    assertEquals(error instanceof DeadlineError && error.phase, phase);
    here.close();
  }
});

async function failureOf(work: void | Promise<void>): Promise<unknown> {
  try {
    return void await work;
  } catch (error) {
    return error;
  }
}

/** Specs of all families, as far as they carry payloads of any length. */
const SPECS = [
  ...FRAMING_FAMILIES.map(({ name }) => name).filter((name) => /^[a-z0-9+-]+$/.test(name))
    .filter((name) => !["delim", "marked", "fixed"].includes(name)),
  "delim:0d0a",
  "marked:02:03",
  "u16be?includes=header",
];

async function framedAnswers(
  service: typeof ECHO,
  spec: string,
  texts: readonly string[],
): Promise<string[]> {
  const [here, there] = memoryPair();
  const served = framedDialect(service, framing(spec), LIMITS)(there, CONTEXT);
  const client = new FramedConnection(here, spec);
  const sending = client.sendAll(texts.map((text) => encoder.encode(text)))
    .then(() => client.closeWrite());
  const answers: string[] = [];
  const receiving = (async () => {
    for await (const frame of client) answers.push(new TextDecoder().decode(frame));
  })();
  await sending;
  await served;
  there.close();
  await receiving;
  client.close();
  return answers;
}

Deno.test("echo, upper and hello in every framing: one answer for each frame", async () => {
  const texts = ["a", "hello, world", "x".repeat(200), "1 2 3", "z"];
  for (const spec of SPECS) {
    assertEquals(await framedAnswers(ECHO, spec, texts), texts, spec);
    const upper = texts.map((text) => text.toUpperCase());
    assertEquals(await framedAnswers(UPPER, spec, texts), upper, spec);
    assertEquals(
      await framedAnswers(HELLO, spec, ["Bob", "Ann", "exit", "late"]),
      ["Welcome!", "Hello, Bob!", "Hello, Ann!"],
      spec,
    );
  }
});

Deno.test("an answer that would break its framing is an error, never a broken frame", async () => {
  const [here, there] = memoryPair();
  // The delimiter is A: upper case of a.
  const served = framedDialect(UPPER, framing("delim:41"), LIMITS)(there, CONTEXT);
  await say(here, "bcAxaxA");
  const error = await failureOf(served);
  assertEquals(error instanceof FramingError && error.code, "UNENCODABLE_FRAME");
  there.close();
  assertEquals(await hearAll(here), "BCA");
});
