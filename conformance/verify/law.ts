/** The laws of framing (docs/FRAMING.md) by number. */
export type Law = "L1" | "L2" | "L3" | "L4" | "L5" | "L6" | "L7" | "L8";

/** What each law says, in a few words. */
export const LAWS: Readonly<Record<Law, string>> = {
  L1: "chunk invariance: frames, order and error depend on the bytes alone",
  L2: "round trip: decode(encode(x)) is x, and encode refuses what it cannot carry",
  L3: "promptness: a frame comes with the chunk that holds its last byte",
  L4: "bounded memory: what is kept follows the bytes received, under the limit",
  L5: "linear time: work is a multiple of the bytes, however they are cut",
  L6: "errors are final and placed: frames before come first, nothing comes after",
  L7: "ownership: a frame handed out does not change, whatever becomes of the chunk",
  L8: "end: clean at a frame edge, an error inside a frame",
};

/** The numbers of the laws, in order. */
export const LAW_NUMBERS: readonly Law[] = ["L1", "L2", "L3", "L4", "L5", "L6", "L7", "L8"];

/** A law that was broken, and how it showed. */
export interface Breach {
  /** The law. */
  readonly law: Law;
  /** What was expected and what came. */
  readonly text: string;
}
