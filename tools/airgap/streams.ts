/**
 * Stand-in for `@std/streams` where JSR cannot be reached: the same names, types and
 * results for what the project uses, which is the benchmark beside the real ones alone.
 *
 * @module
 */

import { concat, indexOfNeedle } from "./bytes.ts";

/** Cuts a stream of bytes at a delimiter, which is dropped; what follows the last one comes at the end. */
export class DelimiterStream extends TransformStream<Uint8Array, Uint8Array> {
  /** Cuts at these bytes. */
  constructor(delimiter: Uint8Array) {
    let rest: Uint8Array = new Uint8Array();
    super({
      transform(chunk, controller) {
        const bytes = concat([rest, chunk]);
        let start = 0;
        for (
          let end = indexOfNeedle(bytes, delimiter);
          end >= 0;
          end = indexOfNeedle(bytes, delimiter, start)
        ) {
          controller.enqueue(bytes.subarray(start, end));
          start = end + delimiter.length;
        }
        rest = bytes.subarray(start);
      },
      flush: (controller) => controller.enqueue(rest),
    });
  }
}
