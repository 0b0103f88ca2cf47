/**
 * Stand-in for `@std/cli` where JSR cannot be reached: `parseArgs` by the rules of the real one
 * (minimist's), for every option but dotted names, which nothing here uses.
 *
 * @module
 */

/** What `parseArgs` understands; each name list may also be a single name. */
export interface ParseOptions<
  Booleans extends string = string,
  Strings extends string = string,
  Collected extends string = string,
  Negatable extends string = string,
  Defaults extends Record<string, unknown> = Record<string, unknown>,
  DoubleDash extends boolean = boolean,
> {
  /** Keep what follows `--` apart, under `"--"`, rather than in `_`. */
  "--"?: DoubleDash;
  /** Other names of a flag. */
  alias?: Readonly<Record<string, string | readonly string[]>>;
  /** Flags without a value: `false` unless given; `true` means every `--flag` without `=`. */
  boolean?: boolean | Booleans | readonly Booleans[];
  /** Flags whose value stays text, even if it looks like a number. */
  string?: Strings | readonly Strings[];
  /** Flags that may be given several times: their values are gathered in an array. */
  collect?: Collected | readonly Collected[];
  /** Flags that `--no-NAME` turns off. */
  negatable?: Negatable | readonly Negatable[];
  /** Values of flags that are not given. */
  default?: Defaults;
  /** Take everything after the first argument that is no flag as it is. */
  stopEarly?: boolean;
  /** Called with what no option names; `false` leaves it out. */
  unknown?: (arg: string, key?: string, value?: unknown) => unknown;
}

/** What `parseArgs` found: the flags by name, the other arguments in `_`. */
export type Args<
  Booleans extends string = never,
  Strings extends string = never,
  Collected extends string = never,
  Negatable extends string = never,
  Defaults extends Record<string, unknown> = Record<never, never>,
  DoubleDash extends boolean = false,
> =
  & Record<string, unknown>
  & { [Name in Exclude<Booleans, Collected>]: boolean }
  & { [Name in Extract<Booleans, Collected>]: boolean[] }
  & { [Name in Exclude<Strings, Collected | keyof Defaults>]?: string | Off<Name, Negatable> }
  & {
    [Name in Exclude<Extract<Strings, keyof Defaults>, Collected>]:
      | string
      | Off<Name, Negatable>
      | Defaults[Name];
  }
  & { [Name in Extract<Strings, Collected>]: string[] | Off<Name, Negatable> }
  & { [Name in Exclude<Collected, Booleans | Strings>]: unknown[] | Off<Name, Negatable> }
  & { _: Array<string | number> }
  & (DoubleDash extends true ? { "--": string[] } : Record<never, never>);

/** What `--no-NAME` adds to the values of a flag. */
type Off<Name, Negatable> = Name extends Negatable ? false : never;

/** Reads command line arguments into flags and the rest. */
export function parseArgs<
  const Booleans extends string = never,
  const Strings extends string = never,
  const Collected extends string = never,
  const Negatable extends string = never,
  Defaults extends Record<string, unknown> = Record<never, never>,
  DoubleDash extends boolean = false,
>(
  args: readonly string[],
  options?: ParseOptions<Booleans, Strings, Collected, Negatable, Defaults, DoubleDash>,
): Args<Booleans, Strings, Collected, Negatable, Defaults, DoubleDash>;
export function parseArgs(
  args: readonly string[],
  options: ParseOptions = {},
): Record<string, unknown> & { _: Array<string | number> } {
  return new Parser(options).parse(args);
}

/** `--key`, `--no-key`, `--key=value`, `-abc`: the parts of an argument that is a flag. */
const FLAG = /^-(?:(?<long>-)(?<no>no-)?)?(?<key>.+?)(?:=(?<value>.*))?$/s;

/** One run over the arguments. */
class Parser {
  readonly #options: ParseOptions;
  readonly #aliases = new Map<string, string[]>();
  readonly #booleans: Set<string>;
  readonly #strings: Set<string>;
  readonly #collected: Set<string>;
  readonly #negatable: Set<string>;
  readonly #found = new Map<string, unknown>();
  readonly #rest: Array<string | number> = [];

  constructor(options: ParseOptions) {
    this.#options = options;
    for (const [name, aliases] of Object.entries(options.alias ?? {})) {
      const all = [name, ...list(aliases)];
      for (const one of all) this.#aliases.set(one, all.filter((other) => other !== one));
    }
    this.#booleans = this.#withAliases(options.boolean);
    this.#strings = this.#withAliases(options.string);
    this.#collected = this.#withAliases(options.collect);
    this.#negatable = this.#withAliases(options.negatable);
  }

  parse(args: readonly string[]): Record<string, unknown> & { _: Array<string | number> } {
    const end = args.indexOf("--");
    const verbatim = end < 0 ? [] : args.slice(end + 1);
    this.#read(end < 0 ? args : args.slice(0, end));
    this.#fillIn();
    const found = Object.fromEntries(this.#found);
    if (this.#options["--"]) found["--"] = verbatim;
    else this.#rest.push(...verbatim);
    return { ...found, _: this.#rest };
  }

  #read(args: readonly string[]): void {
    for (let i = 0; i < args.length; i++) {
      const arg = args[i] ?? "";
      const flag = FLAG.exec(arg)?.groups;
      if (flag?.["long"] !== undefined) {
        i += this.#long(arg, flag, args[i + 1]);
      } else if (flag !== undefined) {
        i += this.#short(arg, args[i + 1]);
      } else {
        if (this.#options.unknown?.(arg) !== false) {
          this.#rest.push(this.#strings.has("_") ? arg : numberOr(arg));
        }
        if (this.#options.stopEarly) {
          this.#rest.push(...args.slice(i + 1));
          return;
        }
      }
    }
  }

  /** `--key`, `--key=value`, `--no-key`; returns how many of the following arguments it took. */
  #long(arg: string, flag: Record<string, string | undefined>, next: string | undefined): 0 | 1 {
    let key = flag["key"] ?? "";
    const { value } = flag;
    if (value !== undefined) {
      this.#set(key, this.#booleans.has(key) ? value !== "false" : value, arg);
      return 0;
    }
    if (flag["no"] !== undefined) {
      if (this.#negatable.has(key)) {
        this.#set(key, false, arg, false);
        return 0;
      }
      key = `no-${key}`;
    }
    const takesNext = !this.#isBoolean(key) && this.#options.boolean !== true;
    return this.#valued(key, arg, next, takesNext && !next?.startsWith("-"));
  }

  /** `-a`, `-abc`, `-n5`, `-n=5`; returns how many of the following arguments it took. */
  #short(arg: string, next: string | undefined): 0 | 1 {
    for (let at = 1; at < arg.length - 1; at++) {
      const letter = arg.charAt(at);
      const tail = arg.slice(at + 1);
      if (tail === "-") {
        this.#set(letter, tail, arg);
        continue;
      }
      if (tail === "=") {
        this.#set(letter, "", arg);
        return 0;
      }
      const value = /[A-Za-z]/.test(letter)
        ? /=(.+)/.exec(tail)?.[1] ?? (/-?\d+(\.\d*)?(e-?\d+)?$/.test(tail) ? tail : undefined)
        : undefined;
      if (value !== undefined) {
        this.#set(letter, value, arg);
        return 0;
      }
      if (tail.length > 1 && /\W/.test(tail.charAt(0))) {
        this.#set(letter, tail, arg);
        return 0;
      }
      this.#set(letter, this.#bare(letter), arg);
    }
    const key = arg.slice(-1);
    if (key === "-") return 0;
    const takesNext = !this.#isBoolean(key);
    return this.#valued(key, arg, next, takesNext && !/^--?[^-]/.test(next ?? ""));
  }

  /** A flag without `=`: its value is the next argument if it may take that. */
  #valued(key: string, arg: string, next: string | undefined, takesNext: boolean): 0 | 1 {
    if (next && takesNext) {
      this.#set(key, next, arg);
      return 1;
    }
    if (next === "true" || next === "false") {
      this.#set(key, next === "true", arg);
      return 1;
    }
    this.#set(key, this.#bare(key), arg);
    return 0;
  }

  #set(key: string, value: string | boolean, arg: string, collect = true): void {
    if (!this.#isKnown(key, arg) && this.#options.unknown?.(arg, key, value) === false) return;
    const typed = typeof value === "string" && !this.#strings.has(key) ? numberOr(value) : value;
    for (const name of [key, ...this.#aliases.get(key) ?? []]) {
      if (name === "__proto__" || name === "constructor") continue;
      const before = this.#found.get(name);
      if (!collect || !this.#collected.has(key)) this.#found.set(name, typed);
      else if (Array.isArray(before)) before.push(typed);
      else this.#found.set(name, [typed]);
    }
  }

  /** What was not given: defaults first, then `false` for booleans, `[]` for collected ones. */
  #fillIn(): void {
    for (const [key, value] of Object.entries(this.#options.default ?? {})) {
      if (this.#found.has(key)) continue;
      for (const name of [key, ...this.#aliases.get(key) ?? []]) this.#found.set(name, value);
    }
    for (const key of [...this.#booleans, ...this.#strings]) {
      if (this.#found.has(key)) continue;
      if (this.#collected.has(key)) this.#found.set(key, []);
      else if (this.#booleans.has(key)) this.#found.set(key, false);
    }
  }

  #bare(key: string): string | boolean {
    return this.#strings.has(key) ? "" : true;
  }

  #isBoolean(key: string): boolean {
    return this.#booleans.has(key) ||
      (this.#aliases.get(key) ?? []).some((alias) => this.#booleans.has(alias));
  }

  #isKnown(key: string, arg: string): boolean {
    return this.#booleans.has(key) || this.#strings.has(key) || this.#aliases.has(key) ||
      this.#collected.has(key) || (this.#options.boolean === true && /^--[^=]+$/.test(arg));
  }

  #withAliases(names: string | readonly string[] | boolean | undefined): Set<string> {
    const all = typeof names === "boolean" ? [] : list(names);
    return new Set(all.flatMap((name) => [name, ...this.#aliases.get(name) ?? []]));
  }
}

function list(names: string | readonly string[] | undefined): readonly string[] {
  return typeof names === "string" ? [names] : names ?? [];
}

function numberOr(text: string): string | number {
  return text.trim() !== "" && Number.isFinite(Number(text)) ? Number(text) : text;
}
