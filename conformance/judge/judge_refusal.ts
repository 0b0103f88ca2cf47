import { equals } from "@std/bytes/equals";
import type { Contract } from "../stimulus/contract.ts";
import type { Level } from "../stimulus/level.ts";
import type { Part } from "../stimulus/stimulus.ts";
import { showBytes } from "./show_bytes.ts";
import type { Finding } from "./verdict.ts";

type Bad = Part & { kind: "bad" };

/** What a target did, seen from its first bytes that must be refused on. */
export interface Refusal {
  /** The parts from there on. */
  readonly parts: readonly Part[];
  /** Payloads that came for them. */
  readonly came: readonly Uint8Array[];
  /** Whether the connection is still open. */
  readonly open: boolean;
  /** All bytes that were sent. */
  readonly stream: Uint8Array;
  /** What the target claims to do. */
  readonly contract: Contract;
  /** Whether silence about a frame over the limit is right, because the target skips it. */
  readonly skips: boolean;
}

/**
 * What became of bytes that must be refused, and of the frames behind them. A target may, at each of them,
 *
 * ```
 *   close         nothing more comes
 *   pass over     nothing comes for them, and the frames behind them are answered
 *   read          one of their `readings` comes, at the price of its level; the frames behind are answered
 *   wait          nothing comes and the connection stays open: a HANG, at the price of `silence`
 * ```
 *
 * The cheapest way that explains all that came decides. When none does, a phantom came.
 */
export function judgeRefusal(refusal: Refusal): Finding | null {
  const ways = [...explanations(refusal, 0, 0, START)];
  const [first, ...others] = ways;
  if (first === undefined) return phantom(refusal);
  return others.reduce((best, way) => price(way) < price(best) ? way : best, first);
}

/** How far an explanation has come. */
interface Progress {
  /** The last part that is bad, and that was passed over (or not yet read). */
  readonly bad: Bad | undefined;
  /** Answers that came behind it. */
  readonly behind: number;
  /** Whether an earlier one was passed over, and a frame behind it answered: that is what this target does. */
  readonly goesOn: boolean;
  /** What has been broken so far. */
  readonly worst: Finding | null;
}

const START: Progress = { bad: undefined, behind: 0, goesOn: false, worst: null };

/** All ways to explain the answers from `at` on by the parts from `from` on; what each of them breaks. */
function* explanations(
  refusal: Refusal,
  from: number,
  at: number,
  progress: Progress,
): Generator<Finding | null> {
  const { parts, came, contract } = refusal;
  let { bad, behind, goesOn, worst } = progress;
  for (let i = from; i < parts.length; i++) {
    const part = parts[i];
    if (part?.kind === "frame") {
      if (at === came.length) return yield ended(refusal, { bad, behind, goesOn, worst }, true);
      if (!equals(contract.expectation.answer(part.payload), came[at] ?? part.wire)) return;
      worst = worse(worst, skipped(bad, behind, contract));
      goesOn ||= bad !== undefined;
      at++;
      behind++;
    } else if (part?.kind === "bad") {
      for (const { payloads, level } of part.readings ?? []) {
        const length = answered(payloads, came.slice(at), contract);
        if (length === 0) continue;
        const taste = level === "MAY" ? null : tolerated(part, level, payloads);
        const read = { bad: undefined, behind: 0, goesOn, worst: worse(worst, taste) };
        if (length === payloads.length) yield* explanations(refusal, i + 1, at + length, read);
        else if (at + length === came.length && !refusal.open) yield read.worst;
      }
      bad = part;
      behind = 0;
      if (at === came.length && !refusal.open) {
        return yield ended(refusal, { bad, behind, goesOn, worst });
      }
    }
  }
  if (at === came.length) yield ended(refusal, { bad, behind, goesOn, worst });
}

/** What is broken when nothing more came. `due`: answers to whole frames are missing. */
function ended(
  { open, contract, skips }: Refusal,
  { bad, behind, goesOn, worst }: Progress,
  due = false,
): Finding | null {
  if (!open && bad === undefined) {
    return due ? worse(worst, { cause: "LOST", detail: "a frame behind got no answer" }) : worst;
  }
  if (!open) {
    const mustSkip = contract.overLimit === "skip" && bad?.skippable === true && behind === 0;
    if (mustSkip) return worse(worst, policy(`${bad.what} made it close the connection`, "skip"));
    return bad?.refusal === undefined || behind > 0 ? worst : worse(worst, refused(bad));
  }
  if (bad === undefined) return due ? worse(worst, silent("bytes that it did not refuse")) : worst;
  if (!due && (behind > 0 || goesOn || passesOver(bad))) return worst;
  if (!due && bad.skippable && skips && contract.overLimit !== "close") return worst;
  return bad.silence === "MAY" && !due ? worst : worse(worst, silent(bad.what, bad.silence));
}

/** Whether passing over the bytes without a word is a reading of them. */
function passesOver({ readings = [] }: Bad): boolean {
  return readings.some(({ payloads, level }) => payloads.length === 0 && level === "MAY");
}

/** How many of these payloads were answered first. */
function answered(
  payloads: readonly Uint8Array[],
  came: readonly Uint8Array[],
  { expectation }: Contract,
): number {
  const at = payloads.findIndex((payload, i) => {
    const answer = came[i];
    return answer === undefined || !equals(expectation.answer(payload), answer);
  });
  return at < 0 ? payloads.length : at;
}

/** What is broken when bytes were passed over and the next frame was answered. */
function skipped(bad: Bad | undefined, behind: number, { overLimit }: Contract): Finding | null {
  if (bad === undefined || behind > 0) return null;
  if (bad.refusal !== undefined) return refused(bad);
  if (overLimit !== "close" || bad.skippable !== true) return null;
  return policy(`${bad.what} was skipped, and the next frame answered`, "close");
}

function policy(what: string, declared: "close" | "skip"): Finding {
  return { cause: "POLICY", detail: `${what}; declared is --over-limit ${declared}` };
}

function tolerated({ what }: Bad, level: "SHOULD", payloads: readonly Uint8Array[]): Finding {
  const as = showBytes(payloads[0] ?? new Uint8Array(0));
  return { cause: "PHANTOM", detail: `${what} was not refused, but read as ${as}`, level };
}

function refused({ what, refusal }: Bad): Finding {
  const detail = `${what} was refused`;
  return { cause: "LOST", detail, ...(refusal === "SHOULD" ? { level: refusal } : {}) };
}

function silent(what: string, level?: "SHOULD" | "MAY"): Finding {
  const detail = `${what} was not refused: the connection is open and silent`;
  return { cause: "HANG", detail, ...(level ? { level } : {}) };
}

function phantom({ parts, came, stream, contract }: Refusal): Finding {
  const bad = parts.find((part) => part.kind === "bad");
  const what = bad?.what ?? "what must be refused";
  const frames = parts.filter((part) => part.kind === "frame")
    .map((part) => contract.expectation.answer(part.payload));
  const fits = came.findIndex((answer, i) => !equals(answer, frames[i] ?? stream));
  const first = came[Math.max(0, fits)] ?? stream;
  const answer = bad?.payload && contract.expectation.answer(bad.payload);
  return answer?.length === first.length
    ? { cause: "PHANTOM", detail: `${what} was answered` }
    : { cause: "PHANTOM", detail: `${what} was followed by ${showBytes(first)}` };
}

/** The worse of two findings; of equal ones the first. */
function worse(a: Finding | null, b: Finding | null): Finding | null {
  return price(b) > price(a) ? b : a;
}

const PRICES: Readonly<Record<Level, number>> = { MAY: 1, SHOULD: 2, MUST: 3 };

function price(finding: Finding | null): number {
  return finding === null ? 0 : PRICES[finding.level ?? "MUST"];
}
