import { dirname, join } from "node:path";
import { FileRoot } from "../../protocol/files/mod.ts";
import { must } from "./entry.ts";

/** So many inputs later the root is emptied. */
const PERIOD = 500;

/** A root for files in a directory that nothing else may be written to. */
export class FuzzDirectory {
  readonly root: FileRoot;
  #inputs = 0;

  private constructor(root: FileRoot) {
    this.root = root;
  }

  /** Makes one. */
  static async open(): Promise<FuzzDirectory> {
    const outside = await Deno.makeTempDir();
    await Deno.mkdir(join(outside, "root"));
    const directory = new FuzzDirectory(await FileRoot.open(join(outside, "root")));
    await directory.#fill();
    return directory;
  }

  /** Counts an input; now and then looks at everything and begins anew. */
  async used(): Promise<void> {
    if (++this.#inputs % PERIOD === 0) await this.#check();
  }

  /** Looks at everything and removes it. */
  async close(): Promise<void> {
    await this.#check();
    await Deno.remove(dirname(this.root.path), { recursive: true });
  }

  async #fill(): Promise<void> {
    await Deno.writeTextFile(join(this.root.path, "a.txt"), "hello");
    await Deno.mkdir(join(this.root.path, "d"));
    await Deno.writeTextFile(join(this.root.path, "d", "b"), "b");
  }

  async #check(): Promise<void> {
    const beside = [...Deno.readDirSync(dirname(this.root.path))].map(({ name }) => name);
    must(beside.join() === "root", () => `nothing appears outside the root: ${beside.join()}`);
    for (const { name, isSymlink } of Deno.readDirSync(this.root.path)) {
      must(!isSymlink, "no link appears in the root");
      await Deno.remove(join(this.root.path, name), { recursive: true });
    }
    await this.#fill();
  }
}
