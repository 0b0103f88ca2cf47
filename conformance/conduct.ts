import { VERSION } from "../cli/version.ts";
import { type CaseResult, conclude, type RunResult } from "./campaign/result.ts";
import { CLOSING, OPENING } from "./cases/case_book.ts";
import { type EdgeProbe, openEdgeProbe } from "./edge/edge_probe.ts";
import { History, HISTORY_FORMAT } from "./history/history.ts";
import type { AskerGiven } from "./history/read_asker_given.ts";
import { withKnown } from "./known/known_list.ts";
import { commandWords } from "../cli/command_words.ts";
import type { TargetOptions, TargetProgram } from "./player/target.ts";
import { ConformanceUsageError, type RunOptions } from "./run_options.ts";

/** What a run gives to whoever plays its cases. */
export interface RunParts<Program extends TargetProgram> {
  /** The program under test, started. */
  readonly target: Program;
  /** Watches the edges of chunks. */
  readonly probe: EdgeProbe;
  /** Where everything is recorded. */
  readonly history: History;
  /** The time of the run in ms. */
  readonly now: () => number;
  /** Seed of all that is random. */
  readonly seed: number;
}

/** Plays the cases of a run. */
export interface Player {
  /** Each case in order, as soon as it is done. */
  results(): AsyncIterable<CaseResult>;
  /** How edges were watched, and why not better. */
  readonly edge: RunResult["edge"];
}

/** What is run: which cases, and who plays them once the target is there. */
export interface Programme<Program extends TargetProgram> {
  /** The framing, as reports name it. */
  readonly framing: string;
  /** Ids of the cases that were asked for; controls run besides. */
  readonly asked: readonly string[];
  /** What a client of datagrams is given. */
  readonly given?: AskerGiven;
  /** Starts the target. */
  start(options: Omit<TargetOptions, "endpoint">): Promise<Program>;
  /** Begins to play. */
  begin(parts: RunParts<Program>): Player;
}

/**
 * A run from its beginning to its end: starts the target, has the cases played, records what happened, and sums up.
 *
 * @throws {ConformanceUsageError} if the command to start the target cannot be read.
 * @throws {TargetStartError} if the target does not start or is not there.
 */
export async function conduct<Program extends TargetProgram>(
  target: string,
  options: RunOptions,
  programme: Programme<Program>,
): Promise<RunResult> {
  const { shard, command, known = [], signal } = options;
  const seed = options.seed ?? crypto.getRandomValues(new Uint32Array(1))[0] ?? 1;
  await using running = await programme.start({
    ...(options.spawn === undefined ? {} : { spawn: spawnWords(options.spawn) }),
    ...(options.caCerts === undefined ? {} : { caCerts: options.caCerts }),
    ...(options.side === "client" ? { side: options.side } : {}),
    ...(options.certificate === undefined ? {} : { certificate: options.certificate }),
    ...(options.onWaiting === undefined ? {} : { onWaiting: options.onWaiting }),
    startTimeoutMs: options.startTimeoutMs ??
      (options.side === "client" && options.spawn === undefined ? 60_000 : 10_000),
  });
  const ids = new Set([...OPENING, ...programme.asked, ...CLOSING]);
  options.onStart?.({ seed, target: running.name, cases: ids.size });
  using probe = openEdgeProbe({ method: options.edgeMethod ?? "sock_diag" });
  const started = performance.now();
  const now = () => performance.now() - started;
  const history = new History(options.onHistory, options.historyOf);
  const head = {
    version: VERSION,
    seed,
    target: running.name,
    framing: programme.framing,
    expect: options.expect,
    ...(options.maxFrame === undefined ? {} : { maxFrame: options.maxFrame }),
    ...(shard === undefined ? {} : { shard }),
    ...(command === undefined ? {} : { command }),
    startedAt: new Date().toISOString(),
  };
  history.append({
    event: "run",
    atMs: 0,
    format: HISTORY_FORMAT,
    about: {
      ...head,
      endpoint: target,
      asked: programme.asked,
      ...programme.given,
      known,
      ...(running.pid === undefined ? {} : { pid: running.pid }),
      ...(options.spawn === undefined ? {} : { spawn: options.spawn }),
      ...(options.overLimit === undefined ? {} : { overLimit: options.overLimit }),
      ...(options.atEof === undefined ? {} : { atEof: options.atEof }),
      ...(options.halfClose === undefined ? {} : { halfClose: options.halfClose }),
      ...(options.side === undefined ? {} : { side: options.side }),
      ...(options.codec === undefined ? {} : { codec: options.codec }),
      ...(options.expiryMs === undefined ? {} : { expiryMs: options.expiryMs }),
      ...(options.mask === undefined ? {} : { mask: options.mask }),
      ...(options.scenario === undefined ? {} : { scenario: options.scenario }),
    },
  });
  await options.beforePlaying?.(running);
  const player = programme.begin({ target: running, probe, history, now, seed });
  const cases: CaseResult[] = [];
  for await (const one of player.results()) {
    signal?.throwIfAborted();
    const result = withKnown(one, known);
    history.append({ event: "verdict", atMs: now(), result });
    cases.push(result);
    options.onCase?.(result);
  }
  const conclusion = conclude(cases, programme.asked, known);
  const { stderrTail } = running;
  const end = {
    edge: player.edge,
    certificate: cases.flatMap(({ certificate }) => certificate ?? []),
    ...conclusion,
    ...(conclusion.verdict === "FAIL" && stderrTail !== "" ? { stderrTail } : {}),
  };
  const ms = now();
  history.append({ event: "end", atMs: ms, ...end });
  return { ...head, ...end, cases, ms };
}

/** The words of the command, split before anything is started, so that a typing error is told as one. */
function spawnWords(command: string): string[] {
  try {
    return commandWords(command);
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    throw new ConformanceUsageError(`Cannot use --spawn ${command}: ${error.message}`);
  }
}
