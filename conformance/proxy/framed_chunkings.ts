/**
 * Rules that follow the frames. Drawn for u32be: `hhhh` a header, `bb` a body.
 * @module
 */
import { ConformanceUsageError } from "../run_options.ts";
import type { Chunker, ChunkerContext, ChunkingKind } from "./chunker.ts";
import { wholeArgument, withoutArgument } from "./chunkings.ts";
import { CutQueue } from "./cut_queue.ts";
import type { FrameMark } from "./frame_follower.ts";
import { type FrameLayout, frameLayout } from "./frame_layout.ts";

/** A rule that finds its cuts mark by mark. */
class MarkCuts implements Chunker {
  readonly holds: boolean;
  readonly lookahead: number;
  readonly #cutsAt: (mark: FrameMark) => readonly number[];
  readonly #cuts = new CutQueue();

  constructor(
    cutsAt: (mark: FrameMark) => readonly number[],
    { holds = false, lookahead = 0 } = {},
  ) {
    this.#cutsAt = cutsAt;
    this.holds = holds;
    this.lookahead = lookahead;
  }

  mark(mark: FrameMark): void {
    this.#cuts.add(...this.#cutsAt(mark));
  }

  cutBehind(from: number): number {
    return this.#cuts.behind(from);
  }
}

/** All of them. */
export const FRAMED_CHUNKINGS: readonly ChunkingKind[] = [
  {
    name: "whole",
    form: "whole",
    help: "one frame at a time", // hhhhbb|hhhhb|hhhhbbb
    framed: true,
    make: (context) => (
      withoutArgument(context), new MarkCuts(only("end", ({ at }) => [at]), { holds: true })
    ),
  },
  {
    name: "header",
    form: "header:K|each",
    help: "cut every header behind its byte K, or behind each byte", // header:3  hhh|hbbhhh|hb
    framed: true,
    make(context) {
      layoutWith(context, ({ hasHeader }) => hasHeader, "headers");
      const each = context.argument === "each";
      const k = each ? 0 : wholeArgument(context, 1);
      return new MarkCuts(({ kind, at, start }) =>
        kind !== "end" && (each || at - start === k) ? [at] : []
      );
    },
  },
  {
    name: "edge",
    form: "edge",
    help: "cut where headers and frames end", // hhhh|bb|hhhh|b
    framed: true,
    make: (context) => (
      withoutArgument(context), new MarkCuts(({ kind, at }) => kind === "header" ? [] : [at])
    ),
  },
  {
    name: "straddle",
    form: "straddle[:K]",
    help: "tail of a frame, all of the next and K bytes of the third in one chunk, by default 1",
    framed: true, // straddle  h|hhhbbhhhhbh|hhhbbb…
    make(context) {
      const k = wholeArgument(context, 1, 1);
      let frames = 0;
      return new MarkCuts(
        only("end", ({ at, start }) => {
          const cut = Math.min(start + k, at - 1);
          return frames++ % 2 === 0 && cut > start ? [cut] : [];
        }),
        { holds: true },
      );
    },
  },
  {
    name: "delimiter",
    form: "delimiter",
    help: "cut inside every delimiter; one of one byte comes alone", // text CR|LF
    framed: true,
    make(context) {
      withoutArgument(context);
      const layout = layoutWith(context, ({ trailer }) => trailer > 0, "delimiters");
      return new MarkCuts(only("end", insideTrailer), { lookahead: layout.trailer });
    },
  },
];

/** The places inside of what ends a frame; around it, if it is one byte. */
function insideTrailer({ at, trailer }: FrameMark): number[] {
  if (trailer === 1) return [at - 1, at];
  return Array.from({ length: Math.max(0, trailer - 1) }, (_, i) => at - trailer + 1 + i);
}

function only(kind: FrameMark["kind"], cuts: (mark: FrameMark) => number[]) {
  return (mark: FrameMark): number[] => mark.kind === kind ? cuts(mark) : [];
}

function layoutWith(
  { framing }: ChunkerContext,
  has: (layout: FrameLayout) => boolean,
  what: string,
): FrameLayout {
  if (framing === undefined) throw new ConformanceUsageError("It needs a framing");
  const layout = frameLayout(framing);
  if (!has(layout)) throw new ConformanceUsageError(`${framing.spec} has no ${what} to cut`);
  return layout;
}
