/**
 * Stand-in for `@std/assert` where JSR cannot be reached: the same names, types and outcomes for what
 * the project uses. Messages start as the real ones do; instead of a diff they show both values.
 *
 * @module
 */

import { inspect } from "node:util";
import { equal } from "./equal.ts";

/** A class of errors: what `assertThrows` and `assertRejects` look for. */
type ErrorClass<E extends Error> = abstract new (...args: never[]) => E;

/** The error of every failed assertion. */
export class AssertionError extends Error {
  override readonly name = "AssertionError";
}

/** Throws unless `expr` is truthy. */
export function assert(expr: unknown, msg = ""): asserts expr {
  if (!expr) throw new AssertionError(msg);
}

/** Throws unless both are deeply equal. */
export function assertEquals<T>(actual: T, expected: T, msg?: string): void {
  if (equal(actual, expected)) return;
  throw new AssertionError(`Values are not equal${suffix(msg)}${both(actual, expected)}`);
}

/** Throws if both are deeply equal. */
export function assertNotEquals<T>(actual: T, expected: T, msg?: string): void {
  if (!equal(actual, expected)) return;
  throw new AssertionError(
    `Expected actual: ${show(actual)} not to be: ${show(expected)}${suffix(msg)}`,
  );
}

/** Throws unless both are the same value, as `Object.is` says. */
export function assertStrictEquals<T>(
  actual: unknown,
  expected: T,
  msg?: string,
): asserts actual is T {
  if (Object.is(actual, expected)) return;
  throw new AssertionError(`Values are not strictly equal${suffix(msg)}${both(actual, expected)}`);
}

/** Throws if the value is `null` or `undefined`. */
export function assertExists<T>(actual: T, msg?: string): asserts actual is NonNullable<T> {
  if (actual !== undefined && actual !== null) return;
  throw new AssertionError(
    `Expected actual: "${actual}" to not be null or undefined${suffix(msg)}`,
  );
}

/** Throws unless the value is an instance of the class. */
export function assertInstanceOf<T extends abstract new (...args: never[]) => unknown>(
  actual: unknown,
  expectedType: T,
  msg = "",
): asserts actual is InstanceType<T> {
  if (actual instanceof expectedType) return;
  throw new AssertionError(
    `Expected object to be an instance of "${expectedType.name}" but was "${nameOf(actual)}"${
      suffix(msg)
    }`,
  );
}

/** Throws unless the text matches the pattern. */
export function assertMatch(actual: string, expected: RegExp, msg?: string): void {
  if (expected.test(actual)) return;
  throw new AssertionError(`Expected actual: "${actual}" to match: "${expected}"${suffix(msg)}`);
}

/** Throws unless the text contains the other. */
export function assertStringIncludes(actual: string, expected: string, msg?: string): void {
  if (actual.includes(expected)) return;
  throw new AssertionError(`Expected actual: "${actual}" to contain: "${expected}"${suffix(msg)}`);
}

/** Throws unless `actual > expected`. */
export function assertGreater<T>(actual: T, expected: T, msg?: string): void {
  if (actual > expected) return;
  throw new AssertionError(msg ?? `Expect ${show(actual)} > ${show(expected)}`);
}

/** Throws unless `actual >= expected`. */
export function assertGreaterOrEqual<T>(actual: T, expected: T, msg?: string): void {
  if (actual >= expected) return;
  throw new AssertionError(msg ?? `Expect ${show(actual)} >= ${show(expected)}`);
}

/** Throws unless `actual < expected`. */
export function assertLess<T>(actual: T, expected: T, msg?: string): void {
  if (actual < expected) return;
  throw new AssertionError(msg ?? `Expect ${show(actual)} < ${show(expected)}`);
}

/** Throws unless `actual <= expected`. */
export function assertLessOrEqual<T>(actual: T, expected: T, msg?: string): void {
  if (actual <= expected) return;
  throw new AssertionError(msg ?? `Expect ${show(actual)} <= ${show(expected)}`);
}

/** Throws unless the function throws; returns what it threw. */
export function assertThrows(fn: () => unknown, msg?: string): unknown;
/** Throws unless the function throws that class of error (with that text in its message). */
export function assertThrows<E extends Error = Error>(
  fn: () => unknown,
  expected: ErrorClass<E>,
  msgIncludes?: string,
  msg?: string,
): E;
export function assertThrows(
  fn: () => unknown,
  expected?: ErrorClass<Error> | string,
  msgIncludes?: string,
  msg?: string,
): unknown {
  const wanted = expectation(expected, msgIncludes, msg);
  let thrown: unknown;
  try {
    fn();
  } catch (error) {
    thrown = error;
    checkError(error, "thrown", wanted);
    return thrown;
  }
  throw new AssertionError(`Expected function to throw${suffix(wanted.msg)}`);
}

/** Rejects unless the function's promise rejects; resolves to the reason. */
export function assertRejects(fn: () => PromiseLike<unknown>, msg?: string): Promise<unknown>;
/** Rejects unless the promise rejects with that class of error (with that text in its message). */
export function assertRejects<E extends Error = Error>(
  fn: () => PromiseLike<unknown>,
  expected: ErrorClass<E>,
  msgIncludes?: string,
  msg?: string,
): Promise<E>;
export async function assertRejects(
  fn: () => PromiseLike<unknown>,
  expected?: ErrorClass<Error> | string,
  msgIncludes?: string,
  msg?: string,
): Promise<unknown> {
  const wanted = expectation(expected, msgIncludes, msg);
  const promise = promiseOf(fn);
  if (promise === undefined) {
    throw new AssertionError(`Function throws when expected to reject${suffix(wanted.msg)}`);
  }
  try {
    await promise;
  } catch (error) {
    checkError(error, "rejected", wanted);
    return error;
  }
  throw new AssertionError(`Expected function to reject${suffix(wanted.msg)}`);
}

/** What the caller of `assertThrows` or `assertRejects` asked for, whichever way it was said. */
interface Expectation {
  readonly errorClass: ErrorClass<Error> | undefined;
  readonly msgIncludes: string | undefined;
  readonly msg: string | undefined;
}

function expectation(
  expected: ErrorClass<Error> | string | undefined,
  msgIncludes: string | undefined,
  msg: string | undefined,
): Expectation {
  return typeof expected === "string"
    ? { errorClass: undefined, msgIncludes: undefined, msg: expected }
    : { errorClass: expected, msgIncludes, msg };
}

function checkError(error: unknown, how: string, { errorClass, msgIncludes, msg }: Expectation) {
  if (errorClass === undefined) return;
  if (!(error instanceof Error)) {
    throw new AssertionError(`A non-Error object was ${how}${suffix(msg)}`);
  }
  if (!(error instanceof errorClass)) {
    throw new AssertionError(
      `Expected error to be instance of "${errorClass.name}", but was "${nameOf(error)}"${
        suffix(msg)
      }`,
    );
  }
  if (msgIncludes && !error.message.includes(msgIncludes)) {
    throw new AssertionError(
      `Expected error message to include ${JSON.stringify(msgIncludes)}, but got ${
        JSON.stringify(error.message)
      }${suffix(msg)}`,
    );
  }
}

/** The promise the function returns; none when it throws at once or returns something else. */
function promiseOf(fn: () => PromiseLike<unknown>): PromiseLike<unknown> | undefined {
  try {
    const promise: unknown = fn();
    return isPromiseLike(promise) ? promise : undefined;
  } catch {
    return undefined;
  }
}

function isPromiseLike(value: unknown): value is PromiseLike<unknown> {
  return typeof value === "object" && value !== null && "then" in value &&
    typeof value.then === "function";
}

function suffix(msg: string | undefined): string {
  return msg ? `: ${msg}` : ".";
}

function both(actual: unknown, expected: unknown): string {
  const indented = (value: unknown): string => show(value).replaceAll("\n", "\n      ");
  return `\n\n    actual\n      ${indented(actual)}\n    expected\n      ${indented(expected)}\n`;
}

function show(value: unknown): string {
  return inspect(value, { depth: 8, breakLength: 100 });
}

function nameOf(value: unknown): string {
  if (typeof value !== "object" || value === null) return value === null ? "null" : typeof value;
  return value.constructor?.name ?? "Object";
}
