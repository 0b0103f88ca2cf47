import { concat } from "@std/bytes/concat";
import { type Contract, unlimitedEncoder } from "./contract.ts";
import type { Level } from "./level.ts";

/** What a target makes of bytes that it does not refuse. */
export interface Reading {
  /** The payloads that it answers, in order; none when it passes over the bytes. */
  readonly payloads: readonly Uint8Array[];
  /** How binding it is not to read them so; `MAY`: that is as right as refusing them. */
  readonly level: Exclude<Level, "MUST">;
}

/** A piece of a stream, with what it means to a target. */
export type Part =
  | {
    /** A whole frame, to be answered. */
    readonly kind: "frame";
    readonly wire: Uint8Array;
    readonly payload: Uint8Array;
    /** Where the payload begins in `wire`; undefined when it is not in there as it is (escaped framings). */
    readonly bodyAt: number | undefined;
    /** True for a frame that only the end of the stream completes (`?tail=frame`). */
    readonly endsStream?: boolean;
  }
  | {
    /** Bytes that a target must refuse, too long or malformed, unless one of the `readings` allows it more. */
    readonly kind: "bad";
    readonly wire: Uint8Array;
    /** What is wrong with them. */
    readonly what: string;
    /** The payload that a target without a limit would see. */
    readonly payload?: Uint8Array;
    /** What a tolerant target may make of them instead. Anything else that is answered is a phantom. */
    readonly readings?: readonly Reading[];
    /** How binding it is not to refuse them; by default refusing is right. */
    readonly refusal?: Exclude<Level, "MAY">;
    /** How binding it is not to wait silently behind them; by default MUST. */
    readonly silence?: Exclude<Level, "MUST">;
    /** Whether it is plain where they end, so that `--over-limit` decides between skipping and closing. */
    readonly skippable?: boolean;
  }
  | {
    /** The beginning of a frame whose rest never comes. */
    readonly kind: "tail";
    readonly wire: Uint8Array;
  }
  | {
    /** Bytes whose meaning only a scenario or a recording knows. */
    readonly kind: "bytes";
    readonly wire: Uint8Array;
  };

/** A whole frame within a stream: where it is and what has to come back. */
export interface ExpectedFrame {
  /** Offset of its first byte. */
  readonly start: number;
  /** Offset of its payload; undefined when the framing escapes it. */
  readonly body: number | undefined;
  /** Offset behind its last byte. */
  readonly end: number;
  /** How many bytes make the answer due: `end`, or Infinity when it takes the end of the stream as well. */
  readonly dueAt: number;
  /** What was sent. */
  readonly payload: Uint8Array;
  /** What has to come back. */
  readonly answer: Uint8Array;
  /** Whether something that must be refused stands before it. */
  readonly afterBad: boolean;
}

/**
 * A stream of bytes with its frame map: what is sent, and what has to come back.
 *
 * ```
 *   parts   | frame | frame | bad | frame | tail
 *   bytes   0       9      14    30      41
 *   frames  due at 9   due at 14    due at 41, or never when the target closes after `bad`
 * ```
 */
export class Stimulus {
  /** The pieces in order. */
  readonly parts: readonly Part[];
  /** All bytes. */
  readonly bytes: Uint8Array;
  /** The whole frames in order. */
  readonly frames: readonly ExpectedFrame[];

  /** Lays the parts out one behind the other. */
  constructor(contract: Contract, parts: readonly Part[]) {
    this.parts = parts;
    this.bytes = concat(parts.map((part) => part.wire));
    const frames: ExpectedFrame[] = [];
    let start = 0;
    let afterBad = false;
    for (const part of parts) {
      const end = start + part.wire.length;
      if (part.kind === "frame") {
        const body = part.bodyAt === undefined ? undefined : start + part.bodyAt;
        const answer = contract.expectation.answer(part.payload);
        const dueAt = part.endsStream ? Infinity : end;
        frames.push({ start, body, end, dueAt, payload: part.payload, answer, afterBad });
      }
      if (part.kind === "bad") afterBad = true;
      start = end;
    }
    this.frames = frames;
  }

  /** Whether a part must be refused. */
  get hasBad(): boolean {
    return this.parts.some((part) => part.kind === "bad");
  }

  /** Whether a target may simply wait behind bytes that are bad. */
  get mayWait(): boolean {
    return this.parts.some((part) => part.kind === "bad" && part.silence === "MAY");
  }

  /** How many answers may come besides those of the frames: from targets that do not refuse what is bad. */
  get optional(): number {
    const most = (part: Part) =>
      part.kind === "bad"
        ? Math.max(0, ...(part.readings ?? []).map(({ payloads }) => payloads.length))
        : 0;
    return this.parts.reduce((sum, part) => sum + most(part), 0);
  }

  /** How many answers are due once `sent` bytes were sent. */
  dueAt(sent: number): number {
    let due = 0;
    while (due < this.frames.length && (this.frames[due]?.dueAt ?? Infinity) <= sent) due++;
    return due;
  }

  /** Offsets at which a part ends and another one begins. */
  get seams(): number[] {
    let at = 0;
    return this.parts.slice(0, -1).map((part) => at += part.wire.length);
  }
}

/**
 * The frame of `payload`.
 *
 * @throws {FramingError} if the framing cannot carry it.
 */
export function framePart(contract: Contract, payload: Uint8Array): Part & { kind: "frame" } {
  const pieces = unlimitedEncoder(contract).encodeParts(payload);
  const at = pieces.findIndex((piece) => piece === payload);
  const bodyAt = at < 0
    ? undefined
    : pieces.slice(0, at).reduce((sum, piece) => sum + piece.length, 0);
  return { kind: "frame", wire: concat(pieces), payload, bodyAt };
}
