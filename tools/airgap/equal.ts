/**
 * Deep equality as `@std/assert` documents it, for the stand-in of that package.
 *
 * `node:util` has `isDeepStrictEqual`, but it tells `0` from `-0` and `{}` from an object without a
 * prototype, and it does not look at the getters of a class. The rules here:
 *
 * - `0` equals `-0`, `NaN` equals `NaN`; other primitives by `===`;
 * - the prototypes must be the same (`{}` and `Object.create(null)` count as the same);
 * - dates by time, typed arrays and buffers by content, sets and maps by content in any order;
 * - everything else key by key; a missing key is not an `undefined` one.
 *
 * @module
 */

type Properties = Readonly<Record<PropertyKey, unknown>>;

const TypedArray: unknown = Object.getPrototypeOf(Uint8Array);

/**
 * Whether two values are deeply equal. Cycles end where they meet a pair already under comparison.
 *
 * @example
 * ```ts ignore
 * equal([1, { a: NaN }], [1, { a: NaN }]); // true
 * ```
 */
export function equal(left: unknown, right: unknown): boolean {
  const seen = new Map<unknown, unknown>();

  function same(a: unknown, b: unknown): boolean {
    if (a === b || Object.is(a, b)) return true;
    if (!isObject(a) || !isObject(b)) return false;
    if (!samePrototype(a, b)) return false;
    if (a instanceof Date && b instanceof Date) return Object.is(a.getTime(), b.getTime());
    if (a instanceof RegExp || a instanceof URL) return String(a) === String(b);
    if (seen.get(a) === b) return true;
    seen.set(a, b);
    if (a instanceof ArrayBuffer && b instanceof ArrayBuffer) {
      return sameElements(new Uint8Array(a), new Uint8Array(b));
    }
    if (isTypedArray(a) && isTypedArray(b)) return sameElements(a, b);
    if (a instanceof Set && b instanceof Set) {
      return sameEntries([...a].map((key) => [key, key]), [...b].map((key) => [key, key]));
    }
    if (a instanceof Map && b instanceof Map) return sameEntries([...a], [...b]);
    return sameProperties(a, b);
  }

  function sameElements(a: ArrayLike<unknown>, b: ArrayLike<unknown>): boolean {
    if (a.length !== b.length) return false;
    for (let i = 0; i < a.length; i++) {
      if (a[i] !== b[i] && !Object.is(a[i], b[i])) return false;
    }
    return true;
  }

  function sameEntries(a: [unknown, unknown][], b: [unknown, unknown][]): boolean {
    if (a.length !== b.length) return false;
    return a.every(([key, value]) => b.some(([k, v]) => same(key, k) && same(value, v)));
  }

  function sameProperties(a: Properties, b: Properties): boolean {
    if (Object.keys(a).length !== Object.keys(b).length) return false;
    for (const key of new Set([...deepKeys(a), ...deepKeys(b)])) {
      if (key in a !== key in b || !same(a[key], b[key])) return false;
    }
    return true;
  }

  return same(left, right);
}

function isObject(value: unknown): value is Properties {
  return typeof value === "object" && value !== null;
}

function isTypedArray(value: object): value is object & ArrayLike<unknown> {
  return typeof TypedArray === "function" && value instanceof TypedArray;
}

function samePrototype(a: object, b: object): boolean {
  const plain = (value: object): unknown => Object.getPrototypeOf(value) ?? Object.prototype;
  return plain(a) === plain(b);
}

/** Own keys and those of the classes above, so that getters are compared too. */
function deepKeys(object: object): PropertyKey[] {
  const keys: PropertyKey[] = [];
  for (
    let o: object | null = object;
    o !== null && o !== Object.prototype && o !== Array.prototype;
    o = Object.getPrototypeOf(o)
  ) {
    keys.push(...Reflect.ownKeys(o));
  }
  return keys;
}
