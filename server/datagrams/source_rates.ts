import { sourceOf } from "../../cli/address.ts";
import { FloodGate } from "../flood_gate.ts";

/** Sources that are remembered; the one that was silent for longest goes first. */
const MOST = 4096;

/** Lets so many datagrams pass from each IPv4 address or IPv6 /64, whatever its ports: a victim has many. */
export class SourceRates {
  readonly #burst: number;
  readonly #perSecond: number;
  readonly #now: () => number;
  readonly #gates = new Map<string, FloodGate>();

  /** `burst` at once, `perSecond` from then on; `now` tells ms. */
  constructor(burst: number, perSecond: number, now: () => number) {
    this.#burst = burst;
    this.#perSecond = perSecond;
    this.#now = now;
  }

  /** Sources that are remembered. */
  get size(): number {
    return this.#gates.size;
  }

  /** Whether one more of `hostname` may pass; if so, it counts. */
  pass(hostname: string): boolean {
    const source = hostname.includes(":") ? sourceOf(hostname) ?? hostname : hostname;
    const gate = this.#gates.get(source) ??
      new FloodGate(this.#burst, this.#perSecond, this.#now);
    this.#gates.delete(source);
    this.#gates.set(source, gate);
    if (this.#gates.size > MOST) {
      for (const oldest of this.#gates.keys()) {
        this.#gates.delete(oldest);
        break;
      }
    }
    return gate.pass();
  }
}
