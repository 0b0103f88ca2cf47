/**
 * The dialects of the socket tutorials that do more than answer. A new one is one new file and one line here.
 * @module
 */
import { shellLine } from "../../cli/command_words.ts";
import { UsageError } from "../../cli/options.ts";
import type { Grants } from "../grants.ts";
import type { ConnectionHandler } from "../serve.ts";
import { operatorDialect, roomDialect } from "./chat_raw_dialect.ts";
import { EXEC_FORMS, execDialect } from "./exec_dialect.ts";
import { filesJsonDialect, filesPipeDialect } from "./files_dialect.ts";

/** One dialect: what it does with what was granted, and which arguments of `nonstick` try it. */
export interface Tutorial {
  /** The arguments of `nonstick` that give an answer, with what was granted. */
  readonly hint: (grants: Grants) => string;
  /**
   * Serves the connections.
   *
   * @throws {UsageError} if what it needs was not granted.
   */
  readonly handler: (name: string, grants: Grants) => ConnectionHandler;
}

const execTutorials = Object.entries(EXEC_FORMS).map(([name, form]): [string, Tutorial] => [name, {
  hint: ({ exec }) => `exec -- ${shellLine([programIn(exec?.programs)])}`,
  handler: (name, { exec, limits }) =>
    execDialect(form, exec ?? missing(name, "--allow-exec PROG,…"), limits),
}]);

/** Every one by name. */
export const TUTORIALS: Readonly<Record<string, Tutorial>> = {
  ...Object.fromEntries(execTutorials),
  "files-json": {
    hint: () => "get FILE",
    handler: (name, { files, limits }) =>
      filesJsonDialect(files ?? missing(name, "--root DIR"), limits),
  },
  "files-pipe": {
    hint: () => "put FILE",
    handler: (name, { files, limits }) =>
      filesPipeDialect(
        files?.write === true ? files : missing(name, "--root DIR --allow-write"),
        limits,
      ),
  },
  "chat-raw": {
    hint: () => "chat",
    handler: (_, { chat, operator, limits }) =>
      operator === undefined ? roomDialect(chat, limits) : operatorDialect(operator, limits),
  },
};

/** One that may be run: `date` if it may, for it says something without being told anything. */
function programIn(programs: ReadonlySet<string> | "any" = "any"): string {
  if (programs === "any" || programs.has("date")) return "date";
  const [first = "PROGRAM"] = programs;
  return first;
}

function missing(name: string, options: string): never {
  throw new UsageError(`A listener that speaks ${name} needs ${options}.`);
}
