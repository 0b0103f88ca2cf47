/**
 * Finds any of several byte patterns in a stream, looking at every byte exactly once however the stream is cut: the
 * automaton of Aho and Corasick (1975) with all transitions filled in.
 *
 * The match that ends first wins; of several that end at the same byte, the longest.
 */
export class DelimiterAutomaton {
  /** Next state: `next[state * 256 + byte]`; the first state is 0. */
  readonly next: Uint16Array;
  /** For each state the length of the longest pattern that ends there, or 0. */
  readonly matched: Uint8Array;
  /** For each state in which a pattern ends, the index of the longest of them (of equal patterns, the last). */
  readonly pattern: Uint8Array;
  /** For each state how many of the last bytes may be the beginning of a pattern. */
  readonly depth: Uint8Array;
  /** For each state the node of the pattern that ends there, from which longer patterns go on. */
  readonly #matchedNode: Uint16Array;
  /** The patterns as a tree: `#child[node * 256 + byte]`, 0 where there is none. */
  readonly #child: Uint16Array;
  readonly #grows: Uint8Array;

  /** Builds the automaton for patterns of 1 to 255 bytes. */
  constructor(patterns: readonly Uint8Array[]) {
    const size = 1 + patterns.reduce((sum, pattern) => sum + pattern.length, 0);
    const next = new Uint16Array(size * 256);
    const matched = new Uint8Array(size);
    const index = new Uint8Array(size);
    const depth = new Uint8Array(size);
    const matchedNode = new Uint16Array(size);
    const grows = new Uint8Array(size);
    let nodes = 1;
    for (const [i, pattern] of patterns.entries()) {
      let node = 0;
      for (const byte of pattern) {
        const at = node * 256 + byte;
        grows[node] = 1;
        if (next[at] === 0) {
          next[at] = nodes;
          depth[nodes++] = (depth[node] as number) + 1;
        }
        node = next[at] as number;
      }
      matched[node] = pattern.length;
      index[node] = i;
      matchedNode[node] = node;
    }
    this.#child = next.slice();
    this.#grows = grows;
    // Breadth first: a missing edge goes where the longest proper suffix would go.
    const suffix = new Uint16Array(size);
    const queue: number[] = [];
    for (let byte = 0; byte < 256; byte++) {
      const child = next[byte] as number;
      if (child !== 0) queue.push(child);
    }
    for (const node of queue) {
      const back = suffix[node] as number;
      if (matched[node] === 0) {
        matched[node] = matched[back] as number;
        index[node] = index[back] as number;
        matchedNode[node] = matchedNode[back] as number;
      }
      for (let byte = 0; byte < 256; byte++) {
        const at = node * 256 + byte;
        const fallback = next[back * 256 + byte] as number;
        const child = next[at] as number;
        if (child === 0) next[at] = fallback;
        else {
          suffix[child] = fallback;
          queue.push(child);
        }
      }
    }
    this.next = next;
    this.matched = matched;
    this.pattern = index;
    this.depth = depth;
    this.#matchedNode = matchedNode;
  }

  /** The node from which a longer pattern may go on behind a match in `state`, or 0. */
  longerFrom(state: number): number {
    const node = this.#matchedNode[state] as number;
    return this.#grows[node] === 1 ? node : 0;
  }

  /** The node behind `node` on `byte`, or 0 when no pattern goes on so. */
  child(node: number, byte: number): number {
    return this.#child[node * 256 + byte] as number;
  }

  /** Whether a pattern ends exactly at `node`. */
  ends(node: number): boolean {
    return this.#matchedNode[node] === node;
  }

  /** Whether longer patterns go on behind `node`. */
  grows(node: number): boolean {
    return this.#grows[node] === 1;
  }

  /**
   * Whether `pattern`, one of the patterns, is always found as itself: no other one ends inside it, and no longer one
   * begins with it.
   */
  isUnmistakable(pattern: Uint8Array): boolean {
    const end = this.run(pattern, 0);
    return end >= 0 && this.matched[end] === pattern.length && this.longerFrom(end) === 0;
  }

  /** Runs over `bytes` from `state` and returns the state behind them, or -1 where the first match came too early. */
  run(bytes: Uint8Array, state: number): number {
    const { next, matched } = this;
    let at = state;
    for (let i = 0; i < bytes.length; i++) {
      if (matched[at] !== 0) return -1;
      at = next[at * 256 + (bytes[i] as number)] as number;
    }
    return at;
  }
}
