import { hexBytes } from "../../protocol/framing/hex.ts";
import type { CaseResult, Counterexample } from "../campaign/result.ts";
import type { Scenario } from "../exchange/scenario.ts";
import { asNumber, asText, Fields, RecordError } from "../history/fields.ts";
import { causes, END_EVENTS } from "../history/read_case_result.ts";
import { type AskerGiven, readAskerGiven } from "../history/read_asker_given.ts";
import { type Policies, readPolicies } from "../history/read_policies.ts";
import { readScenario } from "../history/read_scenario.ts";
import type { RunAbout } from "../history/recorded.ts";
import type { Cause } from "../judge/verdict.ts";
import type { ExpectationName } from "../stimulus/expectation.ts";
import type { EndEvent } from "../strategy/delivery.ts";

/**
 * A failure, with everything that it takes to see it again: bytes, cuts, waits and end, not the seed that made them. So
 * it stays the same failure whatever becomes of this program's generators.
 */
export interface ReplayFile extends Policies, AskerGiven {
  /** Where the target is; with `spawn`, port 0 takes a free port. */
  readonly target: string;
  /** Whether it listens, dials us, or is a decoder behind an adapter. */
  readonly side?: "server" | "client" | "decoder";
  /** For a decoder: what its adapter calls the codec, when that is not the framing. */
  readonly codec?: string;
  /** The command that starts it. */
  readonly spawn?: string;
  /** The framing, as a spec. */
  readonly framing: string;
  /** What it answers. */
  readonly expect: ExpectationName | "invariance" | "scenario";
  /** For `scenario`: the conversation. */
  readonly scenario?: Scenario;
  /** Its own limit, in payload bytes. */
  readonly maxFrame?: number;
  /** For `invariance`: what may differ in answers. */
  readonly mask?: readonly string[];
  /** The bytes, in hex. */
  readonly stream: string;
  /** Where chunks end. */
  readonly cuts: readonly number[];
  /** Where answers are awaited before going on. */
  readonly waits: readonly number[];
  /** What happens behind the last byte. */
  readonly end: EndEvent;
  /** For datagrams: from which of our sockets each goes out, when not all go from one. */
  readonly sockets?: readonly number[];
  /** For fragments: after how long the target forgets an unfinished message, in ms, if that was declared. */
  readonly expiryMs?: number;
  /** The case that found it. */
  readonly case: string;
  /** Why the target failed. */
  readonly cause?: Cause;
  /** What was expected and what came. */
  readonly detail: string;
}

/** A file that holds no failure to replay. The message says why. */
export class ReplayFileError extends Error {
  /** The class of the error. */
  override readonly name = "ReplayFileError";
}

/** The form of replay files; another one gets another number. */
const FORMAT = 1;

/** What a target can be expected to answer in a replay. */
const REPLAYED = ["echo", "upper", "hello", "none", "invariance", "scenario"] as const;

/** The failure of a case as a replay file; undefined for a case without a smallest delivery. */
export function replayFileOf(about: RunAbout, one: CaseResult): ReplayFile | undefined {
  const { counterexample, id, cause, detail } = one;
  const expect = REPLAYED.find((name) => name === about.expect);
  if (counterexample === undefined || expect === undefined) return undefined;
  const { stream, cuts, waits, end, sockets }: Counterexample = counterexample;
  const { framing, side, codec, spawn, mask, scenario, maxFrame, overLimit, atEof, halfClose } =
    about;
  const { expiryMs, answer, input, sends } = about;
  return {
    target: about.endpoint ?? about.target,
    ...(side === undefined ? {} : { side }),
    ...(codec === undefined ? {} : { codec }),
    ...(spawn === undefined ? {} : { spawn }),
    framing,
    expect,
    ...(mask === undefined ? {} : { mask }),
    ...(scenario === undefined ? {} : { scenario }),
    ...(maxFrame === undefined ? {} : { maxFrame }),
    ...(overLimit === undefined ? {} : { overLimit }),
    ...(atEof === undefined ? {} : { atEof }),
    ...(halfClose === undefined ? {} : { halfClose }),
    stream,
    cuts,
    waits,
    end,
    ...(sockets === undefined ? {} : { sockets }),
    ...(expiryMs === undefined ? {} : { expiryMs }),
    ...(answer === undefined ? {} : { answer }),
    ...(input === undefined ? {} : { input }),
    ...(sends === undefined ? {} : { sends }),
    case: id,
    ...(cause === undefined ? {} : { cause }),
    detail,
  };
}

/** A replay file as text. */
export function writeReplayFile(file: ReplayFile): string {
  return `${JSON.stringify({ type: "replay", format: FORMAT, ...file }, null, 1)}\n`;
}

/**
 * Reads a replay file.
 *
 * @throws {ReplayFileError} if it is none.
 */
export function readReplayFile(text: string): ReplayFile {
  try {
    const document: unknown = JSON.parse(text);
    return readFields(new Fields(document));
  } catch (error) {
    if (!(error instanceof RecordError || error instanceof SyntaxError)) throw error;
    throw new ReplayFileError(`It is no replay file: ${error.message}`);
  }
}

function readFields(fields: Fields): ReplayFile {
  if (fields.value("type") !== "replay") throw new RecordError("its type is not replay");
  const format = fields.number("format");
  if (format !== FORMAT) throw new RecordError(`format ${format} is unknown`);
  const text = (name: string) => fields.text(name);
  const stream = fields.text("stream");
  const bytes = hexBytes(stream);
  if (bytes === undefined) {
    throw new RecordError("stream is not bytes in hex");
  }
  return {
    target: fields.text("target"),
    ...fields.maybe("side", (name) => fields.word(name, ["server", "client", "decoder"])),
    ...fields.maybe("codec", text),
    ...fields.maybe("spawn", text),
    framing: fields.text("framing"),
    expect: fields.word("expect", REPLAYED),
    ...fields.maybe("maxFrame", (name) => fields.number(name)),
    ...fields.maybe("mask", (name) => fields.list(name, asText)),
    ...fields.maybe("scenario", (name) => readScenario(fields, name)),
    ...readPolicies(fields),
    ...readAskerGiven(fields),
    stream,
    cuts: fields.list("cuts", asNumber),
    waits: fields.list("waits", asNumber),
    end: fields.word("end", END_EVENTS),
    ...fields.maybe("sockets", (name) => fields.list(name, asNumber)),
    ...fields.maybe("expiryMs", (name) => fields.number(name)),
    case: fields.text("case"),
    ...fields.maybe("cause", (name) => fields.word(name, causes())),
    detail: fields.text("detail"),
  };
}
