import {
  type FrameDecoder,
  FramingError,
  MAX_FRAME_LENGTH_CEILING,
} from "../../protocol/framing/mod.ts";
import type { RecordedPlay, RecordedRun, RecordedStimulus } from "../history/recorded.ts";
import type { Play } from "../player/play.ts";
import type { Contract } from "../stimulus/contract.ts";
import { type Part, Stimulus } from "../stimulus/stimulus.ts";

/** A play as it was recorded, made into one that a judge can look at. */
export interface RemadePlay {
  /** As it was recorded. */
  readonly recorded: RecordedPlay;
  /** For judges; null when some of its bytes are not in the history. */
  readonly play: Play | null;
}

/**
 * The plays of a history, for judges. The answers are not taken from it: the bytes that came are decoded anew, all
 * plays of a connection by one decoder, as they came.
 */
export function remadePlays(run: RecordedRun, contract: Contract): RemadePlay[] {
  const stimuli = new Map<number, Stimulus | null>();
  const stimulusOf = (number: number) => {
    const known = stimuli.get(number);
    if (known !== undefined) return known;
    const recorded = run.stimuli.get(number);
    const made = recorded === undefined ? null : remadeStimulus(recorded, contract);
    stimuli.set(number, made);
    return made;
  };
  const connections = new Map<number, AnswerDecoder>();
  return run.plays.map((recorded) => {
    const { connection } = recorded;
    let decoder = connections.get(connection);
    // A play without a connection carries the number of the last one; it must not meet its decoder.
    if (decoder === undefined || recorded.state === "refused") {
      decoder = new AnswerDecoder(contract);
    }
    connections.set(connection, decoder);
    const answers = decoder.take(recorded);
    const stimulus = stimulusOf(recorded.stimulus);
    if (stimulus === null || answers === null) return { recorded, play: null };
    const { number, cuts, waits, end, pace, chunks, reads, greeted, lateAt, state } = recorded;
    const { memoryGrowth, startedMs, finishedMs, sockets, cameTo } = recorded;
    const undecodable = recorded.undecodable ?? decoder.undecodable;
    const play: Play = {
      number,
      delivery: {
        stimulus,
        cuts,
        waits,
        end,
        ...(pace ? { pace } : {}),
        ...(sockets ? { sockets } : {}),
      },
      connection,
      chunks,
      reads,
      ...(cameTo ? { cameTo } : {}),
      ...(greeted ? { greeted } : {}),
      answers,
      ...(undecodable === undefined ? {} : { undecodable }),
      lateAt,
      state,
      startedMs,
      finishedMs,
      ...(memoryGrowth === undefined ? {} : { memoryGrowth }),
    };
    return { recorded, play };
  });
}

/** The stream with what it means; null when its bytes are not all there. */
function remadeStimulus(recorded: RecordedStimulus, contract: Contract): Stimulus | null {
  const { bytes, length } = recorded;
  if (bytes.length < length) return null;
  const parts = recorded.parts.map((part): Part => {
    const { kind, start, body, end, payload, bad, endsStream } = part;
    const wire = bytes.subarray(start, end);
    if (kind === "bad") return { kind, wire, what: "", ...bad };
    if (kind !== "frame" || payload === undefined) {
      return { kind: kind === "bytes" ? "bytes" : "tail", wire };
    }
    const bodyAt = body === undefined ? undefined : body - start;
    return { kind, wire, payload, bodyAt, ...(endsStream ? { endsStream } : {}) };
  });
  return new Stimulus(contract, parts);
}

/** Finds the answers in what came back on one connection. */
class AnswerDecoder {
  readonly #decoder: FrameDecoder;
  /** Why what came is no frames, if so. */
  undecodable: string | undefined;

  constructor({ framing }: Contract) {
    this.#decoder = framing.createDecoder({ maxFrameLength: MAX_FRAME_LENGTH_CEILING });
  }

  /** The answers that were complete with the reads of a play; null when its bytes are not all there. */
  take({ reads, state }: RecordedPlay): Uint8Array[] | null {
    const answers: Uint8Array[] = [];
    for (const { bytes, length } of reads) {
      if (bytes.length < length) return null;
      this.#decode(() => this.#decoder.push(bytes), answers);
    }
    if (state === "ended" || state === "reset") this.#decode(() => this.#decoder.end(), answers);
    return answers;
  }

  #decode(step: () => ReturnType<FrameDecoder["push"]>, answers: Uint8Array[]): void {
    if (this.undecodable !== undefined) return;
    try {
      for (let batch = step(); batch !== null; batch = this.#decoder.next()) {
        for (let i = 0; i < batch.count; i++) answers.push(batch.copy(i));
      }
    } catch (error) {
      if (!(error instanceof FramingError)) throw error;
      this.undecodable = error.message;
    }
  }
}
