import { assertEquals, assertRejects, assertThrows } from "@std/assert";
import { ExchangeError } from "../native/mod.ts";
import { FileRoot, kindOf } from "./root.ts";

const unix = { ignore: Deno.build.os === "windows" };

/** A root in a directory of its own, with a file beside it that must stay out of reach. */
async function place(): Promise<{ directory: string; root: FileRoot } & AsyncDisposable> {
  const directory = await Deno.makeTempDir();
  await Deno.mkdir(`${directory}/root`);
  await Deno.writeTextFile(`${directory}/secret`, "secret");
  return {
    directory,
    root: await FileRoot.open(`${directory}/root`),
    [Symbol.asyncDispose]: () => Deno.remove(directory, { recursive: true }),
  };
}

async function codeOf(doing: Promise<unknown>): Promise<string> {
  return (await assertRejects(() => doing, ExchangeError)).code;
}

Deno.test("only a directory is a root", async () => {
  await using at = await place();
  assertEquals(await codeOf(FileRoot.open(`${at.directory}/secret`)), "not-found");
  assertEquals(await codeOf(FileRoot.open(`${at.directory}/nothing`)), "not-found");
});

Deno.test(
  "a root that is a link is what the link leads to, from its opening on",
  unix,
  async () => {
    await using at = await place();
    const link = `${at.directory}/link`;
    await Deno.symlink(at.root.path, link);
    const root = await FileRoot.open(link);
    await Deno.remove(link);
    await Deno.symlink(at.directory, link);
    assertEquals(root.path, at.root.path);
    assertEquals(kindOf(root.resolve("secret")), "missing");
  },
);

Deno.test(
  "directories are made as far as they are missing, and never behind a link",
  unix,
  async () => {
    await using at = await place();
    await at.root.makeDirectories("a/b/c.txt");
    await at.root.makeDirectories("a/b/d/e.txt");
    assertEquals(kindOf(`${at.root.path}/a/b/d`), "directory");
    const missing = assertThrows(() => at.root.resolve("a/x/y"), ExchangeError);
    assertEquals([missing.code, missing.message], ["not-found", "There is no directory a/x"]);
    await Deno.symlink(at.directory, `${at.root.path}/out`);
    assertEquals(await codeOf(at.root.makeDirectories("out/new/f")), "denied");
    assertEquals(assertThrows(() => at.root.resolve("out"), ExchangeError).code, "denied");
    assertEquals(kindOf(`${at.directory}/new`), "missing");
  },
);

Deno.test(
  "a file that is swapped for a link while it is opened is not handed out",
  unix,
  async () => {
    await using at = await place();
    const path = `${at.root.path}/f`;
    await Deno.writeTextFile(path, "mine");
    using right = await at.root.openSafely("f", (path) => Deno.open(path));
    assertEquals((await right.stat()).size, 4);
    // Between the look at the name and its opening a link stood there, to be gone again behind it.
    const through = async (path: string) => {
      await Deno.rename(path, `${path}.old`);
      await Deno.symlink(`${at.directory}/secret`, path);
      const file = await Deno.open(path);
      await Deno.remove(path);
      await Deno.rename(`${path}.old`, path);
      return file;
    };
    assertEquals(await codeOf(at.root.openSafely("f", through)), "denied");
    // The link is still there when it is looked at again.
    const stays = async (path: string) => {
      await Deno.remove(path);
      await Deno.symlink(`${at.directory}/secret`, path);
      return await Deno.open(path);
    };
    assertEquals(await codeOf(at.root.openSafely("f", stays)), "denied");
  },
);

Deno.test("what is at a path is told without following links", unix, async () => {
  await using at = await place();
  using _socket = Deno.listen({ transport: "unix", path: `${at.root.path}/socket` });
  await Deno.symlink("nowhere", `${at.root.path}/link`);
  await Deno.writeTextFile(`${at.root.path}/file`, "");
  const kinds = ["socket", "link", "file", ".", "nothing"].map((name) =>
    kindOf(`${at.root.path}/${name}`)
  );
  assertEquals(kinds, ["other", "link", "file", "directory", "missing"]);
});
