import { assert, assertEquals } from "@std/assert";
import { openOwn, readAll, removeIfThere, writeAll } from "./own_file.ts";

const unix = { ignore: Deno.build.os === "windows" };

async function place(): Promise<{ path: string } & AsyncDisposable> {
  const directory = await Deno.makeTempDir();
  return {
    path: `${directory}/own`,
    [Symbol.asyncDispose]: () => Deno.remove(directory, { recursive: true }),
  };
}

Deno.test("a file of ours is made once and gone on with; while another has it, it is nobody's", async () => {
  await using at = await place();
  const first = await openOwn(at.path);
  assert(first !== null);
  await writeAll(first, Uint8Array.of(1, 2, 3));
  assertEquals(await openOwn(at.path), null);
  first.close();
  using again = await openOwn(at.path);
  assert(again !== null);
  const bytes = new Uint8Array(5);
  assertEquals([await readAll(again, bytes), ...bytes], [3, 1, 2, 3, 0, 0]);
});

Deno.test("what has a second name, or is a link, is left to whom it belongs", unix, async () => {
  await using at = await place();
  await Deno.writeTextFile(`${at.path}.published`, "published");
  await Deno.link(`${at.path}.published`, at.path);
  using mine = await openOwn(at.path);
  assert(mine !== null);
  await writeAll(mine, Uint8Array.of(7));
  assertEquals(await Deno.readTextFile(`${at.path}.published`), "published");
  await Deno.remove(at.path);
  await Deno.symlink(`${at.path}.published`, at.path);
  using other = await openOwn(at.path);
  assert(other !== null);
  await writeAll(other, Uint8Array.of(7));
  assertEquals(await Deno.readTextFile(`${at.path}.published`), "published");
  assert((await Deno.lstat(at.path)).isFile);
});

Deno.test({
  name: "a runtime that can only wait for a lock waits for a moment",
  // What still waits for the lock ends some time behind the file's other user, and changes nothing.
  sanitizeOps: false,
  sanitizeResources: false,
  async fn() {
    const { tryLock } = Deno.FsFile.prototype;
    await using at = await place();
    const first = await openOwn(at.path);
    assert(first !== null);
    const replace = (value: unknown) =>
      Object.defineProperty(Deno.FsFile.prototype, "tryLock", { value, configurable: true });
    // Deno 2.6, which compiled programs may contain, has no tryLock.
    replace(undefined);
    try {
      assertEquals(await openOwn(at.path), null);
      first.close();
      let free: Deno.FsFile | null = null;
      for (let tries = 0; free === null && tries < 50; tries++) free = await openOwn(at.path);
      assert(free !== null);
      free.close();
    } finally {
      replace(tryLock);
    }
  },
});

Deno.test("what is not there is removed already; what cannot be removed is told", async () => {
  await using at = await place();
  await removeIfThere(at.path);
  await Deno.writeTextFile(at.path, "x");
  let failed = false;
  await removeIfThere(`${at.path}/below`).catch(() => failed = true);
  assert(failed);
  await removeIfThere(at.path);
  assertEquals([...Deno.readDirSync(at.path.replace(/\/own$/, ""))], []);
});
