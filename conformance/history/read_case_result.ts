import type { CaseResult, CertificateLine, Counterexample } from "../campaign/result.ts";
import { type Cause, CAUSES, type Verdict } from "../judge/verdict.ts";
import { isCause, type KnownEntry } from "../known/known_list.ts";
import type { Pace } from "../strategy/delivery.ts";
import type { CoveredSet } from "../strategy/covered_set.ts";
import { asNumber, Fields } from "./fields.ts";

/** Every verdict, as records spell them. */
export const VERDICTS: readonly Verdict[] = [
  "PASS",
  "NONSTRICT",
  "FAIL",
  "INFO",
  "UNSUPPORTED",
  "INCONCLUSIVE",
];

/** What may happen behind the last byte, as records spell it. */
export const END_EVENTS = ["none", "fin", "reset", "close"] as const;

/**
 * Reads what one case came to.
 *
 * @throws {RecordError} if it is no such record.
 */
export function readCaseResult(value: unknown, where = ""): CaseResult {
  const fields = new Fields(value, where);
  const deliveries = fields.fields("deliveries"), edges = fields.fields("edges");
  return {
    id: fields.text("id"),
    title: fields.text("title"),
    level: fields.word("level", ["MUST", "SHOULD", "MAY"]),
    requirement: fields.text("requirement"),
    verdict: fields.word("verdict", VERDICTS),
    ...fields.maybe("cause", (name) => fields.word(name, causes())),
    detail: fields.text("detail"),
    deliveries: { played: deliveries.number("played"), total: deliveries.number("total") },
    edges: { proven: edges.number("proven"), requested: edges.number("requested") },
    ...fields.maybe("certificate", (name) => readCertificateLine(fields.fields(name))),
    ...fields.maybe("counterexample", (name) => readCounterexample(fields.fields(name))),
    ...fields.maybe("known", (name) => readKnown(fields.fields(name))),
    ms: fields.number("ms"),
  };
}

/** Every cause, as records spell them. */
export function causes(): Cause[] {
  return Object.keys(CAUSES).filter(isCause);
}

/**
 * Reads an entry of a list of known failures.
 *
 * @throws {RecordError} if it is none.
 */
export function readKnown(fields: Fields): KnownEntry {
  return {
    kind: fields.word("kind", ["failing", "flaky"]),
    glob: fields.text("glob"),
    cause: fields.word("cause", causes()),
    why: fields.text("why"),
    at: fields.text("at"),
  };
}

/**
 * Reads one line of a certificate.
 *
 * @throws {RecordError} if it is none.
 */
export function readCertificateLine(fields: Fields): CertificateLine {
  return {
    covers: fields.text("covers"),
    proven: fields.number("proven"),
    passed: fields.number("passed"),
    total: fields.number("total"),
    ...fields.maybe("set", (name) => readCoveredSet(fields.fields(name))),
    ...fields.maybe("judge", (name) => fields.word(name, ["answers", "output", "stalled"])),
  };
}

const SETS = [
  "singles",
  "pairs",
  "subsets",
  "ends",
  "orders",
  "losses",
  "lengths",
  "each",
] as const;

function readCoveredSet(fields: Fields): CoveredSet {
  const kind = fields.word("kind", SETS);
  if (kind === "orders") return { kind, most: fields.number("most") };
  if (kind === "losses") {
    return { kind, least: fields.number("least"), most: fields.number("most") };
  }
  if (kind === "lengths") return { kind, lengths: fields.numbers("lengths") };
  if (kind === "each") {
    const sets = fields.list("sets", (value, where) => readCoveredSet(new Fields(value, where)));
    return { kind, sets };
  }
  if (kind === "ends") {
    return { kind, end: fields.word("end", END_EVENTS), offsets: fields.numbers("offsets") };
  }
  const frame = {
    ...fields.maybe("end", (name) => fields.word(name, END_EVENTS)),
    ...fields.maybe("stallMs", (name) => fields.number(name)),
  };
  return kind === "subsets"
    ? { kind, places: fields.numbers("places"), ...frame }
    : { kind, length: fields.number("length"), ...frame };
}

function readCounterexample(fields: Fields): Counterexample {
  return {
    stream: fields.text("stream"),
    cuts: fields.list("cuts", asNumber),
    waits: fields.list("waits", asNumber),
    end: fields.word("end", END_EVENTS),
    ...fields.maybe("sockets", (name) => fields.list(name, asNumber)),
    ...fields.maybe("play", (name) => fields.number(name)),
    frames: fields.list("frames", (value, where) => {
      const frame = new Fields(value, where);
      const body = frame.maybe("body", (name) => frame.number(name));
      return { start: frame.number("start"), ...body, end: frame.number("end") };
    }),
  };
}

/**
 * Reads how time passed in a delivery.
 *
 * @throws {RecordError} if it is no such record.
 */
export function readPace(fields: Fields): Pace {
  return {
    ...fields.maybe("stallMs", (name) => fields.number(name)),
    ...fields.maybe("reading", (name) => {
      if (fields.value(name) === "late") return "late" as const;
      const reading = fields.fields(name);
      return { bytes: reading.number("bytes"), pauseMs: reading.number("pauseMs") };
    }),
    ...fields.maybe("window", (name) => fields.number(name)),
    ...fields.maybe("sendsOn", (name) => fields.value(name) === true),
  };
}
