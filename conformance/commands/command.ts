/** One command of `nonstick-conformance`. */
export interface Command {
  /** How it is called. */
  readonly name: string;
  /** What it does, in a few words. */
  readonly summary: string;
  /** Its help text. */
  readonly help: () => string;
  /** Runs it with the arguments behind its name and resolves to the exit code. */
  readonly run: (args: readonly string[], write: (line: string) => void) => Promise<number>;
}
