import { assertEquals, assertInstanceOf, assertRejects, assertStringIncludes } from "@std/assert";
import { framing } from "../../protocol/framing/mod.ts";
import { type Connection, memoryPair } from "../../protocol/transport/mod.ts";
import { answerTo } from "../adapters/deno/adapter.ts";
import { RandomStream } from "../stimulus/random_stream.ts";
import { AdapterChannel } from "./adapter_channel.ts";
import { AdapterError } from "./adapter_error.ts";
import { readEncoded, readHello, readStep } from "./answers.ts";

const MESSAGES = framing("u32be");
const DEADLINE_MS = 20_000;

/** How the bytes of a direction are cut: how many come next. */
type Cutting = (left: number) => number;

const random = new RandomStream(7, "channel");
const CUTTINGS: Readonly<Record<string, Cutting>> = {
  "as they are": (left) => left,
  "byte by byte": () => 1,
  "three by three": () => 3,
  "at random": (left) => 1 + random.below(Math.min(left, 40)),
};

/** Answers requests as our own adapter does, over a connection whose answers are cut. */
async function serve(connection: Connection, cutting: Cutting): Promise<void> {
  const decoder = MESSAGES.createDecoder(), encoder = MESSAGES.createEncoder();
  const buffer = new Uint8Array(4096);
  for (let count; (count = await connection.read(buffer)) !== null;) {
    for (let batch = decoder.push(buffer.subarray(0, count)); batch; batch = decoder.next()) {
      for (const message of batch) {
        const text = JSON.stringify(answerTo(JSON.parse(new TextDecoder().decode(message))));
        await writeCut(connection, encoder.encode(new TextEncoder().encode(text)), cutting);
      }
    }
  }
}

async function writeCut(connection: Connection, bytes: Uint8Array, cutting: Cutting) {
  for (let at = 0; at < bytes.length;) {
    const end = at + cutting(bytes.length - at);
    at += await connection.write(bytes.subarray(at, end));
  }
}

/** All answers to one conversation. */
async function converse(cutting: Cutting, maxRead: number): Promise<unknown[]> {
  const [ours, theirs] = memoryPair({ maxRead });
  const serving = serve(theirs, cutting).catch(() => {});
  const channel = new AdapterChannel(ours, DEADLINE_MS);
  const settings = { codec: "u16be", maxFrame: 10 };
  const answers = await Promise.all([
    channel.ask({ do: "hello", version: 1 }, readHello),
    channel.ask({ do: "open", decoder: 1, ...settings }, () => "opened"),
    ...["00", "036162", "6300026465000b"].map((bytes) =>
      channel.ask({ do: "push", decoder: 1, bytes }, readStep)
    ),
    channel.ask({ do: "end", decoder: 1 }, readStep),
    channel.ask({ do: "encode", ...settings, payload: "6869" }, readEncoded),
    channel.ask({ do: "encode", ...settings, payload: "00".repeat(11) }, readEncoded),
    channel.ask({ do: "no such request" }, (answer) => answer.has("unsupported")),
  ]);
  await channel.close();
  theirs.close();
  await serving;
  return answers;
}

Deno.test("the answers are the same however requests and answers are cut", async () => {
  const uncut = await converse((left) => left, Infinity);
  const bytes = (...bytes: number[]) => Uint8Array.from(bytes);
  assertEquals(uncut.slice(1), [
    "opened",
    { frames: [], reports: [] },
    { frames: [], reports: [] },
    {
      frames: [bytes(97, 98, 99), bytes(100, 101)],
      reports: [],
      error: "FRAME_TOO_LARGE at byte 9",
    },
    { frames: [], reports: [], error: "FRAME_TOO_LARGE at byte 9" },
    { bytes: bytes(0, 2, 104, 105) },
    { error: "FRAME_TOO_LARGE at byte 0" },
    true,
  ]);
  for (const [name, cutting] of Object.entries(CUTTINGS)) {
    for (const maxRead of [1, 2, 5, Infinity]) {
      assertEquals(await converse(cutting, maxRead), uncut, `${name}, reads of ${maxRead}`);
    }
  }
});

/** What comes of a request when this is written instead of an answer. */
async function faultOf(wire: Uint8Array | null, deadlineMs = DEADLINE_MS): Promise<AdapterError> {
  const [ours, theirs] = memoryPair();
  const channel = new AdapterChannel(ours, deadlineMs);
  const asked = channel.ask({ do: "end", decoder: 1 }, readStep);
  if (wire !== null) {
    await theirs.write(wire);
    await theirs.closeWrite();
  }
  const error = await assertRejects(() => asked);
  assertInstanceOf(error, AdapterError);
  assertEquals(channel.fault, error);
  assertEquals(await channel.broken, error);
  await channel.close();
  theirs.close();
  return error;
}

const message = (text: string) => MESSAGES.createEncoder().encode(new TextEncoder().encode(text));

Deno.test("whatever is no answer is told as what it is", async () => {
  const garbage: readonly (readonly [wire: Uint8Array, why: string])[] = [
    [new TextEncoder().encode("hello\n"), "not even a length"],
    [message("hello"), "not JSON: hello"],
    [message("[]"), "not an object"],
    [message("{}"), "frames is not a list"],
    [message('{"frames":["6"]}'), "frames[0] is not bytes in hex"],
    [message('{"unsupported":"end"}'), "it is unsupported (end)"],
    [MESSAGES.createEncoder().encode(Uint8Array.of(0x22, 0xff, 0x22)), "not JSON"],
  ];
  for (const [wire, why] of garbage) {
    const { fault, message } = await faultOf(wire);
    assertEquals(fault, "garbage", why);
    assertStringIncludes(message, why);
  }
  assertEquals((await faultOf(new Uint8Array(0))).fault, "ended");
  assertEquals((await faultOf(Uint8Array.of(0, 0))).fault, "ended");
  const silent = await faultOf(null, 20);
  assertEquals([silent.fault, silent.message], ["silent", "no answer to end within 20 ms"]);
});
