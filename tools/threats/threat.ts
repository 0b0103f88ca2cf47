/**
 * One row of the table of threats: what it is, and which tests stand against it.
 * @module
 */
import type { Probe } from "./target.ts";

/** A test by its file and its name as the source has it. */
export interface TestName {
  readonly file: string;
  readonly name: string;
}

/** A threat of `docs/THREATS.md`. */
export interface Threat {
  /** `S1` to `S25`. */
  readonly id: string;
  /** A few words. */
  readonly title: string;
  /** What is threatened, in one sentence. */
  readonly threat: string;
  /** Where it happened: Markdown with links. */
  readonly happened: string;
  /** What the tutorial does that makes it possible. */
  readonly lesson: string;
  /** Each element of the threat, and the tests that stand against it. */
  readonly covered: readonly (readonly [element: string, ...tests: TestName[]])[];
  /** What is not covered, and why. */
  readonly open?: string;
  /** Shows the naive port broken, and ours whole. */
  readonly probe: Probe;
}

/** Names tests of one file. */
export function inFile(file: string): (name: string) => TestName {
  return (name) => ({ file, name });
}

/** A link to an issue, or a pull request, of a project on GitHub. */
export function issue(repository: string, number: number): string {
  const name = repository.split("/")[1];
  return `[${name} #${number}](https://github.com/${repository}/issues/${number})`;
}

/** A link to a vulnerability. */
export function cve(id: string, of: string): string {
  return `[${of} CVE-${id}](https://nvd.nist.gov/vuln/detail/CVE-${id})`;
}
