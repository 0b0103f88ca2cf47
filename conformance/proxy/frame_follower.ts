import {
  type DecoderState,
  type FrameBatch,
  type FrameDecoder,
  type Framing,
  FramingError,
} from "../../protocol/framing/mod.ts";
import { type FrameLayout, frameLayout } from "./frame_layout.ts";

/** A place in the frames of a stream. Offsets count bytes from the start of the stream. */
export interface FrameMark {
  /** `header`: more of the header follows; `body`: the header is complete; `end`: the frame is complete. */
  readonly kind: "header" | "body" | "end";
  /** The place: as many bytes of the stream lie before it. */
  readonly at: number;
  /** Where the frame began. */
  readonly start: number;
  /** Bytes between the payload and the end of the frame, such as a delimiter; 0 for other marks. */
  readonly trailer: number;
}

/** Payload bytes of the largest frame that is kept; a larger one is followed without keeping it. */
const MOST_KEPT = 1024 * 1024;

/**
 * Finds the frames in live traffic with our own decoder, byte by byte, so that the place of a header's end is known as
 * soon as it has come and not only when the frame is complete.
 *
 * @example
 * ```ts
 * import { framing } from "../../protocol/framing/mod.ts";
 * import { FrameFollower } from "./frame_follower.ts";
 *
 * const follower = new FrameFollower(framing("u16be"), ({ kind, at }) => console.log(kind, at));
 * follower.push(Uint8Array.of(0, 1, 104)); // header 1, body 2, end 3
 * ```
 */
export class FrameFollower {
  readonly #decoder: FrameDecoder;
  readonly #layout: FrameLayout;
  readonly #mark: (mark: FrameMark) => void;
  #at = 0;
  #start = 0;
  #state: DecoderState = "header";
  #lost: string | undefined;

  /** Follows frames of `framing`; `mark` is told of each place in them. */
  constructor(framing: Framing, mark: (mark: FrameMark) => void) {
    this.#decoder = framing.createDecoder(
      framing.canSkip ? { maxFrameLength: MOST_KEPT, overLimit: "skip" } : {},
    );
    this.#layout = frameLayout(framing);
    this.#mark = mark;
  }

  /** Why the bytes are no such frames; undefined while they are. */
  get lost(): string | undefined {
    return this.#lost;
  }

  /** Where the last frame ended. */
  get frameEnd(): number {
    return this.#start;
  }

  /** Follows the next bytes of the stream. Does nothing any more once they are no frames. */
  push(bytes: Uint8Array): void {
    try {
      for (let i = 0; i < bytes.length && this.#lost === undefined; i++) {
        this.#step(bytes.subarray(i, i + 1));
      }
    } catch (error) {
      if (!(error instanceof FramingError)) throw error;
      this.#lost = error.message;
    }
  }

  #step(byte: Uint8Array): void {
    const at = ++this.#at, start = this.#start, before = this.#state;
    let trailer = -1;
    for (let batch = this.#decoder.push(byte); batch !== null; batch = this.#decoder.next()) {
      trailer = this.#trailerOf(batch, at - start);
    }
    const now = this.#state = this.#decoder.state;
    if (trailer >= 0 || before === "discarding" && now !== "discarding") {
      this.#start = at;
      this.#mark({ kind: "end", at, start, trailer: Math.max(0, trailer) });
    } else if (this.#layout.hasHeader && before === "header") {
      this.#mark({ kind: now === "header" ? "header" : "body", at, start, trailer: 0 });
    }
  }

  /** Bytes behind the payload of the one frame of a batch, which is `length` bytes long on the wire. */
  #trailerOf(batch: FrameBatch, length: number): number {
    if (batch.wireEnd >= 0) return batch.wireEnd - batch.end(0);
    const { hasHeader, escaped } = this.#layout;
    if (hasHeader) return 0;
    // Without a header the payload begins with the frame, so that the rest is the delimiter that was found.
    return escaped ? 1 : length - (batch.end(0) - batch.start(0));
  }
}
