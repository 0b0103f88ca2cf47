import { assertEquals, assertRejects } from "@std/assert";
import { ExchangeError } from "../native/mod.ts";
import { PartialFile, type WhenExists } from "./partial_file.ts";
import { FileRoot } from "./root.ts";

const unix = { ignore: Deno.build.os === "windows" };

/** A root with a directory for uploads, and beside it one that must stay as it is. */
async function place(): Promise<
  { uploads: string; outside: string; root: FileRoot } & AsyncDisposable
> {
  const directory = await Deno.realPath(await Deno.makeTempDir());
  const outside = `${directory}/outside`, uploads = `${directory}/root/uploads`;
  await Deno.mkdir(uploads, { recursive: true });
  await Deno.mkdir(outside);
  await Deno.writeTextFile(`${outside}/a.txt`, "precious");
  return {
    ...{ outside, uploads },
    root: await FileRoot.open(`${directory}/root`),
    [Symbol.asyncDispose]: () => Deno.remove(directory, { recursive: true }),
  };
}

/** What is in a directory, with the texts. */
function texts(directory: string): Record<string, string> {
  return Object.fromEntries(
    [...Deno.readDirSync(directory)].map((
      { name },
    ) => [name, Deno.readTextFileSync(`${directory}/${name}`)]),
  );
}

const WAYS: readonly WhenExists[] = ["refuse", "overwrite", "rename"];

Deno.test(
  "a directory that becomes a link during an upload leads the file nowhere",
  unix,
  async () => {
    for (const whenExists of WAYS) {
      await using at = await place();
      const offer = { name: "uploads/a.txt", size: 3 };
      const file = await PartialFile.open(at.root, offer.name, offer, { whenExists });
      await file.cut(0);
      await file.write(new TextEncoder().encode("new"));
      await Deno.rename(at.uploads, `${at.uploads}.old`);
      await Deno.symlink(at.outside, at.uploads);
      const error = await assertRejects(() => file.commit(), ExchangeError);
      assertEquals(error.code, "denied", whenExists);
      assertEquals(texts(at.outside), { "a.txt": "precious" }, whenExists);
    }
  },
);

Deno.test(
  "a target that becomes a link during an upload is not written through",
  unix,
  async () => {
    for (const whenExists of WAYS) {
      await using at = await place();
      const offer = { name: "uploads/a.txt", size: 3 };
      const file = await PartialFile.open(at.root, offer.name, offer, { whenExists });
      await file.cut(0);
      await file.write(new TextEncoder().encode("new"));
      await Deno.symlink(`${at.outside}/a.txt`, `${at.uploads}/a.txt`);
      const error = await assertRejects(() => file.commit(), ExchangeError);
      assertEquals(error.code, "denied", whenExists);
      assertEquals(texts(at.outside), { "a.txt": "precious" }, whenExists);
    }
  },
);

Deno.test(
  "a partial file that is swapped for a link during an upload is not the file",
  unix,
  async () => {
    for (const whenExists of WAYS) {
      await using at = await place();
      const offer = { name: "uploads/a.txt", size: 3 };
      const file = await PartialFile.open(at.root, offer.name, offer, { whenExists });
      await file.cut(0);
      await file.write(new TextEncoder().encode("new"));
      for (const { name } of [...Deno.readDirSync(at.uploads)]) {
        await Deno.remove(`${at.uploads}/${name}`);
        await Deno.symlink(`${at.outside}/a.txt`, `${at.uploads}/${name}`);
      }
      const error = await assertRejects(() => file.commit(), ExchangeError);
      assertEquals(error.code, "denied", whenExists);
      assertEquals(texts(at.outside), { "a.txt": "precious" }, whenExists);
      assertEquals(Deno.lstatSync(at.uploads).isDirectory, true);
      await assertRejects(() => Deno.lstat(`${at.uploads}/a.txt`), Deno.errors.NotFound);
    }
  },
);
