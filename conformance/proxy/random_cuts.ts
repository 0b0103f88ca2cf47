import { withoutArgument } from "./chunkings.ts";
import type { Chunker, ChunkerContext, ChunkingKind } from "./chunker.ts";
import { CutQueue } from "./cut_queue.ts";
import type { FrameMark } from "./frame_follower.ts";

/** How far from an edge cuts fall that are meant for it, in bytes. */
const NEAR = 2;
/** Longest chunks, each kind as likely as the other: a few bytes, some, a segment of Ethernet. */
const LENGTHS = [4, 64, 1460];

/** `random`. */
export const RANDOM: ChunkingKind = {
  name: "random",
  form: "random",
  help: "cuts anywhere; with --framing half of the edges of headers and frames get one nearby",
  make: (context) => (withoutArgument(context), new RandomCuts(context)),
};

/**
 * Random cuts: some by length alone, and where frames are known, every second edge of a header or a frame gets one at
 * most two bytes away, because that is where decoders change their state.
 *
 * Each sort draws from a stream of its own, so that the cuts depend on seed and bytes and not on how the bytes come.
 */
class RandomCuts implements Chunker {
  readonly holds = true;
  readonly lookahead: number;
  readonly #lengths;
  readonly #edges;
  #next = 0;
  readonly #near = new CutQueue();
  #edge = 0;

  constructor(context: ChunkerContext) {
    this.#lengths = context.random("lengths");
    this.#edges = context.random("edges");
    this.lookahead = context.framing === undefined ? 0 : NEAR;
  }

  mark({ kind, at }: FrameMark): void {
    if (kind === "header") return;
    const wanted = this.#edges.below(2) === 0;
    const cut = at - NEAR + this.#edges.below(2 * NEAR + 1);
    // A cut before the edge before this one would come too late.
    if (wanted && cut > this.#edge) this.#near.add(cut);
    this.#edge = at;
  }

  cutBehind(from: number): number {
    while (this.#next <= from) {
      this.#next += 1 + this.#lengths.below(this.#lengths.pick(LENGTHS));
    }
    return Math.min(this.#next, this.#near.behind(from));
  }
}
