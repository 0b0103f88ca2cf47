import { assert, assertEquals, assertNotEquals } from "@std/assert";
import schema from "./run.schema.json" with { type: "json" };
import {
  caseRecord,
  endRecord,
  readResultDocument,
  resultDocument,
  ResultDocumentError,
  runRecord,
  startRecord,
} from "./json.ts";
import { CASES, FAILING, PASSING } from "./testing.ts";
import { CAUSES } from "../judge/verdict.ts";

type Json = null | boolean | number | string | Json[] | { [name: string]: Json };
type Schema = { [keyword: string]: Json };

const ROOT: Schema = schema;

/** The first thing in `value` that the schema forbids, or null: as much of JSON Schema 2020-12 as ours uses. */
function violation(value: Json, rule: Json | undefined, where = "$"): string | null {
  if (!isObject(rule)) return null;
  const known = new Set(Object.keys(rule));
  const say = (what: string) => `${where}: ${what}`;
  for (const word of ["$schema", "$id", "$defs", "title", "description"]) known.delete(word);
  const check = (keyword: string, test: (rule: Json) => string | null): string | null => {
    if (!known.delete(keyword)) return null;
    return test(rule[keyword] ?? null);
  };
  const problem = check("$ref", (ref) => violation(value, definition(String(ref)), where)) ??
    check("allOf", (list) => firstOf(asList(list), (one) => violation(value, one, where))) ??
    check("oneOf", (list) => {
      const fitting = asList(list).filter((one) => violation(value, one, where) === null).length;
      return fitting === 1 ? null : say(`fits ${fitting} of oneOf`);
    }) ??
    check("type", (type) => isOfType(value, String(type)) ? null : say(`is no ${type}`)) ??
    check("enum", (list) => asList(list).includes(value) ? null : say(`${value} is not in enum`)) ??
    check("const", (one) => one === value ? null : say(`is not ${one}`)) ??
    check("minimum", (least) => Number(value) >= Number(least) ? null : say("is too small")) ??
    check("maximum", (most) => Number(value) <= Number(most) ? null : say("is too large")) ??
    check(
      "pattern",
      (text) => new RegExp(String(text), "u").test(String(value)) ? null : say("does not match"),
    ) ??
    check(
      "items",
      (item) =>
        firstOf([...asList(value).entries()], ([i, one]) => violation(one, item, `${where}[${i}]`)),
    ) ??
    check(
      "required",
      (names) =>
        firstOf(
          asList(names),
          (name) => isObject(value) && String(name) in value ? null : say(`lacks ${name}`),
        ),
    );
  if (problem !== null) return problem;
  const properties = known.delete("properties") && isObject(rule.properties) ? rule.properties : {};
  const closed = known.delete("additionalProperties");
  assertEquals([...known], [], "every keyword is understood");
  return !isObject(value)
    ? null
    : firstOf(Object.entries(value), ([name, one]) =>
      name in properties
        ? violation(one, properties[name], `${where}.${name}`)
        : closed
        ? say(`has ${name}`)
        : null);
}

function firstOf<T>(items: readonly T[], test: (item: T) => string | null): string | null {
  for (const item of items) {
    const found = test(item);
    if (found !== null) return found;
  }
  return null;
}

function isObject(value: Json | undefined): value is { [name: string]: Json } {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function asList(value: Json): Json[] {
  return Array.isArray(value) ? value : [];
}

function isOfType(value: Json, type: string): boolean {
  if (type === "array") return Array.isArray(value);
  if (type === "object") return isObject(value);
  if (type === "integer") return Number.isInteger(value);
  if (type === "number") return typeof value === "number";
  assertEquals(type, "string", "every type is understood");
  return typeof value === "string";
}

function definition(ref: string): Json {
  const definitions = ROOT.$defs;
  const found = isObject(definitions) ? definitions[ref.replace("#/$defs/", "")] : undefined;
  assert(found !== undefined, ref);
  return found;
}

function check(text: string): string | null {
  const value: Json = JSON.parse(text);
  return violation(value, ROOT);
}

Deno.test("everything that is written as JSON fits the published schema", () => {
  for (
    const result of [FAILING, PASSING, {
      ...PASSING,
      shard: { index: 1, of: 2 },
      stale: ["x"],
      interrupted: "y",
    }]
  ) {
    assertEquals(check(resultDocument(result)), null);
    assertEquals(check(runRecord(result)), null);
    assertEquals(check(endRecord(result)), null);
  }
  for (const one of CASES) assertEquals(check(caseRecord(one)), null);
  assertEquals(check(startRecord({ seed: 1, target: "t", cases: 4 })), null);
});

Deno.test("the schema refuses what is wrong", () => {
  const document: { [name: string]: Json } = JSON.parse(resultDocument(FAILING));
  const wrong: Json[] = [
    { ...document, verdict: "GOOD" },
    { ...document, seed: -1 },
    { ...document, cases: [{}] },
    { ...document, certificate: [{ covers: "x", proven: "1", passed: 1, total: 1 }] },
    { type: "case" },
    [],
  ];
  for (const one of wrong) assertNotEquals(violation(one, ROOT), null);
});

Deno.test("the schema knows every cause", () => {
  const cause = definition("#/$defs/cause");
  assertEquals(isObject(cause) ? cause.enum : null, Object.keys(CAUSES));
});

Deno.test("a result document is read back as it was, and nothing else is", () => {
  assertEquals(readResultDocument(resultDocument(FAILING)), FAILING);
  for (const text of ["", "{}", "[]", '{"type":"run","format":2}']) {
    let error: unknown;
    try {
      readResultDocument(text);
    } catch (thrown) {
      error = thrown;
    }
    assert(error instanceof ResultDocumentError, text);
  }
});
