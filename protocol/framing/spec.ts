import { hexBytes } from "./hex.ts";

/** A framing spec string that cannot be used: which part is wrong, and what is possible there. */
export class FramingSpecError extends Error {
  /** The whole spec string. */
  readonly spec: string;
  /** The part of it that is wrong. */
  readonly part: string;

  /** Makes an error from the spec, its wrong part, and what is possible there. */
  constructor(spec: string, part: string, hint: string) {
    super(`Cannot use framing "${spec}": ${part === "" ? "" : `"${part}" `}${hint}`);
    this.name = "FramingSpecError";
    this.spec = spec;
    this.part = part;
  }
}

/**
 * A spec string taken apart: `name:arg:arg?key=value&key=value`. Framings read their options from it; what nobody
 * has read is an error, so that a misspelt option never goes unnoticed.
 */
export class Spec {
  /** The whole string. */
  readonly text: string;
  /** What stands before the first `:` or `?`. */
  readonly name: string;
  /** What stands between colons behind the name. */
  readonly args: readonly string[];
  readonly #options = new Map<string, string>();
  readonly #known: string[] = [];

  /**
   * Takes `text` apart.
   *
   * @throws {FramingSpecError} if an option is not `key=value` or comes twice.
   */
  constructor(text: string) {
    this.text = text;
    const query = text.indexOf("?");
    const [name = "", ...args] = (query < 0 ? text : text.slice(0, query)).split(":");
    this.name = name;
    this.args = args;
    if (query < 0) return;
    for (const pair of text.slice(query + 1).split("&")) {
      const [, key, value] = /^([a-z]+)=(.*)$/.exec(pair) ?? [];
      if (key === undefined || value === undefined) throw this.error(pair, "must be key=value");
      if (this.#options.has(key)) throw this.error(pair, "stands there twice");
      this.#options.set(key, value);
    }
  }

  /** An error about `part` of this spec. */
  error(part: string, hint: string): FramingSpecError {
    return new FramingSpecError(this.text, part, hint);
  }

  /** Takes the option `key`, or undefined. */
  option(key: string): string | undefined {
    this.#known.push(key);
    return this.#options.get(key);
  }

  /** Takes the option `key` as an integer from `min` to `max`. */
  integer(key: string, fallback: number, min: number, max: number): number {
    const value = this.option(key);
    return value === undefined ? fallback : this.toInteger(`${key}=${value}`, value, min, max);
  }

  /** Takes the option `key`, which must be one of `choices`. */
  choice<T extends string>(key: string, choices: readonly T[]): T | undefined {
    const value = this.option(key);
    if (value === undefined) return undefined;
    const found = choices.find((choice) => choice === value);
    if (found === undefined) {
      throw this.error(`${key}=${value}`, `must be ${key}=${choices.join(` or ${key}=`)}`);
    }
    return found;
  }

  /** Reads `value` as an integer from `min` to `max`; `part` names it in errors. */
  toInteger(part: string, value: string, min: number, max: number): number {
    const n = /^-?[0-9]{1,16}$/.test(value) ? Number(value) : NaN;
    if (!(n >= min && n <= max)) throw this.error(part, `must be an integer from ${min} to ${max}`);
    return n;
  }

  /** Reads `value` as hex bytes (`0d0a`), at least one and at most 255. */
  toBytes(value: string): Uint8Array {
    const bytes = hexBytes(value);
    if (bytes === undefined || bytes.length === 0 || bytes.length > 255) {
      throw this.error(value, "must be 1 to 255 bytes in hex, such as 0d0a");
    }
    return bytes;
  }

  /** Checks the number of colon arguments; `form` shows how they are written. */
  expectArgs(count: number, form: string): void {
    if (this.args.length !== count) {
      throw this.error(this.args.join(":"), `does not fit: write it as ${form}`);
    }
  }

  /** Refuses options that nobody has taken. */
  finish(): void {
    for (const [key, value] of this.#options) {
      if (!this.#known.includes(key)) {
        const known = this.#known.length === 0 ? "none" : this.#known.join(", ");
        throw this.error(
          `${key}=${value}`,
          `is not an option of ${this.name}; its options: ${known}`,
        );
      }
    }
  }
}

/** Writes a canonical spec: the head and the options that differ from their default (undefined ones are left out). */
export function specText(
  head: string,
  options: Record<string, string | number | undefined> = {},
): string {
  const pairs = Object.entries(options).filter(([, value]) => value !== undefined);
  return pairs.length === 0 ? head : `${head}?${pairs.map(([k, v]) => `${k}=${v}`).join("&")}`;
}
