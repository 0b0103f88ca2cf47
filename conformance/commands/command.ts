import type { Page } from "../../cli/manual.ts";
import type { Source } from "../../cli/options.ts";

/** One command of `nonstick-conformance`. */
export interface Command {
  /** How it is called. */
  readonly name: string;
  /** What it does, in a few words. */
  readonly summary: string;
  /** Its help text and its options. */
  readonly page: Page;
  /** The only arguments that it takes, if they are words. */
  readonly words?: readonly string[];
  /**
   * Runs it with the arguments behind its name and resolves to the exit code; what they do not say is in `sources`, the
   * strongest first.
   */
  readonly run: (
    args: readonly string[],
    write: (line: string) => void,
    sources?: readonly Source[],
  ) => Promise<number>;
}
