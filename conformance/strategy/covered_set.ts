import type { EndEvent } from "./delivery.ts";

/** What is the same in all deliveries of a set that differ in their cuts. */
export interface CutFrame {
  /**
   * What happens behind the last byte.
   *
   * @default {"none"}
   */
  readonly end?: EndEvent;
  /**
   * How long nothing is sent behind each chunk, in ms.
   *
   * @default {0}
   */
  readonly stallMs?: number;
}

/**
 * What a set of deliveries covers together, as a rule instead of a list, so that whoever has the deliveries can tell
 * whether the set is whole without asking who made it.
 */
export type CoveredSet =
  /** One cut at each place of a stream of `length` bytes: n − 1. */
  | CutFrame & { readonly kind: "singles"; readonly length: number }
  /** Two cuts at each pair of places: (n − 1)(n − 2) / 2. */
  | CutFrame & { readonly kind: "pairs"; readonly length: number }
  /** Cuts at each subset of `places`, none of them included: 2^k. */
  | CutFrame & { readonly kind: "subsets"; readonly places: readonly number[] }
  /** The stream ends at each of `offsets`: one delivery of so many of its bytes for each. */
  | { readonly kind: "ends"; readonly end: EndEvent; readonly offsets: readonly number[] }
  /** Datagrams in each order: n! for each n up to `most`. */
  | { readonly kind: "orders"; readonly most: number }
  /** Datagrams of which some are lost, each choice of those that are left: 2^n − 1 for each n from `least` to `most`. */
  | { readonly kind: "losses"; readonly least: number; readonly most: number }
  /** A first datagram of each of these lengths. */
  | { readonly kind: "lengths"; readonly lengths: readonly number[] }
  /** All of these, each of a stream of its own. */
  | { readonly kind: "each"; readonly sets: readonly CoveredSet[] };
