/**
 * Peers that do not keep to the course of a transfer: nothing of theirs is committed, and they are told why.
 * @module
 */
import { assertEquals, assertRejects } from "@std/assert";
import { type Exchange, ExchangeError, type JsonObject } from "../native/mod.ts";
import { nativePair } from "../native/testing.ts";
import { hexText } from "../framing/hex.ts";
import { BlockHasher } from "./blocks.ts";
import { type FileSink, receiveFile } from "./receive_file.ts";
import { sendFile } from "./send_file.ts";
import { streamSource } from "./source.ts";

const BLOCK = 8;
const options = { blockSize: BLOCK };
const bytes = Uint8Array.of(1, 2, 3, 4, 5, 6, 7, 8, 9, 10);

/** Something said: a message, or bytes. */
type Said = JsonObject | Uint8Array;

/** Digest of some bytes as one block, and the root over blocks. */
function digest(block: Uint8Array): string {
  const hasher = new BlockHasher(BLOCK);
  hasher.update(block);
  return hexText(hasher.endBlock());
}

function root(): string {
  const hasher = new BlockHasher(BLOCK);
  for (const block of [bytes.slice(0, BLOCK), bytes.slice(BLOCK)]) {
    hasher.update(block);
    hasher.endBlock();
  }
  return hasher.root();
}

/** Says all of it, whatever the other side says, and stays. */
async function say(exchange: Exchange, said: readonly Said[]): Promise<void> {
  for (const one of said) {
    if (one instanceof Uint8Array) await exchange.send(one);
    else await exchange.tell(one);
  }
}

/** What became of what was received. */
interface Kept {
  readonly code: string;
  readonly message: string;
  readonly done: readonly string[];
}

/** Receives what such a sender says. */
async function receiving(said: readonly Said[]): Promise<Kept> {
  const done: string[] = [];
  const note = (what: string) => () => {
    done.push(what);
    return Promise.resolve();
  };
  const sink: FileSink = {
    digests: [],
    cut: note("cut"),
    write: note("write"),
    endBlock: note("block"),
    commit: () => Promise.resolve("never"),
    suspend: note("suspend"),
    discard: note("discard"),
  };
  await using pair = await nativePair({
    put: async (exchange) => void await receiveFile(exchange, () => Promise.resolve(sink), options),
  });
  const exchange = await pair.client.open("put");
  // The service may refuse before all of it is said.
  await say(exchange, said).then(() => exchange.end()).catch(() => {});
  const error = await assertRejects(() => exchange.result(), ExchangeError);
  return { code: error.code, message: error.message, done };
}

const FILE = { kind: "file", name: "a", size: 10 }, FROM = { kind: "from", block: 0 };
const FIRST = [bytes.slice(0, BLOCK), { kind: "block", sha256: digest(bytes.slice(0, BLOCK)) }];
const SECOND = [bytes.slice(BLOCK), { kind: "block", sha256: digest(bytes.slice(BLOCK)) }];

Deno.test("a sender that does not keep to the course commits nothing, and is told why", async () => {
  const cases: readonly (readonly [readonly Said[], string, string])[] = [
    [[{ kind: "dance" }], "protocol", '"dance" came instead of file'],
    [[bytes], "protocol", "something else came instead of file"],
    [[{}], "protocol", "null came instead of file"],
    [[{ kind: "file" }], "protocol", "The file has no name"],
    [[{ kind: "file", name: 7 }], "protocol", '"name" is not a text'],
    [[{ kind: "file", name: "a", size: -1 }], "protocol", '"size" is not a whole number'],
    [[FILE, { kind: "from", block: 1 }], "protocol", "The sender goes on at block 1 of 0"],
    [[FILE, { kind: "from" }], "protocol", "The sender goes on at block -1 of 0"],
    [[FILE, FROM, bytes], "protocol", "The digest of a block is missing"],
    [[FILE, FROM, { kind: "dance" }], "protocol", '"dance" came instead of a block'],
    [[FILE, FROM, ...FIRST, bytes.slice(BLOCK), { kind: "done" }], "protocol", "last block"],
    [[FILE, FROM, ...FIRST], "integrity", "The transfer ended after 8 bytes"],
    [
      [FILE, FROM, ...FIRST, { kind: "done", size: 8, root: "" }],
      "integrity",
      "8 of 10 bytes arrived",
    ],
    [
      [FILE, FROM, ...FIRST, ...SECOND, { kind: "done", size: 11, root: root() }],
      "integrity",
      "10 of 10 bytes arrived",
    ],
    [
      [FILE, FROM, bytes.slice(0, BLOCK), { kind: "block", sha256: "no hex" }],
      "integrity",
      "arrived damaged",
    ],
    [
      [FILE, FROM, ...FIRST, ...FIRST],
      "integrity",
      "More than the 10 bytes announced came",
    ],
  ];
  for (const [said, code, words] of cases) {
    const kept = await receiving(said);
    assertEquals([kept.code, kept.message.includes(words)], [code, true], kept.message);
    assertEquals(kept.done.includes("discard"), false, words);
  }
});

Deno.test("blocks that are right, and a whole that is not: what was kept is worth nothing", async () => {
  const said = [FILE, FROM, ...FIRST, ...SECOND, { kind: "done", size: 10, root: "00" }];
  const kept = await receiving(said);
  assertEquals([kept.code, kept.done.at(-1)], ["integrity", "discard"]);
});

Deno.test("a receiver that does not keep to the course is told why", async () => {
  const have = { kind: "have", blockSize: BLOCK };
  const cases: readonly (readonly [readonly Said[], string])[] = [
    [[{ kind: "dance" }], '"dance" came instead of have or have-end'],
    [[{ ...have, blockSize: 9 }], "The blocks do not have 8 bytes"],
    [[{ ...have, version: [] }], '"version" is not a text'],
  ];
  for (const [said, words] of cases) {
    await using pair = await nativePair({
      put: async (exchange) => {
        await say(exchange, said);
        for await (const _ of exchange);
      },
    });
    const source = streamSource({ read: () => Promise.resolve(null) }, "a");
    const exchange = await pair.client.open("put");
    const error = await assertRejects(() => sendFile(exchange, source, options), ExchangeError);
    assertEquals([error.code, error.message.includes(words)], ["protocol", true], error.message);
    await exchange.fail(error.code, error.message);
  }
});
