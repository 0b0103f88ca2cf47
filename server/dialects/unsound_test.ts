/**
 * The byte sequences by which docs/DIALECTS.md shows that a dialect is unsound: what stands there is what our own programs run
 * into, and it gets no worse than that.
 * @module
 */
import { assert, assertEquals, assertRejects, assertStringIncludes } from "@std/assert";
import { runProgram } from "../../cli/testing.ts";
import { FileRoot } from "../../protocol/files/mod.ts";
import { ExchangeError } from "../../protocol/native/mod.ts";
import { type Connection, memoryPair } from "../../protocol/transport/mod.ts";
import { CHAT_LIMITS, LocalChat } from "../chat/local_chat.ts";
import type { ConnectionHandler } from "../serve.ts";
import { HELLO } from "../services/hello.ts";
import { UPPER } from "../services/upper.ts";
import { hear, hearAll, say } from "../testing.ts";
import { roomDialect } from "./chat_raw_dialect.ts";
import { EXEC_FORMS, execDialect } from "./exec_dialect.ts";
import { filesPipeDialect } from "./files_dialect.ts";
import { rawDialect } from "./raw_dialect.ts";

const unix = { ignore: Deno.build.os === "windows" };
const LIMITS = {
  maxFrameLength: 1_000_000,
  handshakeTimeoutMs: 10_000,
  frameTimeoutMs: 10_000,
  idleTimeoutMs: 10_000,
  writeTimeoutMs: 10_000,
  minRate: 1,
};

/** One end of a connection whose other end is served. */
function served(handler: ConnectionHandler): { here: Connection; end: Promise<unknown> } {
  const [here, there] = memoryPair();
  const context = { endpoint: "memory:", signal: new AbortController().signal, admit() {} };
  const end = Promise.resolve(handler(there, context))
    .then(() => undefined, (error: unknown) => error)
    .finally(() => there.close());
  return { here, end };
}

/** What comes back when these chunks are sent, each read on its own, and then the end. */
async function answersTo(handler: ConnectionHandler, ...chunks: string[]): Promise<string> {
  const { here, end } = served(handler);
  const answers = hearAll(here);
  for (const chunk of chunks) await say(here, chunk);
  await here.closeWrite();
  assertEquals(await end, undefined);
  return await answers;
}

Deno.test("upper: the bytes are right, which answer they belong to is not known", async () => {
  const upper = rawDialect(UPPER, LIMITS);
  assertEquals(await answersTo(upper, "one", "two"), "ONETWO");
  assertEquals(await answersTo(upper, "onetwo"), "ONETWO");
});

Deno.test("hello: a name in two reads is two names, two names in one are one, exit is none", async () => {
  const hello = rawDialect(HELLO, LIMITS);
  assertEquals(await answersTo(hello, "Mich", "ael"), "Welcome!Hello, Mich!Hello, ael!");
  assertEquals(await answersTo(hello, "TracyBob"), "Welcome!Hello, TracyBob!");
  assertEquals(await answersTo(hello, "Tracyexit"), "Welcome!Hello, Tracyexit!");
});

Deno.test(
  "exec: commands in one read are another command, and half of one is, too",
  unix,
  async () => {
    const grant = {
      programs: new Set(["echo"]),
      shell: false,
      maxOutput: 1e6,
      deadlineMs: 10_000,
    };
    for (const [name, right, joined, torn] of EXEC_ANSWERS) {
      const exec = execDialect(EXEC_FORMS[name] ?? { pieces: () => [] }, grant, LIMITS);
      assertEquals(await answersTo(exec, "echo 1"), right, name);
      assertEquals(await answersTo(exec, "echo 1echo 2"), joined, name);
      const answer = await answersTo(exec, "print", "f 1");
      for (const program of ["print", "f"]) {
        assertStringIncludes(
          answer,
          `The program ${program} is`,
        );
      }
      assert(torn.test(answer), `${name}: ${answer}`);
    }
  },
);

/** What comes for one command, for two in one read, and how it looks for one in two reads. */
const EXEC_ANSWERS = [
  ["exec-raw", "1\n", "1echo 2\n", /^nonstick-server: .*\nnonstick-server: .*\n$/],
  ["exec-i32le", "\x02\0\0\x001\n", "\x08\0\0\x001echo 2\n", /^.\0\0\0n.*\n.\0\0\0n.*\n$/],
  [
    "exec-json",
    'L\0\0\0{"filename":"a.txt","total_size":2,"md5":"b026324c6904b2a9cb4b88d6d61c81d1"}1\n',
    'L\0\0\0{"filename":"a.txt","total_size":8,"md5":"0de28cfc81769b17ca783bfe44b69190"}1echo 2\n',
    /^M\0\0\0\{.*\n.*\n$/,
  ],
  [
    "exec-info",
    "欢迎登录info|21\n",
    "欢迎登录info|81echo 2\n",
    /^欢迎登录info\|\d\dn.*\ninfo\|\d\dn.*\n$/,
  ],
] as const;

Deno.test(
  "exec-raw: an output that ends is like one that pauses, and none like one that says so",
  unix,
  async () => {
    const grant = { programs: "any", shell: false, maxOutput: 1e6, deadlineMs: 10_000 } as const;
    const exec = execDialect(EXEC_FORMS["exec-raw"] ?? { pieces: () => [] }, grant, LIMITS);
    assertEquals(await answersTo(exec, "true"), "no output!");
    assertEquals(await answersTo(exec, "printf 'no output!'"), "no output!");
  },
);

Deno.test("exec-info: digits of the output behind info|N are digits of N", unix, async () => {
  const asked = async (answer: string) => {
    const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
    const answering = (async () => {
      const connection = await listener.accept();
      await connection.write(new TextEncoder().encode("欢迎登录"));
      await connection.read(new Uint8Array(100));
      await connection.write(new TextEncoder().encode(answer));
      await connection.closeWrite();
      await connection.read(new Uint8Array(1)).catch(() => null);
      connection.close();
    })();
    const to = `tcp://127.0.0.1:${listener.addr.port}?speak=exec-info`;
    const { code, stdout, stderr } = await runProgram("client", ["--to", to, "exec", "--", "x"]);
    await answering;
    listener.close();
    return [code, stdout, stderr] as const;
  };
  assertEquals(await asked("info|5hello"), [0, "hello", ""]);
  // Two bytes, `12`: they are taken for digits of the length, and 212 bytes never come.
  const [code, stdout, stderr] = await asked("info|212");
  assertEquals([code, stdout], [255, ""]);
  assertStringIncludes(stderr, "ended the stream 212 bytes too early");
});

Deno.test("files-pipe: the file belongs to the name, and nothing is kept of it", async () => {
  await withPipe(async (chunks, files) => {
    assertEquals(await chunks("post|3|a", "bcd"), undefined);
    assertEquals(await files(), { a: "bcd" });
    // The same bytes in one read: a file `abcd`, of which 3 bytes are still to come.
    const missing = await chunks("post|3|abcd");
    assert(missing instanceof ExchangeError && missing.code === "integrity", String(missing));
    assertEquals(missing.message, "3 of 3 bytes are missing");
    const surplus = await chunks("post|3|b", "bcdpost|1|c");
    assert(surplus instanceof ExchangeError && surplus.message === "More than 3 bytes came");
    const stray = await chunks("bcd");
    assert(stray instanceof ExchangeError && stray.code === "invalid", String(stray));
    assertEquals(await files(), { a: "bcd" });
  });
});

Deno.test("files-pipe: with bad luck the wrong bytes get a wrong name, and nobody can know", async () => {
  await withPipe(async (chunks, files) => {
    // Two files, `a` and `e`; the third read ends inside the second request.
    const error = await chunks("post|3|abcd", "pos", "t|2|efg");
    assertEquals(await files(), { abcd: "pos" });
    assert(error instanceof ExchangeError && error.code === "invalid", String(error));
  });
});

Deno.test("chat-raw: two lines are one message, half a character is none", async () => {
  const chat = roomDialect(new LocalChat(CHAT_LIMITS), LIMITS);
  const ann = served(chat), bob = served(chat);
  await say(ann.here, "I am here");
  assertEquals(await hear(bob.here), "guest-1: I am here\n");
  await say(bob.here, "yes\nno\n");
  assertEquals(await hear(ann.here), "guest-2: yes\\u000ano\n");
  const sticky = new TextEncoder().encode("粘");
  await bob.here.write(sticky.subarray(0, 1));
  assertEquals(await hear(ann.here), "guest-2: \ufffd\n");
  await bob.here.write(sticky.subarray(1));
  assertEquals(await hear(ann.here), "guest-2: \ufffd\ufffd\n");
  for (const { here, end } of [ann, bob]) {
    await here.closeWrite();
    assertEquals(await end, undefined);
  }
});

/** Sends chunks to `files-pipe`; gives what the server's end came to, and the files that are there. */
async function withPipe(
  body: (
    chunks: (...chunks: string[]) => Promise<unknown>,
    files: () => Promise<Record<string, string>>,
  ) => Promise<void>,
): Promise<void> {
  const directory = await Deno.makeTempDir();
  const root = await FileRoot.open(directory);
  const pipe = filesPipeDialect({ root, write: true }, LIMITS);
  try {
    await body(async (...chunks) => {
      const { here, end } = served(pipe);
      for (const chunk of chunks) await say(here, chunk);
      await here.closeWrite();
      const error = await end;
      // Whatever it came to, the connection is over.
      if (error !== undefined) await assertRejects(() => here.write(new Uint8Array(1)));
      return error;
    }, async () => {
      const entries = [...Deno.readDirSync(directory)].map(async ({ name }) =>
        [name, await Deno.readTextFile(`${directory}/${name}`)] as const
      );
      return Object.fromEntries(await Promise.all(entries));
    });
  } finally {
    await Deno.remove(directory, { recursive: true });
  }
}
