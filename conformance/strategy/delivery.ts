import type { Contract } from "../stimulus/contract.ts";
import { Stimulus } from "../stimulus/stimulus.ts";
import type { Cuts } from "./cut_plan.ts";

/** What happens behind the last byte: nothing, FIN (the stream ends, answers are still read), or RST. */
export type EndEvent = "none" | "fin" | "reset";

/**
 * One way to deliver a stream; the only thing that strategies make and players play.
 *
 * ```
 *   bytes  00 00 00 02 68 69 00 00 00 01 21
 *   cuts         2           6                 three writes; each is read before the next one is made
 *   waits                    6                 … and here the answers that are due are awaited, too
 * ```
 */
export interface Delivery {
  /** The bytes and what has to come back. */
  readonly stimulus: Stimulus;
  /** Where chunks end, rising. */
  readonly cuts: Cuts;
  /** Cuts (or the end) at which the answers due so far are awaited before going on. */
  readonly waits: Cuts;
  /** What happens behind the last byte. */
  readonly end: EndEvent;
}

/** A delivery from its parts; by default in one chunk, without waits, connection left open. */
export function deliver(
  stimulus: Stimulus,
  cuts: Cuts = [],
  more: { readonly waits?: Cuts; readonly end?: EndEvent } = {},
): Delivery {
  return { stimulus, cuts, waits: more.waits ?? [], end: more.end ?? "none" };
}

/** The stream one frame after the other, each answered before the next one: the kindest delivery there is. */
export function frameByFrame(stimulus: Stimulus): Delivery {
  const seams = stimulus.seams;
  return deliver(stimulus, seams, { waits: seams });
}

/** The same delivery with every frame in chunks of its own, answered before the next one begins. */
export function keptApart(delivery: Delivery): Delivery {
  const seams = delivery.stimulus.seams;
  return withCuts(delivery, seams, seams);
}

/** The same delivery with more cuts and waits. */
export function withCuts(delivery: Delivery, cuts: Cuts, waits: Cuts = []): Delivery {
  return {
    ...delivery,
    cuts: union(delivery.cuts, cuts),
    waits: union(delivery.waits, waits),
  };
}

/**
 * Several deliveries as one, played one behind the other on one connection: what was answered between them is
 * awaited there, too.
 */
export function joined(contract: Contract, deliveries: readonly Delivery[]): Delivery {
  const cuts: number[] = [];
  const waits: number[] = [];
  let start = 0;
  for (const { stimulus, cuts: own, waits: ownWaits } of deliveries) {
    if (start > 0) {
      cuts.push(start);
      waits.push(start);
    }
    cuts.push(...own.map((at) => start + at));
    waits.push(...ownWaits.map((at) => start + at));
    start += stimulus.bytes.length;
  }
  const stimulus = new Stimulus(contract, deliveries.flatMap(({ stimulus }) => stimulus.parts));
  return deliver(stimulus, cuts, {
    waits: union(waits, []),
    end: deliveries.at(-1)?.end ?? "none",
  });
}

/** Whether a delivery ends its connection or makes the target end it. */
export function isHostile({ stimulus, end }: Delivery): boolean {
  return end !== "none" || stimulus.parts.some((part) => part.kind !== "frame");
}

function union(a: Cuts, b: Cuts): Cuts {
  return [...new Set([...a, ...b])].sort((x, y) => x - y);
}
