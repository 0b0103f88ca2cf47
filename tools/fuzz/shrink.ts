/** Most inputs that are tried. */
const MOST_TRIES = 2000;

/**
 * A smaller input that still `fails`, found greedily: bytes are left out, in runs of halving length, then set to zero
 * as long as anything changes.
 */
export async function shrink(
  input: Uint8Array,
  fails: (input: Uint8Array) => Promise<boolean>,
  mostTries: number = MOST_TRIES,
): Promise<Uint8Array> {
  let smallest = input, tries = 0;
  const keep = async (candidate: Uint8Array) => {
    if (tries >= mostTries) return false;
    tries++;
    if (!await fails(candidate)) return false;
    smallest = candidate;
    return true;
  };
  for (let length = Math.ceil(input.length / 2); length > 0; length = Math.floor(length / 2)) {
    for (let at = 0; at < smallest.length && tries < mostTries;) {
      const without = new Uint8Array(Math.max(at, smallest.length - length));
      without.set(smallest.subarray(0, at));
      without.set(smallest.subarray(at + length), at);
      if (!await keep(without)) at += length;
    }
  }
  for (let at = 0; at < smallest.length; at++) {
    if (smallest[at] === 0) continue;
    const zeroed = smallest.slice();
    zeroed[at] = 0;
    await keep(zeroed);
  }
  return smallest;
}
