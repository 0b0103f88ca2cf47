import { asBytes, asNumber, asWord, Fields, RecordError } from "./fields.ts";
import { ROLES } from "./history.ts";
import { END_EVENTS, readPace } from "./read_case_result.ts";
import type { RecordedOutput, RecordedPlay, RecordedRead, RecordedStimulus } from "./recorded.ts";

const STATES = ["open", "ended", "reset", "refused"] as const;
const OVER = ["ended", "silent", "asking"] as const;
const EDGES = ["proven", "assumed", "timeout", "gone", "unneeded"] as const;

/**
 * Reads the event of a play. What came back as it was sent is taken from the stimulus.
 *
 * @throws {RecordError} if it is none.
 */
export function readPlay(
  fields: Fields,
  stimuli: ReadonlyMap<number, RecordedStimulus>,
): RecordedPlay {
  const stimulus = stimuli.get(fields.number("stimulus"));
  if (stimulus === undefined) {
    throw new RecordError(`there is no stimulus ${fields.number("stimulus")} before it`);
  }
  return {
    number: fields.number("number"),
    case: fields.text("case"),
    role: fields.word("role", ROLES),
    connection: fields.number("connection"),
    stimulus: stimulus.number,
    cuts: fields.list("cuts", asNumber),
    waits: fields.numbers("waits"),
    end: fields.has("end") ? fields.word("end", END_EVENTS) : "none",
    ...fields.maybe("pace", (name) => readPace(fields.fields(name))),
    ...fields.maybe("sockets", (name) => fields.list(name, asNumber)),
    chunks: fields.list("chunks", readChunk),
    ...fields.maybe("greeted", (name) => fields.list(name, asBytes)),
    reads: readReads(fields, stimulus),
    ...fields.maybe("cameTo", (name) => fields.list(name, asNumber)),
    lateAt: fields.numbers("lateAt"),
    ...fields.maybe("undecodable", (name) => fields.text(name)),
    state: fields.word("state", STATES),
    ...fields.maybe("memoryGrowth", (name) => fields.number(name)),
    ...fields.maybe("output", (name) => readOutput(fields.fields(name), name)),
    startedMs: fields.number("startedMs"),
    finishedMs: fields.number("finishedMs"),
  };
}

function readOutput(fields: Fields, where: string): RecordedOutput {
  const { bytes: stdout, length } = readBytes(fields, where);
  const end = fields.has("signal")
    ? { code: null, signal: fields.text("signal") }
    : fields.has("exit")
    ? { code: fields.number("exit"), signal: null }
    : undefined;
  return {
    stdout,
    length,
    end,
    ...fields.maybe("over", (name) => fields.word(name, OVER)),
    ...fields.maybe("arrived", (name) => fields.number(name) !== 0),
  };
}

function readChunk(value: unknown, where: string): RecordedPlay["chunks"][number] {
  if (!Array.isArray(value)) throw new RecordError(`${where} is not a list`);
  const list: readonly unknown[] = value;
  return {
    end: asNumber(list[0], where),
    writtenMs: asNumber(list[1], where),
    edge: asWord(list[2], EDGES, where),
  };
}

function readReads(fields: Fields, stimulus: RecordedStimulus): RecordedRead[] {
  let at = 0;
  return fields.list("reads", (value, where) => {
    const read = readRead(new Fields(value, where), where, at, stimulus);
    at += read.length;
    return read;
  });
}

function readRead(
  fields: Fields,
  where: string,
  at: number,
  stimulus: RecordedStimulus,
): RecordedRead {
  const atMs = fields.number("atMs");
  if (fields.has("echo")) {
    const length = fields.number("echo");
    return { atMs, bytes: stimulus.bytes.subarray(at, at + length), length };
  }
  return { atMs, ...readBytes(fields, where) };
}

/** Bytes, whole or only their beginning, and how many there were. */
function readBytes(fields: Fields, where: string): { bytes: Uint8Array; length: number } {
  const whole = fields.has("hex");
  const bytes = asBytes(fields.text(whole ? "hex" : "hexStart"), where);
  return { bytes, length: whole ? bytes.length : fields.number("length") };
}
