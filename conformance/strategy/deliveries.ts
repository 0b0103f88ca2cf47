import type { Stimulus } from "../stimulus/stimulus.ts";
import type { CutPlan } from "./cut_plan.ts";
import { deliver, type Delivery } from "./delivery.ts";

/** A counted set of deliveries, each made when asked for. */
export interface Deliveries {
  /** How many there are. */
  readonly count: number;
  /** Delivery `index`, 0 to `count` − 1. */
  at(index: number): Delivery;
}

/** The given deliveries. */
export function these(deliveries: readonly Delivery[]): Deliveries {
  return {
    count: deliveries.length,
    at(index) {
      const delivery = deliveries[index];
      if (delivery === undefined) throw new RangeError(`There is no delivery ${index}`);
      return delivery;
    },
  };
}

/** One delivery of the stimulus for each cut list of the plan. */
export function cutting(stimulus: Stimulus, plan: CutPlan): Deliveries {
  return { count: plan.count, at: (index) => deliver(stimulus, plan.at(index)) };
}

/** Each delivery changed. */
export function mapped(deliveries: Deliveries, change: (one: Delivery) => Delivery): Deliveries {
  return { count: deliveries.count, at: (index) => change(deliveries.at(index)) };
}

/** Several sets, one behind the other. */
export function chained(sets: readonly Deliveries[]): Deliveries {
  return {
    count: sets.reduce((sum, set) => sum + set.count, 0),
    at(index) {
      let rest = index;
      for (const set of sets) {
        if (rest < set.count) return set.at(rest);
        rest -= set.count;
      }
      throw new RangeError(`There is no delivery ${index}`);
    },
  };
}
