// What the real @std/assert documents, run against whatever "@std/assert" resolves to. These tests may
// not lean on what they test, so they count outcomes by hand.

import * as std from "@std/assert";

/** Runs the check; says what it threw, or "passes". */
function outcome(check: () => void): string {
  try {
    check();
    return "passes";
  } catch (error) {
    return error instanceof std.AssertionError ? `fails: ${error.message}` : `throws: ${error}`;
  }
}

function expect(name: string, check: () => void, wanted: "passes" | `fails${string}`): void {
  const got = outcome(check);
  if (wanted === "passes" ? got !== wanted : !got.startsWith(wanted)) {
    throw new Error(`${name}: wanted "${wanted}", got "${got}"`);
  }
}

class Point {
  #x: number;
  constructor(x: number) {
    this.#x = x;
  }
  get x(): number {
    return this.#x;
  }
}

const bytes = (...values: number[]): Uint8Array => new Uint8Array(values);
const bare = (entries: object): object => Object.assign(Object.create(null), entries);

function ring(value: number): object {
  const ring: { value: number; self?: object } = { value };
  ring.self = ring;
  return ring;
}

Deno.test("@std/assert assertEquals and assertNotEquals compare deeply", () => {
  const rows: [a: unknown, b: unknown, equal: boolean][] = [
    [1, 1, true],
    [1, "1", false],
    [0, -0, true],
    [NaN, NaN, true],
    [1n, 1n, true],
    [null, undefined, false],
    ["粘包", "粘包", true],
    [[1, [2]], [1, [2]], true],
    [[1, 2], [2, 1], false],
    [[undefined], [], false],
    [{ a: 1, b: { c: 2 } }, { b: { c: 2 }, a: 1 }, true],
    [{ a: 1 }, { a: 2 }, false],
    [{ a: undefined }, {}, false],
    [{ a: undefined }, { b: undefined }, false],
    [{ a: 1 }, bare({ a: 1 }), true],
    [{}, [], false],
    [bytes(1, 2), bytes(1, 2), true],
    [bytes(1, 2), bytes(1, 3), false],
    [bytes(1, 2), bytes(0, 1, 2).subarray(1), true],
    [bytes(1, 2), [1, 2], false],
    [bytes(1, 2), new Uint16Array([1, 2]), false],
    [bytes(1, 2).buffer, bytes(1, 2).buffer, true],
    [bytes(1, 2).buffer, bytes(1, 3).buffer, false],
    [new Date(5), new Date(5), true],
    [new Date(5), new Date(6), false],
    [/a/g, /a/g, true],
    [/a/g, /a/, false],
    [new URL("tcp://a"), new URL("tcp://b"), false],
    [new Set([1, { a: 1 }]), new Set([{ a: 1 }, 1]), true],
    [new Set([1]), new Set([2]), false],
    [new Map([["a", { b: 1 }]]), new Map([["a", { b: 1 }]]), true],
    [new Map([["a", 1]]), new Map([["a", 2]]), false],
    [new Point(1), new Point(1), true],
    [new Point(1), new Point(2), false],
    [new Point(1), { x: 1 }, false],
    [ring(1), ring(1), true],
    [ring(1), ring(2), false],
  ];
  for (const [a, b, equal] of rows) {
    const name = `${Deno.inspect(a)} and ${Deno.inspect(b)}`;
    expect(name, () => std.assertEquals(a, b), equal ? "passes" : "fails: Values are not equal.");
    expect(name, () => std.assertNotEquals(a, b), equal ? "fails: Expected actual: " : "passes");
    expect(name, () => std.assertEquals(b, a), equal ? "passes" : "fails");
  }
  expect("message", () => std.assertEquals(1, 2, "why"), "fails: Values are not equal: why\n");
});

Deno.test("@std/assert single checks pass and fail as documented", () => {
  const object = {};
  const rows: [name: string, check: () => void, wanted: "passes" | `fails${string}`][] = [
    ["assert", () => std.assert(1), "passes"],
    ["assert", () => std.assert("", "why"), "fails: why"],
    ["assertStrictEquals", () => std.assertStrictEquals(object, object), "passes"],
    ["assertStrictEquals", () => std.assertStrictEquals(NaN, NaN), "passes"],
    ["assertStrictEquals", () => std.assertStrictEquals(0, -0), "fails: Values are not strictly"],
    ["assertStrictEquals", () => std.assertStrictEquals({}, object), "fails: Values "],
    ["assertExists", () => std.assertExists(0), "passes"],
    ["assertExists", () => std.assertExists(null), 'fails: Expected actual: "null" to not be'],
    ["assertExists", () => std.assertExists(undefined), 'fails: Expected actual: "undefined" to'],
    ["assertInstanceOf", () => std.assertInstanceOf(new RangeError(), Error), "passes"],
    [
      "assertInstanceOf",
      () => std.assertInstanceOf(new Error(), RangeError),
      'fails: Expected object to be an instance of "RangeError" but was "Error".',
    ],
    [
      "assertInstanceOf",
      () => std.assertInstanceOf(null, Date, "why"),
      'fails: Expected object to be an instance of "Date" but was "null": why',
    ],
    ["assertMatch", () => std.assertMatch("abc", /b/), "passes"],
    ["assertMatch", () => std.assertMatch("abc", /x/), 'fails: Expected actual: "abc" to match'],
    ["assertStringIncludes", () => std.assertStringIncludes("abc", "b"), "passes"],
    ["assertStringIncludes", () => std.assertStringIncludes("abc", "x"), "fails: Expected actual"],
    ["assertGreater", () => std.assertGreater(2, 1), "passes"],
    ["assertGreater", () => std.assertGreater(1, 1), "fails: Expect 1 > 1"],
    ["assertGreaterOrEqual", () => std.assertGreaterOrEqual(1, 1), "passes"],
    ["assertGreaterOrEqual", () => std.assertGreaterOrEqual(0, 1), "fails: Expect 0 >= 1"],
    ["assertLess", () => std.assertLess(1n, 2n), "passes"],
    ["assertLess", () => std.assertLess(1, 1), "fails: Expect 1 < 1"],
    ["assertLessOrEqual", () => std.assertLessOrEqual(1, 1), "passes"],
    ["assertLessOrEqual", () => std.assertLessOrEqual(2, 1), "fails: Expect 2 <= 1"],
    ["assertLess", () => std.assertLess(NaN, 1, "why"), "fails: why"],
  ];
  for (const [name, check, wanted] of rows) expect(name, check, wanted);
});

const raise = (error: unknown) => (): never => {
  throw error;
};

Deno.test("@std/assert assertThrows gives back what was thrown, or says what was wrong", () => {
  const error = new RangeError("too big");
  const same = (value: unknown): void => std.assertStrictEquals(value, error);
  same(std.assertThrows(raise(error)));
  same(std.assertThrows(raise(error), RangeError));
  same(std.assertThrows(raise(error), Error, "big"));
  std.assertStrictEquals(std.assertThrows(raise("text")), "text");

  const rows: [check: () => void, wanted: `fails${string}`][] = [
    [() => std.assertThrows(() => 1), "fails: Expected function to throw."],
    [() => std.assertThrows(() => 1, "why"), "fails: Expected function to throw: why"],
    [
      () => std.assertThrows(raise(error), TypeError),
      'fails: Expected error to be instance of "TypeError", but was "RangeError".',
    ],
    [
      () => std.assertThrows(raise(error), Error, "small"),
      'fails: Expected error message to include "small", but got "too big".',
    ],
    [() => std.assertThrows(raise("text"), Error), "fails: A non-Error object was thrown."],
  ];
  for (const [check, wanted] of rows) expect("assertThrows", check, wanted);
});

Deno.test("@std/assert assertRejects gives back the reason, or says what was wrong", async () => {
  const error = new RangeError("too big");
  const same = (value: unknown): void => std.assertStrictEquals(value, error);
  same(await std.assertRejects(() => Promise.reject(error)));
  same(await std.assertRejects(() => Promise.reject(error), RangeError, "big"));

  const rows: [check: () => Promise<unknown>, wanted: string][] = [
    [() => std.assertRejects(() => Promise.resolve()), "Expected function to reject."],
    [() => std.assertRejects(() => Promise.resolve(), "why"), "Expected function to reject: why"],
    [() => std.assertRejects(raise(error)), "Function throws when expected to reject."],
    [
      () => std.assertRejects(() => Promise.reject(error), TypeError),
      'Expected error to be instance of "TypeError", but was "RangeError".',
    ],
    [
      () => std.assertRejects(() => Promise.reject(error), Error, "small"),
      'Expected error message to include "small", but got "too big".',
    ],
    [
      () => std.assertRejects(() => Promise.reject("text"), Error),
      "A non-Error object was rejected.",
    ],
  ];
  for (const [check, wanted] of rows) {
    const reason: unknown = await check().then(() => "passes", (reason: unknown) => reason);
    std.assertInstanceOf(reason, std.AssertionError);
    std.assertStrictEquals(reason.message, wanted);
  }
});
