import { basename, join } from "node:path";
import { messageOf } from "../../cli/message_of.ts";
import { UsageError } from "../../cli/options.ts";
import {
  fileSource,
  kindOf,
  sendFile,
  type SendSource,
  streamSource,
} from "../../protocol/files/mod.ts";
import { putOver } from "../dialects/files.ts";
import { InputError, IntegrityError } from "../errors.ts";
import { inFiles } from "../files/exchange.ts";
import { TransferReport } from "../files/report.ts";
import { once, withRetries } from "../files/retry.ts";
import type { CommandContext, ServerCommand } from "./command.ts";

/** `nonstick put FILE...` */
export const PUT: ServerCommand = {
  name: "put",
  form: "FILE...",
  words: [1, Infinity],
  summary: "send files and directories; - is stdin; what broke off goes on where it was",
  options: ["as", "into", "overwrite", "rename", "retries"],
  service: "files",
  speaks: ["files-json", "files-pipe"],
  examples: [
    ["nonstick put report.pdf photos", "the server was started with --root DIR --allow-write"],
    ["pg_dump db | nonstick put - --as db.sql --overwrite", "a stream, kept only when it is whole"],
  ],
  run: async (context) => {
    const { settings: { as, into = "", overwrite, rename }, words } = context;
    if (as !== undefined && (words.length > 1 || into !== "")) {
      throw new UsageError("--as NAME is for one file, without --into.");
    }
    if (overwrite && rename) throw new UsageError("--overwrite and --rename exclude each other.");
    const under = (name: string) => into === "" ? name : `${into.replace(/\/+$/, "")}/${name}`;
    for (const word of words) {
      for await (const [path, name] of filesIn(word, as)) {
        if (context.native === null) await putOver(context, path, under(name));
        else await putOne(context, path, under(name));
      }
    }
  },
};

/** The files that a word of the command line means, each with its name on the server. */
async function* filesIn(
  word: string,
  as: string | undefined,
): AsyncGenerator<readonly [path: string, name: string], void> {
  if (word === "-") {
    if (as === undefined) throw new UsageError("put - needs --as NAME.");
    return yield [word, as];
  }
  const kind = kindOf(word);
  if (kind === "missing") throw new InputError(`There is no file ${word}.`);
  const name = as ?? basename(await Deno.realPath(word));
  const isDirectory = (await Deno.stat(word)).isDirectory;
  if (!isDirectory) return yield [word, name];
  yield* filesBelow(word, name);
}

/** Everything below a directory; links are passed over, because they may lead anywhere. */
async function* filesBelow(
  directory: string,
  name: string,
): AsyncGenerator<readonly [path: string, name: string], void> {
  const names = (await Array.fromAsync(Deno.readDir(directory))).map(({ name }) => name).sort();
  for (const one of names) {
    const path = join(directory, one), kind = kindOf(path);
    if (kind === "directory") yield* filesBelow(path, `${name}/${one}`);
    else if (kind === "file") yield [path, `${name}/${one}`];
  }
}

async function putOne(context: CommandContext, path: string, name: string): Promise<void> {
  const { overwrite, rename } = context.settings;
  const report = new TransferReport(context, name);
  try {
    const kept = await withRetries(
      path === "-" ? once(context) : context,
      (native) =>
        inFiles(native, { op: "put", name, overwrite, rename }, async (exchange) => {
          using source = await open(context, path, name);
          const sent = await sendFile(exchange, source, report);
          await exchange.end();
          const { name: kept, root, size } = await exchange.result();
          if (root !== sent.root || size !== sent.size || typeof kept !== "string") {
            throw new IntegrityError(`The server has kept something else than ${name}`);
          }
          return { ...sent, name: kept };
        }),
      { progress: () => report.bytes, onRetry: report.onRetry },
    );
    await report.done(kept);
  } finally {
    await report.end();
  }
}

async function open({ input }: CommandContext, path: string, name: string): Promise<SendSource> {
  if (path === "-") return streamSource(input, name);
  try {
    return await fileSource(await Deno.open(path), name);
  } catch (error) {
    throw new InputError(`Cannot read ${path}: ${messageOf(error)}.`);
  }
}
