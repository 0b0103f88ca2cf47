import { assertEquals, assertRejects } from "@std/assert";
import { ExchangeError } from "../native/mod.ts";
import { BlockList } from "./block_list.ts";
import { BlockHasher } from "./blocks.ts";
import { PartialFile } from "./partial_file.ts";
import { FileRoot } from "./root.ts";
import { fileSource } from "./source.ts";

const BLOCK = 4, HEAD = { version: "v", blockSize: BLOCK, bootedMs: 1000 };
const BYTES = Uint8Array.of(1, 2, 3, 4, 5, 6, 7, 8);

/** Digests of the blocks of {@linkcode BYTES}. */
function digests(): Uint8Array[] {
  const hasher = new BlockHasher(BLOCK);
  return [0, BLOCK].map((at) => {
    hasher.update(BYTES.subarray(at, at + BLOCK));
    return hasher.endBlock();
  });
}

/** How many blocks a list with this content is believed to have. */
async function kept(content: string | Uint8Array, now = HEAD): Promise<number> {
  const folder = await Deno.makeTempDir();
  try {
    const text = typeof content === "string" ? new TextEncoder().encode(content) : content;
    await Deno.writeFile(`${folder}/list`, text);
    await Deno.writeFile(`${folder}/bytes`, BYTES);
    const options = { read: true, write: true };
    using bytes = await Deno.open(`${folder}/bytes`, options);
    const file = await Deno.open(`${folder}/list`, options);
    using list = await BlockList.over(`${folder}/list`, file, bytes, now);
    return list.kept.digests.length;
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

/** A list as it is written. */
function written(head: unknown, blocks = digests()): Uint8Array {
  const line = new TextEncoder().encode(`${JSON.stringify(head)}\n`);
  const all = new Uint8Array(line.length + blocks.length * 32);
  all.set(line);
  for (const [i, block] of blocks.entries()) all.set(block, line.length + 32 * i);
  return all;
}

Deno.test("a list is believed as far as it is whole, and its blocks are those of the bytes", async () => {
  assertEquals(await kept(written(HEAD)), 2);
  assertEquals(await kept(written(HEAD).slice(0, -1)), 1, "half a digest is none");
  assertEquals(await kept(written({ ...HEAD, bootedMs: "x" })), 2, "looked at, and right");
  const wrong = [digests()[0] ?? new Uint8Array(), new Uint8Array(32)];
  assertEquals(await kept(written({ ...HEAD, bootedMs: undefined }, wrong)), 1, "looked at");
  assertEquals(await kept(written({ ...HEAD, version: 7 })), 2);
});

Deno.test("a list that is damaged, or of other blocks, keeps nothing", async () => {
  for (const content of ["", "{}", "no JSON\n", "null\n", "[]\n", '"text"\n', "{}\n"]) {
    assertEquals(await kept(content), 0, content);
  }
  assertEquals(await kept(written({ ...HEAD, blockSize: 8 })), 0);
  assertEquals(await kept(written({ ...HEAD, blockSize: "4" })), 0);
  assertEquals(await kept(`{"version":"${"x".repeat(2000)}","blockSize":4}\n`), 0);
});

Deno.test("what is no file is neither sent nor replaced", async () => {
  const folder = await Deno.makeTempDir();
  await Deno.mkdir(`${folder}/a`);
  const root = await FileRoot.open(folder);
  const open = () => PartialFile.open(root, "a", { name: "a" }, { whenExists: "overwrite" });
  const there = await assertRejects(open, ExchangeError, "a is there already, and is no file");
  assertEquals(there.code, "exists");
  if (Deno.build.os !== "windows") {
    const directory = await Deno.open(`${folder}/a`);
    const error = await assertRejects(() => fileSource(directory, "a"), ExchangeError);
    assertEquals(error.code, "invalid");
  }
  await Deno.remove(folder, { recursive: true });
});
