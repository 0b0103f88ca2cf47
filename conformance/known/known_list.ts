import type { CaseResult } from "../campaign/result.ts";
import { globPattern } from "../cases/glob.ts";
import { type Cause, CAUSES } from "../judge/verdict.ts";

/** A failure that is known, as a line of a list says it: it does not fail a run as long as its cause is this one. */
export interface KnownEntry {
  /** Whether it always fails, or only now and then. */
  readonly kind: "failing" | "flaky";
  /** Which cases: an id or a glob. */
  readonly glob: string;
  /** Why they fail; another cause is not known. */
  readonly cause: Cause;
  /** What the list says about it. */
  readonly why: string;
  /** Where it stands, as `FILE:LINE`. */
  readonly at: string;
}

/** A line of a list cannot be read. The message says which, and what it should be. */
export class KnownListError extends Error {
  /** The class of the error. */
  override readonly name = "KnownListError";
}

/**
 * Reads a list of known failures: on each line an id or glob, a cause, and behind `#` why. Empty lines and lines that
 * begin with `#` are comments.
 *
 * ```
 *   # until our next release
 *   8.2      PHANTOM   # flushes its buffer at FIN, issue 17
 *   1.*      LATE
 * ```
 *
 * @example
 * ```ts
 * import { parseKnownList } from "./known_list.ts";
 *
 * const [entry] = parseKnownList("8.2 PHANTOM # issue 17", "failing", "known.txt");
 * console.log(entry?.glob, entry?.cause, entry?.at); // 8.2 PHANTOM known.txt:1
 * ```
 *
 * @param file its name, for messages.
 * @throws {KnownListError} if a line is none of these.
 */
export function parseKnownList(
  text: string,
  kind: KnownEntry["kind"],
  file: string,
): KnownEntry[] {
  return text.split(/\r?\n/).flatMap((line, i) => {
    const at = `${file}:${i + 1}`;
    const mark = line.indexOf("#");
    const words = (mark < 0 ? line : line.slice(0, mark)).trim();
    if (words === "") return [];
    const [glob = "", cause = "", ...more] = words.split(/\s+/);
    if (!isCause(cause) || more.length > 0) {
      throw new KnownListError(
        `Cannot read ${at}: "${words}" is not ID CAUSE, with a cause of ${
          Object.keys(CAUSES).join(", ")
        }`,
      );
    }
    return [{ kind, glob, cause, why: mark < 0 ? "" : line.slice(mark + 1).trim(), at }];
  });
}

/** Whether a word names a cause. */
export function isCause(word: string): word is Cause {
  return Object.hasOwn(CAUSES, word);
}

/** The case with the entry that knows of its failure, if there is one. A failure for another cause is not known. */
export function withKnown(one: CaseResult, entries: readonly KnownEntry[]): CaseResult {
  const entry = entries.find((entry) => knows(entry, one));
  return entry === undefined ? one : { ...one, known: entry };
}

/** Whether a case failed as the entry says. One that only sometimes fails need not repeat to be recognised. */
function knows({ kind, glob, cause }: KnownEntry, one: CaseResult): boolean {
  if (!globPattern(glob).test(one.id)) return false;
  const now = one.verdict === "INCONCLUSIVE" && one.deliveries.played > 0;
  return one.cause === cause || kind === "flaky" && now;
}
