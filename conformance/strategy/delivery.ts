import type { Contract } from "../stimulus/contract.ts";
import { Stimulus } from "../stimulus/stimulus.ts";
import type { Cuts } from "./cut_plan.ts";

/**
 * What happens behind the last byte: nothing, FIN (the stream ends, answers are still read), RST, or close (both
 * directions end at once, answers under way are thrown away).
 */
export type EndEvent = "none" | "fin" | "reset" | "close";

/** How time passes in a delivery, where that is the point of it. */
export interface Pace {
  /** How long nothing is sent behind each chunk, and before the end event, in ms. */
  readonly stallMs?: number;
  /**
   * How answers are read: by default at once; `late`, only when everything was sent or the target takes no more; or at
   * most so many bytes at once, with a pause of some ms before each read.
   */
  readonly reading?: "late" | { readonly bytes: number; readonly pauseMs: number };
  /** Bytes that our kernel may keep for answers that are not read (`SO_RCVBUF`), where it can be told. */
  readonly window?: number;
  /** Whether bytes are sent even after the target's FIN. */
  readonly sendsOn?: boolean;
}

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
  /** How time passes, where it is not simply as fast as the target reads. */
  readonly pace?: Pace;
  /**
   * For datagrams, of which each part of the stimulus is one: from which of our sockets each goes out; by default all
   * from socket 0.
   */
  readonly sockets?: readonly number[];
}

/** A delivery from its parts; by default in one chunk, without waits, connection left open. */
export function deliver(
  stimulus: Stimulus,
  cuts: Cuts = [],
  more: { readonly waits?: Cuts; readonly end?: EndEvent; readonly pace?: Pace } = {},
): Delivery {
  const { waits = [], end = "none", pace } = more;
  return { stimulus, cuts, waits, end, ...(pace ? { pace } : {}) };
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
  const { end = "none", pace } = deliveries.at(-1) ?? {};
  return deliver(stimulus, cuts, { waits: union(waits, []), end, ...(pace ? { pace } : {}) });
}

/** Whether a delivery ends its connection or makes the target end it. */
export function isHostile({ stimulus, end }: Delivery): boolean {
  return end !== "none" || stimulus.parts.some((part) => part.kind !== "frame");
}

/** Whether a delivery ends its connection in both directions at once, so that the target may see it late. */
export function breaksOff({ end }: Delivery): boolean {
  return end === "reset" || end === "close";
}

function union(a: Cuts, b: Cuts): Cuts {
  return [...new Set([...a, ...b])].sort((x, y) => x - y);
}
