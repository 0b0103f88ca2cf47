import { assertEquals, assertRejects } from "@std/assert";
import { OutputClosedError } from "./errors.ts";
import { Output, type OutputStyle } from "./output.ts";

const encode = (text: string) => new TextEncoder().encode(text);

/** What an output writes, when each write takes three bytes at most. */
async function written(
  style: Partial<OutputStyle>,
  use: (output: Output) => Promise<void>,
): Promise<string> {
  const parts: number[] = [];
  const output = new Output({ json: false, terminal: false, ...style }, (bytes) => {
    const part = bytes.subarray(0, 3);
    parts.push(...part);
    return Promise.resolve(part.length);
  });
  await use(output);
  return new TextDecoder("utf-8", { ignoreBOM: true }).decode(Uint8Array.from(parts));
}

const ANSWERS = [encode("one"), encode("粘包"), new Uint8Array(0)];

Deno.test("answers are lines of the very bytes", async () => {
  assertEquals(await written({}, (output) => output.answers(ANSWERS)), "one\n粘包\n\n");
  assertEquals(await written({}, (output) => output.answers([encode("a\x1b[2J")])), "a\x1b[2J\n");
});

Deno.test("the last line end may be left out", async () => {
  assertEquals(
    await written({}, (output) => output.answers([encode("a"), encode("b")], true)),
    "a\nb",
  );
});

Deno.test("with json each answer is one object, text or base64", async () => {
  const answers = [...ANSWERS, Uint8Array.of(0xff, 0xfe), encode("\ufeff\u202e")];
  assertEquals(
    await written({ json: true }, (output) => output.answers(answers, true)),
    '{"text":"one"}\n{"text":"粘包"}\n{"text":""}\n{"base64":"//4="}\n{"text":"\\ufeff\\u202e"}\n',
  );
  assertEquals(
    await written({ json: true }, (output) => output.bytes(encode("x"))),
    '{"text":"x"}\n',
  );
});

Deno.test("a terminal gets no control characters of a server", async () => {
  const terminal = { terminal: true };
  const evil = encode("a\x1b]52;c;x\x07\n");
  const shown = "a\\u001b]52;c;x\\u0007\n";
  assertEquals(await written(terminal, (output) => output.answers([evil])), `${shown}\n`);
  assertEquals(await written(terminal, (output) => output.bytes(evil)), shown);
});

Deno.test("characters torn between two reads are whole on a terminal", async () => {
  const bytes = encode("粘包");
  const text = await written({ terminal: true }, async (output) => {
    for (const byte of bytes) await output.bytes(Uint8Array.of(byte));
  });
  assertEquals(text, "粘包");
});

Deno.test("a result is a sentence or an object", async () => {
  const facts = { to: "tcp://:1", ms: 1.5 };
  assertEquals(await written({}, (output) => output.result(facts, "took 1.5 ms")), "took 1.5 ms\n");
  assertEquals(
    await written({ json: true }, (output) => output.result(facts, "took 1.5 ms")),
    '{"to":"tcp://:1","ms":1.5}\n',
  );
});

Deno.test("a reader who has gone is told apart from other failures", async () => {
  const style = { json: false, terminal: false };
  const gone = new Output(style, () => Promise.reject(new Deno.errors.BrokenPipe()));
  await assertRejects(() => gone.answers(ANSWERS), OutputClosedError);
  const full = new Output(style, () => Promise.reject(new Error("disk full")));
  await assertRejects(() => full.answers(ANSWERS), Error, "disk full");
});
