import type { Sample, Subject } from "../verify/mod.ts";
import { type Habits, PlainDecoder, type Rule } from "./plain_decoder.ts";

/** One planted bug: one part of a right decoder replaced. */
export interface Mutant<P extends Habits> {
  /** Name of the bug. */
  readonly name: string;
  /** The real one it copies: issue, pull request, CVE or library. */
  readonly copies: string;
  /** What is wrong, in one sentence. */
  readonly flaw: string;
  /** The one part that is different. */
  readonly change: Partial<P>;
}

/** A framing with a right decoder and its mutants. */
export interface Family<P extends Habits> {
  /** The framing, as the spec of ours that does the same. */
  readonly spec: string;
  /** How it is done right. */
  readonly parts: P;
  /** Finds the next frame. */
  readonly rule: Rule<P>;
  /** Writes a frame, or throws for what it cannot carry. */
  readonly encode: (parts: P, payload: Uint8Array) => Uint8Array;
  /** Streams besides the generated ones: broken in ways that only this framing knows. */
  readonly samples: readonly Sample[];
  /** Most bytes of a frame around its payload. */
  readonly maxOverhead: number;
  /** Least and most payload bytes that it can carry. */
  readonly payloadRange?: readonly [least: number, most: number];
  /** The first bytes of a frame that claims 1 GiB. */
  readonly claim?: Uint8Array;
  /** The planted bugs. */
  readonly mutants: readonly Mutant<P>[];
}

/** A mutant ready for the verifier. */
export interface Specimen {
  readonly name: string;
  readonly copies: string;
  readonly flaw: string;
  /** The framing it gets wrong. */
  readonly spec: string;
  /** Names of the parts that differ from the right decoder: always one. */
  readonly changed: readonly string[];
  readonly subject: Subject;
}

/** A family ready for the verifier: the right decoder, and its mutants. */
export interface Breed {
  readonly spec: string;
  readonly reference: Subject;
  readonly specimens: readonly Specimen[];
}

/** Makes the subjects of a family. */
export function breed<P extends Habits>(family: Family<P>): Breed {
  return {
    spec: family.spec,
    reference: subjectOf(family, family.spec, family.parts),
    specimens: family.mutants.map(({ name, copies, flaw, change }) => ({
      name,
      copies,
      flaw,
      spec: family.spec,
      changed: Object.keys(change),
      subject: subjectOf(family, name, { ...family.parts, ...change }),
    })),
  };
}

/** Most payload bytes of the streams: small, so that all cuts of a stream are few. */
export const LIMIT = 6;

function subjectOf<P extends Habits>(family: Family<P>, name: string, parts: P): Subject {
  const { rule, encode, samples, maxOverhead, payloadRange, claim } = family;
  return {
    name,
    create: (settings) => new PlainDecoder(rule, parts, settings),
    encode(payload, { maxFrameLength }) {
      if (payload.length > maxFrameLength) throw new RangeError("payload over the limit");
      return encode(parts, payload);
    },
    samples,
    maxFrameLength: LIMIT,
    maxOverhead,
    canSkip: true,
    ...(payloadRange === undefined ? {} : { payloadRange }),
    ...(claim === undefined ? {} : { claim }),
  };
}

/** A stream that must lead to an error before the first frame. */
export function broken(name: string, bytes: Uint8Array, code: string, offset?: number): Sample {
  return { name, bytes, frames: [], error: offset === undefined ? { code } : { code, offset } };
}

/** A stream of one frame in a form that the encoder does not write. */
export function odd(name: string, bytes: Uint8Array, payload: Uint8Array | string): Sample {
  const content = typeof payload === "string" ? ascii(payload) : payload;
  return { name, bytes, frames: [{ payload: content, end: bytes.length }] };
}

/** The bytes of a text. */
export function ascii(text: string): Uint8Array {
  return new TextEncoder().encode(text);
}
