/**
 * Framings: byte streams to frames and back. Pure: no I/O, no timers, no promises; runs on Deno, Node, Bun and in
 * browsers.
 *
 * @example
 * ```ts
 * import { framing } from "@nonstick/nonstick/framing";
 *
 * const u32be = framing("u32be");
 * const wire = u32be.createEncoder().encode(new TextEncoder().encode("hello"));
 * const decoder = u32be.createDecoder();
 * for (let batch = decoder.push(wire); batch !== null; batch = decoder.next()) {
 *   for (const payload of batch) console.log(new TextDecoder().decode(payload)); // hello
 * }
 * decoder.end();
 * ```
 * @module
 */
export {
  type Envelope,
  envelope,
  EnvelopeDecoder,
  type EnvelopeDecoderOptions,
  type EnvelopeEvent,
  type EnvelopeHeader,
  type EnvelopeLayout,
  type JsonValue,
} from "./envelope.ts";
export * from "./errors.ts";
export {
  type Fragment,
  FRAGMENT_HEADER_LENGTH,
  FragmentError,
  fragmentMessage,
  type FragmentProblem,
  MAX_FRAGMENTS,
  parseFragment,
} from "./fragment.ts";
export {
  FragmentAssembler,
  type FragmentAssemblerOptions,
  type FragmentCounts,
} from "./fragment_assembler.ts";
export { FrameBatch } from "./frame_batch.ts";
export {
  type DecoderState,
  FrameDecoder,
  type FrameDecoderOptions,
  type OverLimit,
} from "./frame_decoder.ts";
export { FrameEncoder, type FrameEncoderOptions } from "./frame_encoder.ts";
export {
  decodeFrames,
  FrameDecoderStream,
  type FrameDecoderStreamOptions,
  FrameEncoderStream,
  type Ownership,
} from "./frame_stream.ts";
export type { Framing } from "./framing.ts";
export { framing, FRAMING_FAMILIES, type FramingFamily } from "./framings.ts";
export type { IntegerType } from "./integer.ts";
export { DEFAULT_MAX_FRAME_LENGTH, MAX_FRAME_LENGTH_CEILING } from "./limits.ts";
export { FramingSpecError, Spec } from "./spec.ts";
