import { join, normalize, sep } from "node:path";
import { nameParts } from "../../../protocol/files/mod.ts";
import { FileRoot } from "../../../protocol/files/mod.ts";
import { ExchangeError } from "../../../protocol/native/mod.ts";
import { printable } from "../../../cli/printable.ts";
import { attempt, type Entry, must } from "../entry.ts";
import { textOf } from "../input_reader.ts";

const NAMES = [
  ...[
    "a.txt",
    "notes/2026/may.txt",
    "粘包/é.bin",
    "a b/c d",
    ".hidden",
    "..a",
    "a..b/x",
    "con1.txt",
  ],
  ...["x".repeat(255), "deep/".repeat(40) + "x"],
];
/** One in so many accepted names is looked up in a real directory. */
const LOOKED_UP = 16;

/** Names of files, as a peer gives them. */
export const FILE_NAME: Entry = {
  name: "file-name",
  about:
    "ExchangeError invalid alone; an accepted name leads into the root, and is the same name everywhere",
  words: [
    "..",
    "../",
    "/",
    "\\",
    ":",
    "con",
    "NUL",
    "com1",
    ".nonstick-part",
    "\u0000",
    " ",
    ".",
    "~",
    "%2e",
  ],
  valid: (random) => new TextEncoder().encode(random.pick(NAMES)),
  async open() {
    const directory = await Deno.makeTempDir();
    const root = await FileRoot.open(directory);
    let accepted = 0;
    return {
      run(input) {
        const name = textOf(input);
        const parts = attempt(() => nameParts(name), ExchangeError);
        if (parts === undefined) return;
        const path = join(root.path, ...parts);
        must(path.startsWith(root.path + sep), () => `${JSON.stringify(name)} leads into the root`);
        must(
          normalize(path) === path && parts.join("/") === name,
          "an accepted name needs no change",
        );
        must(nameParts(parts.join("/")).join() === parts.join(), "it is accepted again");
        must(printable(name) === name && name.isWellFormed(), "it is harmless to a terminal");
        if (accepted++ % LOOKED_UP !== 0) return;
        const resolved = attempt(() => root.resolve(name), ExchangeError);
        must(resolved === undefined || resolved === path, "it resolves to the same path");
      },
      close: () => Deno.remove(directory),
    };
  },
};
