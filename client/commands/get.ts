import { basename, dirname } from "node:path";
import { bootedMs } from "../../cli/booted.ts";
import { messageOf } from "../../cli/message_of.ts";
import { UsageError } from "../../cli/options.ts";
import {
  type FileOffer,
  FileRoot,
  type FileSink,
  PartialFile,
  receiveFile,
} from "../../protocol/files/mod.ts";
import type { NativeClient } from "../../protocol/native/mod.ts";
import { getOver } from "../dialects/files.ts";
import { InputError, IntegrityError, RemoteError } from "../errors.ts";
import { entriesOf, type Entry, inFiles } from "../files/exchange.ts";
import { globOf } from "../files/glob.ts";
import { TransferReport } from "../files/report.ts";
import { once, withRetries } from "../files/retry.ts";
import type { CommandContext, ServerCommand } from "./command.ts";

/** `nonstick get PATH...` */
export const GET: ServerCommand = {
  name: "get",
  form: "PATH...",
  words: [1, Infinity],
  summary:
    "fetch files, directories, or what a pattern such as '*.txt' matches; what broke off goes on",
  options: ["output", "into", "overwrite", "rename", "retries"],
  service: "files",
  speaks: ["files-json"],
  examples: [
    ["nonstick get report.pdf photos", "into this directory"],
    ["nonstick get db.sql -o - | psql db", "to stdout"],
  ],
  run: async (context) => {
    const { settings: { output, into, overwrite, rename }, words } = context;
    if (output !== undefined && (words.length > 1 || into !== undefined)) {
      throw new UsageError("-o FILE is for one file, without --into.");
    }
    if (overwrite && rename) throw new UsageError("--overwrite and --rename exclude each other.");
    if (output === "-") {
      return await getTo(context, words[0] ?? "", () => Promise.resolve(toStdout(context)));
    }
    const root = await openRoot(output === undefined ? into ?? "." : dirname(output));
    for (const word of words) {
      if (output !== undefined) {
        await getInto(context, word, root, basename(output));
        continue;
      }
      // The tutorials have no lists: there a word is one file.
      const files = context.native === null
        ? [[word, basename(word)] as const]
        : await filesAt(context, word);
      for (const [path, name] of files) {
        await getInto(context, path, root, name);
      }
    }
  },
};

/** Most entries of a list that are looked through, and kept. */
const MOST_LISTED = 1_000_000;

/** The files that a word means, each with its name here. */
async function filesAt(
  { native }: CommandContext,
  word: string,
): Promise<(readonly [path: string, name: string])[]> {
  if (native === null) throw new RemoteError("get needs nonstick/1");
  const path = word.replace(/\/+$/, "");
  const glob = globOf(path);
  const entries = await listed(native, glob?.base ?? path);
  const wanted = entries.filter(({ type, name }) =>
    type === "file" &&
    (glob === null ? name === path || name.startsWith(`${path}/`) : glob.matches(name))
  );
  if (wanted.length === 0 && (glob !== null || entries.length > 0)) {
    throw new RemoteError(`There is no file ${word} on the server`);
  }
  // A file keeps its last part, a directory its own name and all below it.
  const above = (glob?.base ?? dirname(path)).replace(/^\.$/, "");
  return wanted.map(({ name }) => [name, above === "" ? name : name.slice(above.length + 1)]);
}

async function listed(native: NativeClient, path: string): Promise<Entry[]> {
  return await Array.fromAsync(entriesOf(native, path, true, MOST_LISTED));
}

async function openRoot(directory: string): Promise<FileRoot> {
  try {
    await Deno.mkdir(directory, { recursive: true });
    return await FileRoot.open(directory);
  } catch (error) {
    throw new InputError(`Cannot write into ${directory}: ${messageOf(error)}.`);
  }
}

async function getInto(
  context: CommandContext,
  path: string,
  root: FileRoot,
  name: string,
): Promise<void> {
  const { overwrite, rename } = context.settings;
  const whenExists = overwrite ? "overwrite" : rename ? "rename" : "refuse";
  await getTo(
    context,
    path,
    (offer) => PartialFile.open(root, name, offer, { whenExists, bootedMs: bootedMs() }),
  );
}

async function getTo(
  context: CommandContext,
  path: string,
  open: (offer: FileOffer) => Promise<FileSink>,
): Promise<void> {
  if (context.native === null) {
    return await getOver(context, path, (size) => open({ name: path, size }));
  }
  const report = new TransferReport(context, path);
  const toFile = context.settings.output !== "-";
  try {
    const kept = await withRetries(
      // What stdout has got cannot be taken back.
      toFile ? context : once(context),
      (native) =>
        inFiles(native, { op: "get", name: path }, async (exchange) => {
          const kept = await receiveFile(exchange, (offer) => {
            if (offer.name === path) return open(offer);
            throw new IntegrityError("The server sends another file than was asked for");
          }, report);
          await exchange.end();
          return kept;
        }),
      { progress: () => report.bytes, onRetry: report.onRetry },
    );
    if (toFile) await report.done(kept);
  } finally {
    await report.end();
  }
}

/** Standard output as the place of a file: it gets what comes, block by block as it is. */
function toStdout({ output }: CommandContext): FileSink {
  const nothing = () => Promise.resolve();
  return {
    digests: [],
    cut: nothing,
    write: (bytes) => output.bytes(bytes),
    endBlock: nothing,
    commit: () => Promise.resolve("-"),
    suspend: nothing,
    discard: nothing,
  };
}
