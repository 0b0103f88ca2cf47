/** What is to happen when, on a clock that stands still by itself. What is due at the same time keeps its order. */
export class Timetable<Event> {
  /** A binary heap: each entry is due no later than those at 2i + 1 and 2i + 2. */
  readonly #heap: { readonly dueMs: number; readonly order: number; readonly event: Event }[] = [];
  #order = 0;

  /** How much is to come. */
  get size(): number {
    return this.#heap.length;
  }

  /** When the next is due. */
  get nextMs(): number | undefined {
    return this.#heap[0]?.dueMs;
  }

  /** Notes an event. */
  add(dueMs: number, event: Event): void {
    const heap = this.#heap;
    const entry = { dueMs, order: this.#order++, event };
    let at = heap.length;
    while (at > 0) {
      const above = (at - 1) >> 1, parent = heap[above];
      if (parent === undefined || isBefore(parent, entry)) break;
      heap[at] = parent;
      at = above;
    }
    heap[at] = entry;
  }

  /** Takes the next event off. */
  take(): Event | undefined {
    const heap = this.#heap, first = heap[0], last = heap.pop();
    if (first === undefined || last === undefined || heap.length === 0) return first?.event;
    let at = 0;
    for (;;) {
      const left = 2 * at + 1;
      const [one, other] = [heap[left], heap[left + 1]];
      if (one === undefined) break;
      const below = other !== undefined && isBefore(other, one) ? left + 1 : left;
      const child = heap[below];
      if (child === undefined || isBefore(last, child)) break;
      heap[at] = child;
      at = below;
    }
    heap[at] = last;
    return first.event;
  }
}

function isBefore(
  one: { readonly dueMs: number; readonly order: number },
  other: { readonly dueMs: number; readonly order: number },
): boolean {
  return one.dueMs < other.dueMs || (one.dueMs === other.dueMs && one.order < other.order);
}
