import type { CaseResult } from "../campaign/result.ts";
import { runConformance } from "../run_conformance.ts";
import type { MutantHost } from "./mutant_server.ts";
import type { SocketSpecimen } from "./specimen.ts";

/** One case that found a server wrong. */
export interface CaseKill {
  /** Its number in the case book. */
  readonly id: string;
  /** What it said: FAIL or NONSTRICT. */
  readonly verdict: CaseResult["verdict"];
  /** Why, if it said so. */
  readonly cause: string;
}

/** What the default run did to a server. */
export interface OurRun {
  /** The server. */
  readonly specimen: SocketSpecimen;
  /** The cases that found it wrong, in the order in which they were run; the first one alone when it stopped there. */
  readonly kills: readonly CaseKill[];
  /** All cases that were judged. */
  readonly judged: readonly string[];
  /** Chunks that were written until the first kill, or until the end. */
  readonly chunks: number;
  /** Time until the first kill, or until the end, in ms. */
  readonly ms: number;
  /** Cases that could not decide. */
  readonly inconclusive: readonly string[];
}

/** Options of {@linkcode runOurs}. */
export interface OurOptions {
  /** Seed of the run. */
  readonly seed: number;
  /** Whether the run is ended at the first kill. */
  readonly stopAtKill: boolean;
  /** Globs of the cases; by default all. */
  readonly cases?: readonly string[];
}

/** The default run of the case book against one server. */
export async function runOurs(
  host: MutantHost,
  specimen: SocketSpecimen,
  { seed, stopAtKill, cases = [] }: OurOptions,
): Promise<OurRun> {
  await using server = await host.start(specimen);
  const { spec, maxFrame } = specimen;
  const kills: CaseKill[] = [];
  const judged: string[] = [];
  const inconclusive: string[] = [];
  const killed = new AbortController();
  const started = performance.now();
  let chunks = 0, ms = 0;
  const onCase = ({ id, verdict, cause, detail }: CaseResult) => {
    if (verdict === "INCONCLUSIVE") inconclusive.push(`${id} ${detail}`);
    if (verdict !== "UNSUPPORTED" && verdict !== "INFO") judged.push(id);
    if (verdict !== "FAIL" && verdict !== "NONSTRICT") return;
    if (kills.length === 0) ms = performance.now() - started;
    kills.push({ id, verdict, cause: cause ?? "" });
    if (stopAtKill) killed.abort();
  };
  const onHistory = (line: string) => {
    if (kills.length === 0) chunks += chunksOf(line);
  };
  try {
    await runConformance(server.endpoint, {
      framing: spec,
      expect: "echo",
      maxFrame,
      seed,
      cases,
      signal: killed.signal,
      onCase,
      onHistory,
    });
  } catch (error) {
    if (!killed.signal.aborted) throw error;
  }
  if (kills.length === 0) ms = performance.now() - started;
  return { specimen, kills, judged, chunks, ms, inconclusive };
}

/** How many chunks a line of the history tells of. */
function chunksOf(line: string): number {
  if (!line.startsWith('{"event":"play"')) return 0;
  const { chunks }: { chunks?: unknown } = JSON.parse(line);
  return Array.isArray(chunks) ? chunks.length : 0;
}
