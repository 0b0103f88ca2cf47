import { sourceOf } from "../../cli/address.ts";
import { FloodGate } from "../flood_gate.ts";

/** The last sources, so many at least and twice as many at most, are remembered. */
const MOST = 4096;

/** Lets so many datagrams pass from each IPv4 address or IPv6 /64, whatever its ports: a victim has many. */
export class SourceRates {
  readonly #burst: number;
  readonly #perSecond: number;
  readonly #now: () => number;
  /** Two generations, the older one goes as a whole: to find the oldest key of a `Map` takes time for each deleted one. */
  #young = new Map<string, FloodGate>();
  #old = new Map<string, FloodGate>();

  /** `burst` at once, `perSecond` from then on; `now` tells ms. */
  constructor(burst: number, perSecond: number, now: () => number) {
    this.#burst = burst;
    this.#perSecond = perSecond;
    this.#now = now;
  }

  /** Sources that are remembered, those of both generations twice. */
  get size(): number {
    return this.#young.size + this.#old.size;
  }

  /** Whether one more of `hostname` may pass; if so, it counts. */
  pass(hostname: string): boolean {
    const source = hostname.includes(":") ? sourceOf(hostname) ?? hostname : hostname;
    const gate = this.#young.get(source) ?? this.#old.get(source) ??
      new FloodGate(this.#burst, this.#perSecond, this.#now);
    this.#young.set(source, gate);
    if (this.#young.size >= MOST) {
      this.#old = this.#young;
      this.#young = new Map();
    }
    return gate.pass();
  }
}
