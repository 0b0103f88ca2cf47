import { nearest } from "../../cli/nearest.ts";
import { type Json, ScenarioError } from "./scenario.ts";

/** A place in a JSON document: its value, read with an error that says where it is. */
export class JsonPlace {
  readonly #value: Json;
  /** As in `$.steps[3].send`. */
  readonly path: string;

  /** The place at `path`; `$` is the document itself. */
  constructor(value: Json, path = "$") {
    this.#value = value;
    this.path = path;
  }

  /** The value as it is. */
  get value(): Json {
    return this.#value;
  }

  /** Throws a {@linkcode ScenarioError} about this place. */
  fail(why: string): never {
    throw new ScenarioError(this.path, why);
  }

  /** The places of an object's fields; none but those of `names` may be there. */
  fields<Name extends string>(...names: Name[]): { readonly [N in Name]?: JsonPlace } {
    const value = this.#value;
    if (!isObject(value)) this.fail(`is ${kindOf(value)}, it must be an object`);
    const unknown = Object.keys(value).find((key) => !names.some((name) => name === key));
    if (unknown !== undefined) {
      const near = nearest(unknown, names);
      const hint = near === undefined ? `there is ${names.join(", ")}` : `did you mean "${near}"?`;
      this.fail(`has a field "${unknown}" that nobody knows: ${hint}`);
    }
    const places: { [N in Name]?: JsonPlace } = {};
    for (const name of names) {
      const inner = value[name];
      if (inner !== undefined) places[name] = new JsonPlace(inner, `${this.path}.${name}`);
    }
    return places;
  }

  /** The one field that is there, of those that exclude each other. */
  oneOf<Name extends string>(...names: Name[]): readonly [Name, JsonPlace] {
    const places = this.fields(...names);
    const found = names.flatMap((name): [Name, JsonPlace][] => {
      const place = places[name];
      return place === undefined ? [] : [[name, place]];
    });
    const [first, second] = found;
    if (first === undefined || second !== undefined) {
      this.fail(`must have exactly one of ${names.join(", ")}`);
    }
    return first;
  }

  /** The places of a list's items, at least one. */
  items(): readonly JsonPlace[] {
    const value = this.#value;
    if (!Array.isArray(value)) this.fail(`is ${kindOf(value)}, it must be a list`);
    if (value.length === 0) this.fail("is empty, it must have an item");
    return value.map((item: Json, i) => new JsonPlace(item, `${this.path}[${i}]`));
  }

  /** Text. */
  text(): string {
    const value = this.#value;
    return typeof value === "string"
      ? value
      : this.fail(`is ${kindOf(value)}, it must be a string`);
  }

  /** True or false. */
  flag(): boolean {
    const value = this.#value;
    return typeof value === "boolean"
      ? value
      : this.fail(`is ${kindOf(value)}, it must be true or false`);
  }

  /** A whole number from `least` to `most`. */
  wholeNumber(least: number, most: number): number {
    const value = this.#value;
    return typeof value === "number" && Number.isInteger(value) && value >= least && value <= most
      ? value
      : this.fail(`must be a whole number from ${least} to ${most}`);
  }
}

function isObject(value: Json): value is { readonly [key: string]: Json } {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function kindOf(value: Json): string {
  if (value === null) return "null";
  if (Array.isArray(value)) return "a list";
  return typeof value === "object" ? "an object" : `a ${typeof value}`;
}
