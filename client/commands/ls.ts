import { RemoteError } from "../errors.ts";
import { entriesOf } from "../files/exchange.ts";
import { globOf } from "../files/glob.ts";
import type { ServerCommand } from "./command.ts";

/** `nonstick ls [PATH]` */
export const LS: ServerCommand = {
  name: "ls",
  form: "[PATH]",
  words: [0, 1],
  summary:
    "list the files of the server, or those that a pattern such as '*.txt' or 'a/**' matches",
  options: ["recursive"],
  service: "files",
  speaks: [],
  examples: [["nonstick ls photos/2026", "the server was started with --root DIR"]],
  run: async ({ native, words: [path = ""], settings, output }) => {
    if (native === null) throw new RemoteError("ls needs nonstick/1");
    const glob = globOf(path);
    const deep = settings.recursive || glob !== null;
    for await (const entry of entriesOf(native, glob?.base ?? path, deep)) {
      if (glob !== null && !glob.matches(entry.name)) continue;
      const { name, type, size, mtime } = entry;
      const time = new Date(mtime).toISOString().slice(0, 16).replace("T", " ");
      const shown = `${String(size).padStart(12)} ${time} ${name}`;
      await output.result({ name, type, size, mtime }, type === "dir" ? `${shown}/` : shown);
    }
  },
};
