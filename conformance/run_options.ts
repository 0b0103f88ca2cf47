import type { CaseResult } from "./campaign/result.ts";
import type { EdgeMethod } from "./edge/edge_probe.ts";
import type { ExpectationName } from "./stimulus/expectation.ts";
import type { EndEvent } from "./strategy/delivery.ts";

/** The run cannot begin as it was asked for: the message says what is wrong. */
export class ConformanceUsageError extends Error {
  /** The class of the error. */
  override readonly name = "ConformanceUsageError";
}

/** One delivery to play again, as a report prints it. */
export interface GivenStream {
  /** The bytes. */
  readonly bytes: Uint8Array;
  /** Where chunks end; rising, each between the first and the last byte. */
  readonly cuts?: readonly number[];
  /** Cuts, or the end, at which the answers due so far are awaited. */
  readonly waits?: readonly number[];
  /**
   * What happens behind the last byte.
   *
   * @default {"none"}
   */
  readonly end?: EndEvent;
}

/** Options of {@linkcode runConformance}. */
export interface RunOptions {
  /** How the target's frames are marked, as a spec string such as `u32be`. */
  readonly framing: string;
  /** What the target does with frames. */
  readonly expect: ExpectationName;
  /** The target's own limit, in payload bytes. Without it nothing is known to be over the limit. */
  readonly maxFrame?: number;
  /** Globs of the cases to run, such as `1.*`; by default all. Controls always run. */
  readonly cases?: readonly string[];
  /** Globs of cases to leave out. */
  readonly exclude?: readonly string[];
  /** Command that starts the target; `{host}`, `{port}` and `{path}` are replaced. */
  readonly spawn?: string;
  /** Seed of all that is random, 0 to 2^32 − 1. By default a new one each time. */
  readonly seed?: number;
  /**
   * About how long the run may take, in ms. Cases that do not fit are played in part and reported as INFO.
   *
   * @default {60_000}
   */
  readonly budgetMs?: number;
  /** Makes cases INCONCLUSIVE whose edges are not all proven, or that were played in part. */
  readonly strict?: boolean;
  /**
   * Longest wait for one answer, in ms. It is spent only when an answer does not come.
   *
   * @default {5_000}
   */
  readonly timeoutMs?: number;
  /**
   * Longest time until a spawned target accepts connections, in ms.
   *
   * @default {10_000}
   */
  readonly startTimeoutMs?: number;
  /**
   * Most time spent on making one failure small, in ms.
   *
   * @default {2_000}
   */
  readonly shrinkMs?: number;
  /** Certificates (PEM) to trust for `tls` targets. */
  readonly caCerts?: readonly string[];
  /** Plays this one delivery instead of the cases. */
  readonly stream?: GivenStream;
  /**
   * The best way to watch edges that may be used.
   *
   * @default {"sock_diag"}
   */
  readonly edgeMethod?: EdgeMethod;
  /** Ends the run: the target is ended, and the promise rejects with the signal's reason. */
  readonly signal?: AbortSignal;
  /** Told of the seed and the target once it is reached, before anything is played. */
  readonly onStart?: (start: { readonly seed: number; readonly target: string }) => void;
  /** Told of each case as soon as it is done. */
  readonly onCase?: (result: CaseResult) => void;
  /** Gets the history, one JSON line at a time. */
  readonly onHistory?: (line: string) => void;
}
