import { concat } from "@std/bytes/concat";
import { equals } from "@std/bytes/equals";
import { printable } from "../../../cli/printable.ts";
import { FRAGMENT_HEADER_LENGTH } from "../../../protocol/framing/mod.ts";
import { hexText } from "../../../protocol/framing/hex.ts";
import { ASKED, LOST } from "../../datagram_clients/answer_script.ts";
import type { Role } from "../../history/history.ts";
import type { RecordedPlay, RecordedStimulus } from "../../history/recorded.ts";
import { EXPECTATIONS } from "../../stimulus/expectation.ts";
import { answerParts } from "./answer_parts.ts";
import { PieceCutter, type SpannedPart, spansOf } from "./pieces.ts";
import type { WireChunk, WireDue, WirePart, WirePiece, WireRead, WireScene } from "./wire_scene.ts";

/** Most pieces of a scene, on each side, and most of its chunks. */
const PIECES = 800, CHUNKS = 400;
/** Bytes of an expected answer that are shown. */
const DUE_SHOWN = 6;

/** What a play needs to become a scene. */
export interface SceneOptions {
  /** The framing of the run, as a spec. */
  readonly framing: string;
  /** What the target was expected to answer, as `--expect` names it. */
  readonly expect: string;
  /** The time that counts as zero, in ms of the run. */
  readonly zeroMs: number;
  /** Cuts that make it fail. */
  readonly breaking?: readonly number[];
  /** Whether the target is a client of datagrams: what comes from it are questions, and what it is sent are answers. */
  readonly asks?: boolean;
}

/** Runs over datagrams, each of which is a part by itself: what stands in front of its payload, in bytes. */
const DATAGRAM_HEADERS: ReadonlyMap<string, number> = new Map([
  ["datagram", 0],
  ["fragment", FRAGMENT_HEADER_LENGTH],
]);

/** What each role is for, as a title. */
const TITLES: Readonly<Partial<Record<Role, string>>> = {
  packed: "one delivery of many on this connection",
  subject: "the delivery, on a new connection",
  probe: "then a plain frame, same connection",
  "follow-up": "then a plain frame, new connection",
  shrink: "an attempt to make it smaller",
  policy: "to learn whether it closes or skips",
};

/** The same for a client of datagrams, which each play starts anew. */
const CLIENT_TITLES: typeof TITLES = {
  subject: "the client, started anew",
  probe: "then the control, started anew",
  shrink: TITLES.shrink ?? "",
};

/** One play of the history as a scene. */
export function sceneOfPlay(
  play: RecordedPlay,
  stimulus: RecordedStimulus,
  options: SceneOptions,
): WireScene {
  const { framing, expect, zeroMs, breaking = [], asks = false } = options;
  const { chunks, more } = chunksOf(play, stimulus, zeroMs, breaking);
  const cameBytes = play.reads.reduce((sum, { length }) => sum + length, 0);
  const came = wholeStart(play);
  const headerLength = DATAGRAM_HEADERS.get(framing);
  const parts = headerLength === undefined
    ? answerParts(framing, came, cameBytes)
    : readParts(play, headerLength);
  // Which answers fragments make due, their bytes alone do not say.
  const expected = !asks && (headerLength === undefined || headerLength === 0)
    ? expectedAnswers(stimulus, play, expect)
    : undefined;
  const reads = readsOf(play, parts, came, zeroMs);
  return {
    title: (asks ? CLIENT_TITLES : TITLES)[play.role] ?? play.role,
    play: play.number,
    connection: play.connection,
    length: stimulus.length,
    parts: namedParts(
      stimulus.parts,
      headerLength === undefined ? "frame" : framing,
      shownParts(chunks),
    ),
    chunks: asks ? chunks.map((chunk, i) => ({ ...chunk, ...wayOf(play, i) })) : chunks,
    ...(more.bytes > 0 ? { more } : {}),
    reads,
    answers: judged(
      namedParts(parts, asks ? "ask" : "answer", shownParts(reads)),
      parts,
      expected,
      headerLength !== undefined,
    ),
    due: dueOf(expected, chunks, parts),
    cameBytes,
    // Silence is no end that a client of datagrams could see.
    end: asks ? "none" : play.end,
    state: play.state,
    ...(play.ended === undefined ? {} : { ended: printable(play.ended) }),
    ...(play.undecodable === undefined ? {} : { undecodable: printable(play.undecodable) }),
    endMs: since(zeroMs, play.finishedMs),
  };
}

/** Datagrams that came back: each is one. */
function readParts({ reads }: RecordedPlay, headerLength: number): SpannedPart[] {
  let at = 0;
  return reads.map(({ bytes, length }) => {
    const start = at, end = at += length;
    if (length < headerLength) return { kind: "tail", start, end };
    const payload = bytes.subarray(headerLength);
    return { kind: "frame", start, body: start + headerLength, end, payload };
  });
}

/** What became of a datagram on its way to a client, if that is not the usual. */
function wayOf({ sockets }: RecordedPlay, index: number): Pick<WireChunk, "way"> {
  const socket = sockets?.[index] ?? ASKED;
  if (socket === ASKED) return {};
  return { way: socket === LOST ? "lost on the way" : "from a stranger" };
}

function chunksOf(
  play: RecordedPlay,
  { bytes, length, parts }: RecordedStimulus,
  zeroMs: number,
  breaking: readonly number[],
): { readonly chunks: WireChunk[]; readonly more: { chunks: number; bytes: number } } {
  const cutter = new PieceCutter(bytes, spansOf(parts, bytes.length));
  const written = play.chunks.at(-1)?.end ?? 0;
  const unsent = [...play.cuts.filter((cut) => cut > written), length].filter((at) => at > written);
  const all = [
    ...play.chunks,
    ...unsent.map((end) => ({ end, writtenMs: undefined, edge: "unsent" as const })),
  ];
  const chunks: WireChunk[] = [];
  let from = 0, room = PIECES;
  for (const { end, writtenMs, edge } of all) {
    if (room === 0 || chunks.length === CHUNKS) break;
    const pieces = cutter.cut(from, end, room);
    room -= pieces.length;
    chunks.push({
      from,
      end,
      ...(writtenMs === undefined ? {} : { ms: since(zeroMs, writtenMs) }),
      edge,
      breaks: breaking.includes(end),
      awaited: play.waits.includes(end),
      pieces,
    });
    from = end;
  }
  const shown = shownEnd(chunks);
  return { chunks, more: { chunks: all.length - chunks.length, bytes: length - shown } };
}

function shownEnd(chunks: readonly WireChunk[]): number {
  const last = chunks.at(-1)?.pieces.at(-1);
  return last === undefined ? 0 : last.at + last.length;
}

function readsOf(
  play: RecordedPlay,
  parts: readonly SpannedPart[],
  bytes: Uint8Array,
  zeroMs: number,
): WireRead[] {
  const cutter = new PieceCutter(bytes, spansOf(parts, bytes.length));
  let at = 0, room = PIECES;
  return play.reads.slice(0, CHUNKS).map(({ atMs, length }) => {
    const pieces = cutter.cut(at, at + length, room);
    room -= pieces.length;
    const read = { ms: since(zeroMs, atMs), at, length, pieces };
    at += length;
    return read;
  });
}

/** All that came, up to the first byte that was not recorded. */
function wholeStart({ reads }: RecordedPlay): Uint8Array {
  const broken = reads.findIndex(({ bytes, length }) => bytes.length < length);
  return concat(reads.slice(0, broken < 0 ? reads.length : broken + 1).map(({ bytes }) => bytes));
}

/** How many of the parts are shown: those that a piece belongs to. */
function shownParts(list: readonly { readonly pieces: readonly WirePiece[] }[]): number {
  return list.reduce((most, { pieces }) => Math.max(most, (pieces.at(-1)?.part ?? -1) + 1), 0);
}

function namedParts(parts: readonly SpannedPart[], word: string, count: number): WirePart[] {
  let frames = 0;
  return parts.slice(0, count).map((part) => {
    const { kind, start, end } = part;
    if (kind === "frame") return { start, end, name: `${word} ${++frames}` };
    return { start, end, name: OTHER_NAMES[kind] };
  });
}

const OTHER_NAMES = {
  bad: "to be refused",
  tail: "incomplete",
  bytes: "bytes",
} as const;

/** An answer that has to come: after which byte, and which payload. */
interface Expected {
  readonly dueAt: number;
  readonly answer: Uint8Array;
}

/** What has to come back, up to the first bytes that must be refused; undefined when that is not known. */
function expectedAnswers(
  { parts, bytes, length }: RecordedStimulus,
  { end }: RecordedPlay,
  expect: string,
): { readonly list: readonly Expected[]; readonly all: boolean } | undefined {
  const expectation = Object.entries(EXPECTATIONS).find(([name]) => name === expect)?.[1];
  if (expectation === undefined || !expectation.answers || bytes.length < length) return undefined;
  const bad = parts.findIndex(({ kind }) => kind === "bad" || kind === "bytes");
  const good = bad < 0 ? parts : parts.slice(0, bad);
  const list = good.flatMap(({ kind, payload, end: dueAt, endsStream }) =>
    kind !== "frame" || payload === undefined || (endsStream === true && end !== "fin")
      ? []
      : [{ dueAt, answer: expectation.answer(payload) }]
  );
  return { list, all: bad < 0 };
}

function dueOf(
  expected: ReturnType<typeof expectedAnswers>,
  chunks: readonly WireChunk[],
  came: readonly SpannedPart[],
): WireDue[] {
  const answers = came.filter(({ kind }) => kind === "frame").length;
  const sure = came.every(({ kind }) => kind !== "bytes");
  const due: WireDue[] = [];
  let chunk = 0;
  for (const [i, { dueAt, answer }] of (expected?.list ?? []).entries()) {
    while (chunk < chunks.length && (chunks[chunk]?.end ?? 0) < dueAt) chunk++;
    if (chunk === chunks.length || i === PIECES) break;
    const head = hexText(answer.subarray(0, DUE_SHOWN));
    due.push({ number: i + 1, chunk, length: answer.length, head, missing: sure && i >= answers });
  }
  return due;
}

/** The answers, each with whether it is the one that was due at its place. */
function judged(
  answers: readonly WirePart[],
  parts: readonly SpannedPart[],
  expected: ReturnType<typeof expectedAnswers>,
  anyOrder: boolean,
): WirePart[] {
  let number = 0;
  return answers.map((answer, i) => {
    const payload = parts[i]?.payload;
    if (expected === undefined || parts[i]?.kind !== "frame" || payload === undefined) {
      return answer;
    }
    const due = anyOrder
      ? expected.list.find(({ answer }) => equals(answer, payload)) ?? expected.list[number]
      : expected.list[number];
    number++;
    if (due === undefined) return expected.all ? { ...answer, right: false } : answer;
    return { ...answer, right: equals(due.answer, payload) };
  });
}

/** Time since zero, to the microsecond. */
function since(zeroMs: number, ms: number): number {
  return Math.round((ms - zeroMs) * 1000) / 1000;
}
