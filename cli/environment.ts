/**
 * Settings from the environment: `NONSTICK_SERVER_MAX_FRAME=4096` is `--max-frame 4096` of nonstick-server.
 *
 * The programs may see the variables of their own prefix, not the whole environment: secrets of others are often there.
 * Who may see variables by name only cannot list them, so a misspelt one is found by asking for it.
 * @module
 */
import { TOKEN_VARIABLE } from "./token.ts";
import { type OptionTable, type Setting, type Source, UsageError } from "./options.ts";

/** Tells the value of a variable, as `Deno.env.get` does. */
export type Environment = (name: string) => string | undefined;

/** The environment in which nothing is set. */
export const NOTHING_SET: Environment = () => undefined;

/** The environment of this process as far as `program` may see it. */
export function environmentOf(program: string): Environment {
  const variable = variableOf(program, "config");
  const { state } = Deno.permissions.querySync({ name: "env", variable });
  return state === "granted" ? (name) => Deno.env.get(name) : NOTHING_SET;
}

/** Answers as `environment` did when it was first asked, also when the program may no longer look. */
export function remembered(environment: Environment): Environment {
  const known = new Map<string, string | undefined>();
  return (name) => {
    if (!known.has(name)) known.set(name, environment(name));
    return known.get(name);
  };
}

/**
 * The variable of an option.
 *
 * @example
 * ```ts ignore
 * variableOf("nonstick-server", "max-frame"); // "NONSTICK_SERVER_MAX_FRAME"
 * variableOf("nonstick", "to"); // "NONSTICK_CLIENT_TO"
 * ```
 */
export function variableOf(program: string, option: string): string {
  // A prefix NONSTICK_ would be that of the other programs, too.
  const whose = program === "nonstick" ? "nonstick-client" : program;
  return `${whose}-${option}`.toUpperCase().replaceAll("-", "_");
}

/**
 * What `environment` says of the options of `table`. Variables that are empty are not set.
 *
 * @throws {UsageError} if a flag is neither on nor off, or a variable is set whose name is nearly that of one of ours.
 */
export function environmentSource(
  program: string,
  table: OptionTable,
  environment: Environment,
): Source {
  const names = new Map(Object.keys(table).map((name) => [variableOf(program, name), name]));
  const prefix = variableOf(program, "");
  const found = new Map<string, Setting>();
  for (const [variable, name] of names) {
    for (const wrong of misspellings(variable.slice(prefix.length))) {
      const text = names.has(prefix + wrong) ? undefined : environment(prefix + wrong);
      if (text !== undefined) {
        throw new UsageError(`There is no variable ${prefix}${wrong}. Did you mean ${variable}?`);
      }
    }
    const option = table[name], text = environment(variable);
    if (option === undefined || text === undefined || text === "") continue;
    const texts = option.placeholder === undefined
      ? switched(variable, text)
      : option.many
      ? items(variable, text)
      : [text];
    found.set(name, { texts, shown: `${variable}=${text}` });
  }
  // Who believes to have set a secret must not go without one.
  if (Object.hasOwn(table, "token-file") && environment(`${prefix}TOKEN`) !== undefined) {
    throw new UsageError(`There is no variable ${prefix}TOKEN. Did you mean ${TOKEN_VARIABLE}?`);
  }
  return found;
}

/** `name` with a letter left out, doubled, or swapped with its neighbour: what fingers do. */
function misspellings(name: string): Set<string> {
  const wrong = new Set<string>();
  for (let i = 0; i < name.length; i++) {
    const before = name.slice(0, i), letter = name.charAt(i), next = name.charAt(i + 1);
    const behind = name.slice(i + 1);
    wrong.add(before + behind);
    wrong.add(before + letter + letter + behind);
    wrong.add(before + next + letter + behind.slice(1));
  }
  wrong.delete(name);
  return wrong;
}

function switched(variable: string, text: string): string[] {
  if (/^(1|true|yes|on)$/i.test(text)) return ["true"];
  if (/^(0|false|no|off)$/i.test(text)) return [];
  throw new UsageError(`Cannot use ${variable}=${text}: it is neither 1 nor 0.`);
}

/** The values of a list: one on each line, or with commas between them if there is one line only. */
function items(variable: string, text: string): string[] {
  const items = text.split(text.includes("\n") ? /\r?\n/ : ",").map((item) => item.trim())
    .filter((item) => item !== "");
  // A list of networks without any would let in everybody.
  if (items.length > 0) return items;
  throw new UsageError(`Cannot use ${variable}=${text}: there is nothing in it.`);
}
