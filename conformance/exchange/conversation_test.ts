import { assert, assertEquals, assertThrows } from "@std/assert";
import { conversationOf, parseScenario } from "./conversation.ts";
import { type Json, type Scenario, ScenarioError, type ScenarioStep } from "./scenario.ts";
import { scenarioPath } from "./testing.ts";

const SEND: ScenarioStep = { send: { text: "a\n" } };
const EXPECT: ScenarioStep = { expect: { text: "b\n" } };
const conversation = (steps: readonly ScenarioStep[], more: Partial<Scenario> = {}) =>
  conversationOf({ name: "test", steps, ...more });

Deno.test("a scenario becomes a stream with seams, waits and what is due", () => {
  const { base, seams, free, pauses, dues } = conversation([
    EXPECT,
    SEND,
    { send: { hex: "0a0b0c" } },
    { delay: 5 },
    { delay: 7 },
    EXPECT,
    SEND,
    SEND,
    { expect: "quiet" },
    { expectClose: "any" },
  ]);
  assertEquals(base.stimulus.bytes, Uint8Array.of(97, 10, 10, 11, 12, 97, 10, 97, 10));
  assertEquals([seams, base.cuts, free], [[2, 5, 7], [2, 5, 7], [2, 7]]);
  assertEquals([base.waits, [...pauses]], [[5], [[5, 12]]]);
  assertEquals(dues.map(({ at, kind }) => [at, kind]), [
    [0, "take"],
    [5, "take"],
    [9, "quiet"],
    [9, "any end"],
  ]);
});

Deno.test("frames are encoded by the framing of the requests and expected by that of the answers", () => {
  const { base, dues, framing } = conversation([
    { send: { frames: ["hi", { hex: "00" }, { json: { a: 1 } }] } },
    { send: { json: [1] } },
    { expect: { frames: [{ json: { x: 1, y: [2] } }, "b"] } },
    { expect: { count: 2 } },
  ], { framing: { requests: "u8", answers: "line" } });
  assertEquals(
    new TextDecoder().decode(base.stimulus.bytes),
    '\x02hi\x01\x00\x07{"a":1}\x03[1]',
  );
  assertEquals([base.stimulus.frames.length, framing], [4, "u8, answers line"]);
  const answers = new TextEncoder().encode('{ "y": [2], "x": 1 }\nb\n???\n\n');
  let at = 0;
  for (const due of dues) {
    const to = due.take(answers, at);
    assert(typeof to === "number", due.about);
    at = to;
  }
  assertEquals(at, answers.length);
});

/** Scenarios that cannot be used, and the place that is named. */
const WRONG: readonly (readonly [Json, string, string])[] = [
  [[], "$", "must be an object"],
  [{ steps: [] }, "$", 'no "name"'],
  [{ name: "x" }, "$", 'no "steps"'],
  [{ name: "x", steps: [] }, "$.steps", "empty"],
  [{ name: "x", steps: [{ sand: {} }] }, "$.steps[0]", 'did you mean "send"?'],
  [{ name: "x", steps: [{ send: { text: "a" }, delay: 1 }] }, "$.steps[0]", "exactly one of"],
  [{ name: "x", steps: [{ send: { hex: "0" } }] }, "$.steps[0].send.hex", "hex"],
  [{ name: "x", steps: [{ send: { text: "" } }] }, "$.steps[0].send", "sends nothing"],
  [{ name: "x", steps: [{ send: { frames: ["a"] } }] }, "$.steps[0].send.frames[0]", "framing"],
  [{ name: "x", steps: [{ expect: { pattern: "(" } }] }, "$.steps[0].expect.pattern", "regular"],
  [{ name: "x", steps: [{ expect: { count: 0 } }] }, "$.steps[0].expect.count", "from 1 to"],
  [
    { name: "x", framing: "line", steps: [{ expect: { count: 65_537 } }] },
    "$.steps[0].expect.count",
    "more than a scenario expects (65536)",
  ],
  [{ name: "x", steps: [{ expectClose: "soon" }] }, "$.steps[0].expectClose", '"fin" or "any"'],
  [{ name: "x", steps: [{ send: { text: "a" } }] }, "$.steps", "never expects"],
  [{ name: "x", steps: [{ expect: { text: "a" } }] }, "$.steps", "never sends"],
  [{ name: "x", framing: "u33", steps: [] }, "$.framing", "u33"],
  [{ name: "x", framing: { asks: "u8" }, steps: [] }, "$.framing", '"asks"'],
  [
    { name: "x", framing: "fixed:5", steps: [{ send: { frames: ["abc"] } }] },
    "$.steps[0].send.frames[0]",
    "cannot be a frame",
  ],
  [
    { name: "x", steps: [{ send: { text: "a" } }, { expectClose: "fin" }, { delay: 1 }] },
    "$.steps[2]",
    "behind expectClose",
  ],
  [
    {
      name: "x",
      pipelining: true,
      steps: [{ send: { text: "a" } }, { expect: "quiet" }, { send: { text: "b" } }],
    },
    "$.steps[1].expect",
    "pipelining",
  ],
];

for (const [value, path, why] of WRONG) {
  Deno.test(`what cannot be used is told with its place: ${JSON.stringify(value)}`, () => {
    const error = assertThrows(() => parseScenario(JSON.stringify(value)), ScenarioError, why);
    assertEquals(error.path, path);
  });
}

Deno.test("a file that is no JSON is told as such", () => {
  assertThrows(() => parseScenario("{"), ScenarioError, "no JSON");
});

// What the schema is written in; enough of it to check that file and reader agree.
type Schema = boolean | { readonly [key: string]: Json };

function fits(schema: Schema, value: Json, root: Schema): boolean {
  if (typeof schema === "boolean") return schema;
  const part = (name: string): Schema => asSchema(asObject(schema[name])) ?? true;
  const { $ref, oneOf, type, required, items, enum: words, pattern } = schema;
  if (typeof $ref === "string") {
    const inner = $ref.slice(2).split("/").reduce<Json>(
      (at, key) => asObject(at)?.[key] ?? null,
      asObject(root) ?? null,
    );
    return fits(asSchema(inner) ?? false, value, root);
  }
  if (Array.isArray(oneOf)) {
    return oneOf.filter((one: Json) => fits(asSchema(one) ?? false, value, root)).length === 1;
  }
  if ("const" in schema) return schema.const === value;
  if (Array.isArray(words)) return words.includes(value);
  switch (type) {
    case "string":
      return typeof value === "string" && value.length >= Number(schema.minLength ?? 0) &&
        (typeof pattern !== "string" || new RegExp(pattern).test(value));
    case "boolean":
      return typeof value === "boolean";
    case "integer":
      return Number.isInteger(value) && Number(value) >= Number(schema.minimum) &&
        Number(value) <= Number(schema.maximum);
    case "array":
      return Array.isArray(value) && value.length >= Number(schema.minItems ?? 0) &&
        value.every((item: Json) => fits(asSchema(items ?? null) ?? true, item, root));
    case "object": {
      const fields = asObject(value);
      const known = asObject(part("properties"));
      if (fields === undefined || known === undefined) return false;
      const names = Array.isArray(required) ? required : [];
      return names.every((name) => typeof name === "string" && name in fields) &&
        Object.entries(fields).every(([name, inner]) =>
          fits(asSchema(known[name] ?? null) ?? false, inner, root)
        );
    }
    default:
      return true;
  }
}

function asObject(value: Json | Schema | undefined): { readonly [key: string]: Json } | undefined {
  return typeof value === "object" && value !== null && !Array.isArray(value)
    ? Object.fromEntries(Object.entries(value))
    : undefined;
}

function asSchema(value: Json | undefined): Schema | undefined {
  return typeof value === "boolean" ? value : asObject(value);
}

Deno.test("the published schema takes the samples and refuses what the reader refuses for its form", async () => {
  const read = async (url: string | URL): Promise<Json> => JSON.parse(await Deno.readTextFile(url));
  const schema = asSchema(await read(new URL("scenario.schema.json", import.meta.url))) ?? false;
  for (const name of ["smtp", "resp", "http"]) {
    const sample = await read(scenarioPath(`${name}.json`));
    assert(fits(schema, sample, schema), name);
    parseScenario(JSON.stringify(sample));
  }
  // What stands elsewhere in the file, or in another language, no schema can know.
  const beyond = /sends nothing|framing|regular|never|u33|cannot be|behind|pipelining|more than/;
  for (const [value, path, why] of WRONG) {
    if (!beyond.test(why)) assert(!fits(schema, value, schema), `${path} ${why}`);
  }
});
