import { framing } from "../../protocol/framing/mod.ts";
import type { EdgeProbe } from "../edge/edge_probe.ts";
import { judgePlay } from "../judge/judge_play.ts";
import type { Contract } from "../stimulus/contract.ts";
import { EXPECTATIONS } from "../stimulus/expectation.ts";
import { RandomStream } from "../stimulus/random_stream.ts";
import { Stimulus } from "../stimulus/stimulus.ts";
import { deliver } from "../strategy/delivery.ts";
import type { MutantHost } from "./mutant_server.ts";
import { playRival } from "./play_rival.ts";
import { rivalStreams } from "./rival_streams.ts";
import type { Schedule } from "./schedules.ts";
import type { SocketSpecimen } from "./specimen.ts";

/** What one schedule did to one server. */
export interface RivalRun {
  /** What was wrong with the server, as our judge puts it; undefined when nothing was found. */
  readonly found: string | undefined;
  /** Chunks that were written until then. */
  readonly chunks: number;
  /** Time until then, in ms. */
  readonly ms: number;
}

/**
 * Runs a schedule over every stream until the judge finds something, and last looks whether the server is still alive.
 * One finding is enough: nothing has to repeat.
 */
export async function runRival(
  host: MutantHost,
  specimen: SocketSpecimen,
  schedule: Schedule,
  seed: number,
  probe?: EdgeProbe,
): Promise<RivalRun> {
  await using server = await host.start(specimen);
  const { spec, maxFrame, skips } = specimen;
  const contract: Contract = { framing: framing(spec), expectation: EXPECTATIONS.echo, maxFrame };
  const sending = { contract, pause: schedule.pause, ...(probe === undefined ? {} : { probe }) };
  const started = performance.now();
  let chunks = 0;
  for (const { stimulus, cuts } of deliveries(contract, schedule, seed, skips)) {
    const play = await playRival(server.endpoint, deliver(stimulus, cuts), sending);
    chunks += play.chunks.length;
    const finding = judgePlay(play, { contract });
    if (finding === null) continue;
    const found = `${finding.cause} ${finding.detail}`;
    return { found, chunks, ms: performance.now() - started };
  }
  return { found: undefined, chunks, ms: performance.now() - started };
}

function* deliveries(contract: Contract, schedule: Schedule, seed: number, skips: boolean) {
  const { good, hostile } = rivalStreams(contract, seed, skips);
  const random = new RandomStream(seed, schedule.name);
  const parts = good.flatMap((one) => one.parts);
  const merged = schedule.merges ? [new Stimulus(contract, parts)] : [];
  for (const stimulus of [...good, ...hostile]) {
    for (const cuts of schedule.cutLists(stimulus, random)) yield { stimulus, cuts };
  }
  for (const stimulus of merged) yield { stimulus, cuts: [] };
  // Liveness at the end: the first stream on a new connection.
  const [first] = good;
  if (first !== undefined) yield { stimulus: first, cuts: first.seams };
}
