import type { Settings } from "./subject.ts";

/** A frame that a stream holds. */
export interface ExpectedFrame {
  /** Its payload. */
  readonly payload: Uint8Array;
  /** Where it ends: bytes from the start of the stream up to and with its last byte. */
  readonly end: number;
}

/** The error that a stream leads to, before it ends. */
export interface ExpectedError {
  /** The error's `code`, where the decoder's errors have one. */
  readonly code?: string;
  /** The error's `offset`, in bytes from the start of the stream, where the decoder's errors have one. */
  readonly offset?: number;
}

/** A stream to verify with, and what is known about it. */
export interface Sample {
  /** Name for reports. */
  readonly name: string;
  /** The bytes of the stream. */
  readonly bytes: Uint8Array;
  /**
   * The frames in it, if known. Without them the stream is still good for comparing: what the unsplit stream gives is
   * what all others must give.
   */
  readonly frames?: readonly ExpectedFrame[];
  /** The error behind those frames, if the stream is known to have one. Bytes left over are a truncated frame. */
  readonly error?: ExpectedError;
  /** Ends of frames that are dropped (`overLimit: "skip"`): the stream may end there too. */
  readonly dropped?: readonly number[];
  /** Other places where the stream may end: behind bytes that belong to no frame. */
  readonly edges?: readonly number[];
  /** How the decoder is to be made for this stream. */
  readonly settings?: Partial<Settings>;
}

/**
 * The stream without the bytes `[from, to)`. What is known about it goes along if whole frames are left out; else nothing
 * is known of what is left.
 */
export function withoutBytes(sample: Sample, from: number, to: number): Sample {
  const bytes = new Uint8Array(sample.bytes.length - (to - from));
  bytes.set(sample.bytes.subarray(0, from));
  bytes.set(sample.bytes.subarray(to), from);
  const move = (at: number) => at <= from ? at : at - (to - from);
  const { frames, error, dropped, edges } = sample;
  const starts = frames?.map((_, i) => frames[i - 1]?.end ?? 0);
  const whole = to <= (frames?.at(-1)?.end ?? 0) && frames?.every((frame, i) => {
    const start = starts?.[i] ?? 0;
    return frame.end <= from || start >= to || (from <= start && frame.end <= to);
  });
  return {
    name: sample.name,
    bytes,
    ...(sample.settings === undefined ? {} : { settings: sample.settings }),
    ...(frames === undefined || !whole || dropped !== undefined || edges !== undefined ? {} : {
      frames: frames.filter((frame, i) => !(from <= (starts?.[i] ?? 0) && frame.end <= to))
        .map((frame) => ({ payload: frame.payload, end: move(frame.end) })),
      ...(error === undefined ? {} : {
        error: error.offset === undefined ? error : { ...error, offset: move(error.offset) },
      }),
    }),
  };
}

/** The first `length` bytes of the stream. */
export function prefixOf(sample: Sample, length: number): Sample {
  const { frames, dropped, edges } = sample;
  return {
    name: `${sample.name}, first ${length} bytes`,
    bytes: sample.bytes.subarray(0, length),
    ...(sample.settings === undefined ? {} : { settings: sample.settings }),
    ...(frames === undefined ? {} : { frames: frames.filter((frame) => frame.end <= length) }),
    ...(dropped === undefined ? {} : { dropped: dropped.filter((end) => end <= length) }),
    ...(edges === undefined ? {} : { edges: edges.filter((edge) => edge <= length) }),
  };
}
