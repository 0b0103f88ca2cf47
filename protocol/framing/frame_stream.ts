import type { FrameDecoder, FrameDecoderOptions } from "./frame_decoder.ts";
import type { FrameEncoderOptions } from "./frame_encoder.ts";
import type { Framing } from "./framing.ts";
import { framing } from "./framings.ts";

/** How payloads are handed out: bytes of their own, or views into the buffer they were decoded in. */
export type Ownership = "copy" | "view";

/**
 * The payloads that `chunk` completes, one `Uint8Array` each.
 *
 * With `"copy"` they are yours for ever; small ones share blocks of 16 KiB. With `"view"` they point into `chunk` (and, for a frame that began in an
 * earlier chunk, into the decoder): no copy, but valid only until the next call on the decoder or until the chunk is
 * overwritten, and a kept view keeps the whole chunk in memory.
 *
 * @example
 * ```ts
 * import { decodeFrames, framing } from "@nonstick/nonstick/framing";
 *
 * const decoder = framing("line").createDecoder();
 * const chunk = new TextEncoder().encode("one\ntwo\n");
 * for (const payload of decodeFrames(decoder, chunk, "copy")) console.log(payload.length); // 3, 3
 * ```
 *
 * @throws {FramingError} if the bytes break the framing, behind the frames before them.
 */
export function* decodeFrames(
  decoder: FrameDecoder,
  chunk: Uint8Array,
  ownership: Ownership,
): Generator<Uint8Array, void, void> {
  for (let batch = decoder.push(chunk); batch !== null; batch = decoder.next()) {
    for (let i = 0; i < batch.count; i++) {
      yield ownership === "copy" ? batch.keep(i) : batch.view(i);
    }
  }
}

/** Options of a {@linkcode FrameDecoderStream}. */
export interface FrameDecoderStreamOptions extends FrameDecoderOptions {
  /**
   * How payloads are handed out; see {@linkcode decodeFrames}. With `"view"` a reader must be done with the frames of
   * a chunk before it lets the next one in.
   *
   * @default {"copy"}
   */
  readonly ownership?: Ownership;
}

/**
 * Chunks in, payloads out, as a web `TransformStream`.
 *
 * @example
 * ```ts
 * import { FrameDecoderStream } from "@nonstick/nonstick/framing";
 *
 * const bytes = new Blob(["5:hello,2:hi,"]).stream();
 * for await (const payload of bytes.pipeThrough(new FrameDecoderStream("netstring"))) {
 *   console.log(new TextDecoder().decode(payload)); // hello, hi
 * }
 * ```
 */
export class FrameDecoderStream extends TransformStream<Uint8Array, Uint8Array> {
  /**
   * Makes a stream for `spec`. It errors with a {@linkcode FramingError} when the bytes break the framing.
   *
   * @throws {FramingSpecError} if the spec cannot be used.
   */
  constructor(spec: Framing | string, options: FrameDecoderStreamOptions = {}) {
    const decoder = asFraming(spec).createDecoder(options);
    const view = options.ownership === "view";
    super({
      transform(chunk, controller) {
        for (let batch = decoder.push(chunk); batch !== null; batch = decoder.next()) {
          for (let i = 0; i < batch.count; i++) {
            controller.enqueue(view ? batch.view(i) : batch.keep(i));
          }
        }
      },
      flush(controller) {
        for (let batch = decoder.end(); batch !== null; batch = decoder.next()) {
          for (let i = 0; i < batch.count; i++) controller.enqueue(batch.copy(i));
        }
      },
    });
  }
}

/**
 * Payloads in, frames out, as a web `TransformStream`.
 *
 * @example
 * ```ts
 * import { FrameEncoderStream } from "@nonstick/nonstick/framing";
 *
 * const payloads = ReadableStream.from([Uint8Array.of(104, 105)]);
 * for await (const frame of payloads.pipeThrough(new FrameEncoderStream("u8"))) console.log(frame); // 2, 104, 105
 * ```
 */
export class FrameEncoderStream extends TransformStream<Uint8Array, Uint8Array> {
  /**
   * Makes a stream for `spec`. It errors with a {@linkcode FramingError} on a payload that the framing cannot carry.
   *
   * @throws {FramingSpecError} if the spec cannot be used.
   */
  constructor(spec: Framing | string, options: FrameEncoderOptions = {}) {
    const encoder = asFraming(spec).createEncoder(options);
    super({
      transform: (payload, controller) => controller.enqueue(encoder.encode(payload)),
    });
  }
}

function asFraming(spec: Framing | string): Framing {
  return typeof spec === "string" ? framing(spec) : spec;
}
