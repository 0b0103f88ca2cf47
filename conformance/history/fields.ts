import { hexBytes } from "../../protocol/framing/hex.ts";

/** A record is not what it should be. The message names the field. */
export class RecordError extends Error {
  /** The class of the error. */
  override readonly name = "RecordError";
}

/** The fields of a JSON object, each read as what it has to be. */
export class Fields {
  readonly #record: Readonly<Record<string, unknown>>;
  readonly #where: string;

  /**
   * Takes any value that has to be an object; `where` says where it stands.
   *
   * @throws {RecordError} if it is none.
   */
  constructor(value: unknown, where = "") {
    if (!isRecord(value)) throw new RecordError(`${where || "it"} is not an object`);
    this.#record = value;
    this.#where = where === "" ? "" : `${where}.`;
  }

  /** Whether the field is there. */
  has(name: string): boolean {
    return this.#record[name] !== undefined;
  }

  /** The field as it is. */
  value(name: string): unknown {
    return this.#record[name];
  }

  /** A number that has to be there. */
  number(name: string): number {
    return asNumber(this.#record[name], this.#name(name));
  }

  /** A text that has to be there. */
  text(name: string): string {
    return asText(this.#record[name], this.#name(name));
  }

  /** One of a few words. */
  word<const Word extends string>(name: string, words: readonly Word[]): Word {
    return asWord(this.#record[name], words, this.#name(name));
  }

  /** A list, each item read by `item`. */
  list<Item>(name: string, item: (value: unknown, where: string) => Item): Item[] {
    return asList(this.#record[name], this.#name(name), item);
  }

  /** A list of numbers; empty when it is not there. */
  numbers(name: string): number[] {
    return this.has(name) ? this.list(name, asNumber) : [];
  }

  /** An object inside of this one. */
  fields(name: string): Fields {
    return new Fields(this.#record[name], this.#name(name));
  }

  /** Its entries, each value a number or a text. */
  entries(): Record<string, number | string> {
    return Object.fromEntries(
      Object.entries(this.#record).map(([name, value]) => [
        name,
        typeof value === "number" ? value : asText(value, this.#name(name)),
      ]),
    );
  }

  /**
   * The fields that may be missing: `{ [name]: read(name) }`, or nothing.
   *
   * ```ts ignore
   * return { id: fields.text("id"), ...fields.maybe("cause", () => fields.text("cause")) };
   * ```
   */
  maybe<const Name extends string, Value>(
    name: Name,
    read: (name: Name) => Value,
  ): { [Key in Name]?: Value } {
    const found: { [Key in Name]?: Value } = {};
    if (this.has(name)) found[name] = read(name);
    return found;
  }

  #name(name: string): string {
    return `${this.#where}${name}`;
  }
}

/** `value` as a number; `where` says where it stands. */
export function asNumber(value: unknown, where: string): number {
  if (typeof value === "number") return value;
  throw new RecordError(`${where} is not a number`);
}

/** `value` as a text. */
export function asText(value: unknown, where: string): string {
  if (typeof value === "string") return value;
  throw new RecordError(`${where} is not a text`);
}

/** `value` as one of a few words. */
export function asWord<const Word extends string>(
  value: unknown,
  words: readonly Word[],
  where: string,
): Word {
  const word = words.find((word) => word === value);
  if (word !== undefined) return word;
  throw new RecordError(`${where} is not one of ${words.join(", ")}`);
}

/** `value` as a list, each item read by `item`. */
export function asList<Item>(
  value: unknown,
  where: string,
  item: (value: unknown, where: string) => Item,
): Item[] {
  if (!Array.isArray(value)) throw new RecordError(`${where} is not a list`);
  const list: readonly unknown[] = value;
  return list.map((one, i) => item(one, `${where}[${i}]`));
}

/** `value` as bytes written in hex. */
export function asBytes(value: unknown, where: string): Uint8Array {
  const bytes = hexBytes(asText(value, where));
  if (bytes !== undefined) return bytes;
  throw new RecordError(`${where} is not bytes in hex`);
}

/** Whether `value` is a JSON object. */
function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
