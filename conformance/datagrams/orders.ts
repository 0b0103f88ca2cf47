/** How many orders of `count` things there are: count!. */
export function orderCount(count: number): number {
  return count < 2 ? 1 : count * orderCount(count - 1);
}

/** Order `index` of `count` things, 0 to count! − 1, as a list of their numbers; order 0 is the rising one. */
export function orderAt(count: number, index: number): number[] {
  const left = Array.from({ length: count }, (_, i) => i);
  const order: number[] = [];
  for (let n = count, rest = index; n > 0; n--) {
    const block = orderCount(n - 1);
    order.push(...left.splice(Math.floor(rest / block), 1));
    rest %= block;
  }
  return order;
}

/** Those of `all` whose bit is set in `mask`. */
export function chosen<T>(all: readonly T[], mask: number): T[] {
  return all.filter((_, bit) => ((mask >> bit) & 1) === 1);
}
