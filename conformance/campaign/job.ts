import type { ConformanceCase, Scene } from "../cases/case.ts";
import type { Shard } from "../shard/shard.ts";
import { type CaseTime, caseTime } from "./case_time.ts";
import type { LearntPatience } from "./patience.ts";
import type { Stage } from "./stage.ts";

/** What a campaign needs to know. */
export interface CampaignOptions {
  /** Seed of all that is random. */
  readonly seed: number;
  /** Whether doubt is worth a verdict of its own. */
  readonly strict: boolean;
  /** When the run should be over, in ms of the run. */
  readonly budgetMs: number;
  /** Most time for making one failure small, in ms. */
  readonly shrinkMs: number;
  /** Transport to the target. */
  readonly scheme: Scene["scheme"];
  /** Bytes of the stream of which every pair of cuts is tried. */
  readonly pairs?: number;
  /** After how long a silence the target hangs up, in ms, if that was told. */
  readonly idleMs?: number;
  /** Which part of the run this is, when it is split over machines. Controls are run in every part. */
  readonly shard?: Shard;
}

/** One case that is being carried out, and all that it takes. */
export interface Job {
  /** The case. */
  readonly one: ConformanceCase;
  /** Where it is played. */
  readonly stage: Stage;
  /** How long to wait. */
  readonly patience: LearntPatience;
  /** What the campaign knows. */
  readonly options: CampaignOptions;
  /** Whether the target cannot take several frames in one chunk; see `PlayOptions`. */
  readonly apart: boolean;
}

/** Whether a case is a control. */
export function isControl({ id }: ConformanceCase): boolean {
  return id.startsWith("0.");
}

/** Making a failure small takes at most this part of the time that is left. */
const SHRINK_SHARE = 20;

/** Until when a case may be played, in ms of the run, and how long making its failure small may take, in ms. */
export function timeFor({ one, stage, options }: Job): CaseTime {
  return caseTime(one.id, stage.now(), options, SHRINK_SHARE);
}
