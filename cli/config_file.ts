/**
 * Settings from a file: a JSON object with comments, the options' names and their values, and for each command that
 * needs others an object with its own.
 *
 * ```jsonc
 * { "timeout": 5, "get": { "retries": 3 } } // --timeout 5 with every command, --retries 3 with get
 * ```
 * @module
 */
import { type Node, type ParseError, parseTree, printParseErrorCode } from "jsonc-parser";
import { nearest } from "./nearest.ts";
import { type Option, type OptionTable, type Setting, type Source, UsageError } from "./options.ts";

/** The tables that a config file is checked by. */
export interface ConfigTables {
  /** Every option that may stand outside of sections. */
  readonly options: OptionTable;
  /** The options of each command, which its section may have. */
  readonly commands: Readonly<Record<string, OptionTable>>;
}

/**
 * Reads the settings in `text`, the file `file`: those of the section `command` first, then the common ones.
 *
 * @throws {UsageError} if it is no such file, or has what no option is called or can have; with the line.
 */
export function configSources(
  text: string,
  file: string,
  tables: ConfigTables,
  command?: string,
): Source[] {
  const config = new ConfigFile(text, file);
  const common = new Map<string, Setting>();
  const sections = new Map<string, Source>();
  for (const [key, value] of config.properties()) {
    const name = nameOf(key);
    const options = value.type === "object" ? table(tables.commands, name) : undefined;
    if (options === undefined) {
      const names = [...Object.keys(tables.options), ...Object.keys(tables.commands)];
      common.set(name, config.setting(key, value, tables.options, names));
      continue;
    }
    const section = new Map<string, Setting>();
    for (const [key, one] of config.properties(value)) {
      section.set(nameOf(key), config.setting(key, one, options, Object.keys(options)));
    }
    sections.set(name, section);
  }
  const section = command === undefined ? undefined : sections.get(command);
  return section === undefined ? [common] : [section, common];
}

function table<Value>(of: Readonly<Record<string, Value>>, name: string): Value | undefined {
  return Object.hasOwn(of, name) ? of[name] : undefined;
}

function nameOf(key: Node): string {
  return String(key.value);
}

/** The tree of a file that knows its lines. */
class ConfigFile {
  readonly #text: string;
  readonly #file: string;
  readonly #root: Node;

  constructor(text: string, file: string) {
    this.#text = text;
    this.#file = file;
    const errors: ParseError[] = [];
    const root = parseTree(text, errors, { allowTrailingComma: true });
    const [error] = errors;
    if (error !== undefined) {
      const what = printParseErrorCode(error.error)
        .replace(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`).trim();
      throw this.#wrong(error.offset, `it is no JSON with comments (${what})`);
    }
    if (root?.type !== "object") throw this.#wrong(0, "it is no object");
    this.#root = root;
  }

  /** The names and values of an object, in order; a name that comes twice is a mistake. */
  properties(object: Node = this.#root): (readonly [key: Node, value: Node])[] {
    const seen = new Set<string>();
    return (object.children ?? []).map(({ offset, children: [key, value] = [] }) => {
      if (key === undefined || value === undefined) throw this.#wrong(offset, "a value is missing");
      const name = nameOf(key);
      if (seen.has(name)) throw this.#wrong(key.offset, `"${name}" is there twice`);
      seen.add(name);
      return [key, value] as const;
    });
  }

  /** What is said of the option `key` of `options`; `names` are all that could stand there. */
  setting(key: Node, value: Node, options: OptionTable, names: readonly string[]): Setting {
    const name = nameOf(key);
    const option = table(options, name);
    if (option === undefined) {
      const near = nearest(name, names);
      const hint = near === undefined ? "" : `; did you mean "${near}"?`;
      const what = value.type === "object" && !names.includes(name) ? "command" : "option";
      throw this.#wrong(key.offset, `there is no ${what} "${name}"${hint}`);
    }
    const texts = textsOf(option, value);
    const shown = `"${name}": ${this.#text.substr(value.offset, value.length)} (${
      this.#place(key.offset)
    })`;
    if (typeof texts === "string") throw new UsageError(`Cannot use ${shown}: ${texts}.`);
    return { texts, shown };
  }

  #wrong(offset: number, why: string): UsageError {
    const ended = why.endsWith("?") ? why : `${why}.`;
    return new UsageError(`Cannot use the config file ${this.#place(offset)}: ${ended}`);
  }

  #place(offset: number): string {
    return `${this.#file}, line ${this.#text.slice(0, offset).split("\n").length}`;
  }
}

/** The texts that `value` is on a command line, or why it cannot be one. */
function textsOf({ placeholder, many }: Option<unknown>, value: Node): string[] | string {
  if (placeholder === undefined) {
    if (value.type !== "boolean") return "it is neither true nor false";
    return value.value === true ? ["true"] : [];
  }
  const list = many && value.type === "array" ? value.children ?? [] : [value];
  // A list of networks without any would let in everybody.
  if (list.length === 0) return "there is nothing in it; leave it out";
  if (!list.every(({ type, value }) => type === "number" || type === "string" && value !== "")) {
    return many ? "it is no text, and no list of texts" : "it is neither a text nor a number";
  }
  return list.map(({ value }) => String(value));
}
