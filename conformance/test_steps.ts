import type { CaseResult, RunResult } from "./campaign/result.ts";
import { formatFailed } from "./report/human.ts";
import { runConformance } from "./run_conformance.ts";
import type { RunOptions } from "./run_options.ts";

/** Where the cases go: the context that `Deno.test` gives to a test. */
export interface TestSteps {
  /** Runs one step of a test. */
  step(definition: {
    /** What it is called. */
    readonly name: string;
    /** Whether it is shown as ignored. */
    readonly ignore: boolean;
    /** Throws if the step fails. */
    readonly fn: () => void;
  }): Promise<boolean>;
}

/** A case that failed; the message shows the smallest delivery that breaks the target and how to play it again. */
export class ConformanceError extends Error {
  /** The class of the error. */
  override readonly name = "ConformanceError";
  /** The case. */
  readonly result: CaseResult;

  /** Makes an error from a case and what there is to say of it. */
  constructor(result: CaseResult, message: string) {
    super(message);
    this.result = result;
  }
}

/**
 * Runs the case book as a test: each case is a step, ignored where it does not apply, failed where the target fails or nothing
 * was proved.
 *
 * @example
 * ```ts ignore
 * import { conformance } from "@nonstick/nonstick/conformance";
 *
 * Deno.test("my server survives every chunking", async (t) => {
 *   await conformance(t, "tcp://127.0.0.1:0", { framing: "u32be", expect: "echo", spawn: "python3 server.py {port}" });
 * });
 * ```
 *
 * @param target as for {@linkcode runConformance}, which says what this throws.
 * @throws {Error} if the run as a whole is no pass, so that zero cases are none.
 */
export async function conformance(
  t: TestSteps,
  target: string,
  options: RunOptions,
): Promise<RunResult> {
  const command = options.command ?? commandOf(target, options);
  const cases = new TransformStream<CaseResult, CaseResult>(undefined, { highWaterMark: Infinity });
  const done = cases.writable.getWriter();
  let seed = 0;
  const running = runConformance(target, {
    ...options,
    onStart(start) {
      seed = start.seed;
      options.onStart?.(start);
    },
    onCase(result) {
      options.onCase?.(result);
      void done.write(result);
    },
  }).finally(() => done.close());
  // Told below, when its cases have been.
  running.catch(() => {});
  for await (const result of cases.readable) {
    await t.step({
      name: `${result.id} ${result.title}`,
      ignore: result.verdict === "UNSUPPORTED" || result.verdict === "INFO",
      fn() {
        if (result.verdict !== "FAIL" && result.verdict !== "INCONCLUSIVE") return;
        if (result.known !== undefined) return;
        throw new ConformanceError(result, formatFailed([result], command, seed));
      },
    });
  }
  const result = await running;
  if (result.verdict !== "PASS") throw new Error(`The target is no pass: ${result.verdict}`);
  return result;
}

/** The command line of the same run. */
function commandOf(target: string, { framing, expect, spawn, maxFrame }: RunOptions): string {
  const words = ["nonstick-conformance run", target];
  if (framing !== undefined) words.push(`--framing ${framing}`);
  words.push(`--expect ${expect}`);
  if (maxFrame !== undefined) words.push(`--max-frame ${maxFrame}`);
  if (spawn !== undefined) words.push(`--spawn '${spawn.replaceAll("'", `'\\''`)}'`);
  return words.join(" ");
}
