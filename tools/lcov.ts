/**
 * Reads LCOV, the text that `deno coverage --lcov` writes: per source file, what could be reached and
 * what was.
 *
 * @module
 */

/** How many of the things that could be reached were. */
export interface Reached {
  /** Those that ran at least once. */
  readonly hit: number;
  /** All there are. */
  readonly found: number;
}

/** What the tests reached in one source file. */
export interface FileCoverage {
  /** Path of the source file. */
  readonly path: string;
  /** Lines with code. */
  readonly lines: Reached;
  /** Ways out of a decision. */
  readonly branches: Reached;
}

// SF:path     begins a file
// LF:n LH:n   lines found, lines hit
// BRF:n BRH:n branches found, branches hit
// end_of_record

/**
 * The files of an LCOV text, in its order.
 *
 * @example
 * ```ts ignore
 * parseLcov("SF:a.ts\nBRF:0\nBRH:0\nLF:2\nLH:1\nend_of_record\n");
 * // [{ path: "a.ts", lines: { hit: 1, found: 2 }, branches: { hit: 0, found: 0 } }]
 * ```
 */
export function parseLcov(text: string): FileCoverage[] {
  return text.split("end_of_record").flatMap((record) => {
    const path = /^SF:(.+)$/m.exec(record)?.[1];
    if (path === undefined) return [];
    const count = (key: string): number =>
      Number(new RegExp(`^${key}:(\\d+)$`, "m").exec(record)?.[1] ?? 0);
    return [{
      path,
      lines: { hit: count("LH"), found: count("LF") },
      branches: { hit: count("BRH"), found: count("BRF") },
    }];
  });
}

/** All of them together. */
export function sum(parts: readonly Reached[]): Reached {
  return parts.reduce((all, part) => ({
    hit: all.hit + part.hit,
    found: all.found + part.found,
  }), { hit: 0, found: 0 });
}

/** Per cent reached; 100 where there is nothing to reach. */
export function percent({ hit, found }: Reached): number {
  return found === 0 ? 100 : 100 * hit / found;
}
