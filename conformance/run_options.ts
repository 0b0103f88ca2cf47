import type { CaseResult } from "./campaign/result.ts";
import type { HistoryScope } from "./history/history.ts";
import type { EdgeMethod } from "./edge/edge_probe.ts";
import type { AtEofPolicy, HalfClosePolicy, OverLimitPolicy } from "./stimulus/contract.ts";
import type { Scenario } from "./exchange/scenario.ts";
import type { ExpectationName } from "./stimulus/expectation.ts";
import type { KnownEntry } from "./known/known_list.ts";
import type { Shard } from "./shard/shard.ts";
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
  /** For datagrams: from which of our sockets each goes out; by default all from socket 0. */
  readonly sockets?: readonly number[];
}

/** What is known when a run begins. */
export interface RunStart {
  /** Seed of all that is random. */
  readonly seed: number;
  /** The target as an endpoint string, with the real port. */
  readonly target: string;
  /** How many cases there are, controls included. */
  readonly cases: number;
}

/** Options of {@linkcode runConformance}. */
export interface RunOptions {
  /**
   * How the target's frames are marked, as a spec string such as `u32be`. For datagrams only `fragment`: the target
   * puts messages together from fragments; without it each datagram is a message. Needed but for datagrams, `invariance`, where it only
   * helps to tell differences, and for `scenario`, where it stands in the scenario.
   */
  readonly framing?: string;
  /**
   * What the target does with frames; or `invariance`: whatever it answers to the unsplit `stream`, it has to answer
   * however that is cut; or `scenario`: what the scenario says; or, for a client, `output`: it prints the same and ends
   * the same, however the `answer` to it is cut.
   */
  readonly expect: ExpectationName | "invariance" | "scenario" | "output";
  /** The conversation of `expect: "scenario"`. */
  readonly scenario?: Scenario;
  /** For `output`: the stream that the client is given; for a client of datagrams: the answer to whatever it asks. */
  readonly answer?: Uint8Array;
  /** For `output`: how many bytes the client has to send first. By default any, if it sends something by itself. */
  readonly after?: number;
  /** For a client of datagrams: what it reads from its standard input. */
  readonly input?: Uint8Array;
  /** For a client of datagrams: the messages that it is to send, in order, when all of them are answered. */
  readonly sends?: readonly Uint8Array[];
  /**
   * Regular expressions. For `invariance`: what they match in answers may differ; for a client of datagrams: what they
   * match in what it prints.
   */
  readonly mask?: readonly string[];
  /** The target's own limit, in payload bytes. Without it nothing is known to be over the limit. */
  readonly maxFrame?: number;
  /**
   * What the target does with a frame over its limit, where that is declared.
   *
   * @default {"any"}
   */
  readonly overLimit?: OverLimitPolicy;
  /**
   * What the target does with a frame that is incomplete when the stream ends.
   *
   * @default {"any"}
   */
  readonly atEof?: AtEofPolicy;
  /**
   * What the target does with whole requests that are not answered yet when FIN comes.
   *
   * @default {"reply"}
   */
  readonly halfClose?: HalfClosePolicy;
  /** Globs of the cases to run, such as `1.*`; by default all. Controls always run. */
  readonly cases?: readonly string[];
  /** Globs of cases to leave out. */
  readonly exclude?: readonly string[];
  /** Command that starts the target; `{host}`, `{port}` and `{path}` are replaced. */
  readonly spawn?: string;
  /**
   * Which side the target is: a `server` listens and we dial, a `client` dials us, a `decoder` is behind an adapter.
   *
   * @default {"server"}
   */
  readonly side?: "server" | "client" | "decoder";
  /** For a `decoder`: what its adapter calls the codec; by default the framing. */
  readonly codec?: string;
  /** Certificate chain and key (PEM) that a client over TLS is shown. */
  readonly certificate?: { readonly cert: string; readonly key: string };
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
   * Longest time until a spawned target accepts connections, or a client dials, in ms.
   *
   * @default {10_000} (60,000 for a client that we do not start)
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
  /**
   * Length of the stream of which every pair of cuts is tried (1.2), in bytes: n bytes have (n − 1)(n − 2) / 2 pairs.
   *
   * @default {100}
   */
  readonly pairs?: number;
  /**
   * After how long a silence the target hangs up, in ms. Then 9.1 is silent for longer; without it a short silence must
   * be survived.
   */
  readonly idleMs?: number;
  /** For fragments: after how long the target forgets an unfinished message, in ms, if that is declared. */
  readonly expiryMs?: number;
  /** Which part of the run this is, when it is split over several machines with the same seed. */
  readonly shard?: Shard;
  /** Failures that are known: they do not fail the run as long as their cause stays the same. */
  readonly known?: readonly KnownEntry[];
  /** The command line that does the same again, up to its cases and seed; reports print it. */
  readonly command?: string;
  /** Ends the run: the target is ended, and the promise rejects with the signal's reason. */
  readonly signal?: AbortSignal;
  /** Told of the seed and the target once it is reached, before anything is played. */
  readonly onStart?: (start: RunStart) => void;
  /** Awaited before anything is played: the target is there and may be looked at. Its time does not count. */
  readonly beforePlaying?: (target: { readonly pid: number | undefined }) => Promise<void>;
  /** Told where we listen, whenever a client that we do not start is waited for. */
  readonly onWaiting?: (where: string) => void;
  /** Told of each case as soon as it is done. */
  readonly onCase?: (result: CaseResult) => void;
  /** Gets the history, one JSON line at a time. */
  readonly onHistory?: (line: string) => void;
  /**
   * Whether the history has all plays, or only those on a connection of their own.
   *
   * @default {"everything"}
   */
  readonly historyOf?: HistoryScope;
}
