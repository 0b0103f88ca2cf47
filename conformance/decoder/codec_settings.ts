/** Which codec, and how it is set. */
export interface CodecSettings {
  /** Name of the codec; a framing spec, or what the adapter calls it. */
  readonly codec: string;
  /** Most payload bytes of one frame. */
  readonly maxFrame?: number;
  /** What becomes of a longer one: an error for good, or it is dropped and decoding goes on. */
  readonly overLimit?: "close" | "skip";
}

/** The limit that decoders get where nobody says another, in payload bytes. */
export const DECODER_LIMIT = 65_536;
