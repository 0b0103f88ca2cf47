import { type Network, networkOf, sourceOf } from "../cli/address.ts";

/** Whom a server lets in. */
export interface DoorRules {
  /** Only these networks; everybody when it is empty. */
  readonly allow: readonly Network[];
  /** Not these; they win over `allow`. */
  readonly deny: readonly Network[];
  /** Most connections at once from one IPv4 address or IPv6 /64. */
  readonly mostPerSource: number;
  /** Networks that are neither counted nor punished: this machine, or a proxy that speaks for many. */
  readonly exempt: readonly Network[];
}

/** Whom caps and penalties leave alone when nothing is said: who is on this machine may do worse to it. */
export const THIS_MACHINE: readonly Network[] = ["127.0.0.0/8", "::1"].flatMap((text) =>
  networkOf(text) ?? []
);

/** What a source is made to wait for what it did, in ms (sshd_config(5), PerSourcePenalties). */
export const PENALTIES = {
  /** A wrong token. */
  auth: 5_000,
  /** Bytes that are no protocol of ours, or break it. */
  protocol: 1_000,
  /** A connection that said nothing in time. */
  silence: 1_000,
  /** One that began something and went on too slowly, or took what it had asked for too slowly. */
  slowness: 1_000,
} as const;

/** Penalties hurt from here on, and grow to here, in ms. */
const LEAST_MS = 15_000, MOST_MS = 600_000;
/** Sources that are remembered; behind them the ones that have nothing to fear are forgotten first. */
const MOST_SOURCES = 65_536;

interface Source {
  connections: number;
  /** When its penalties are served, in ms. */
  paidAt: number;
}

/** Counts who is in, and remembers who has misbehaved. */
export class Doorkeeper {
  readonly #rules: DoorRules;
  readonly #now: () => number;
  readonly #sources = new Map<string, Source>();

  /** `now` tells ms. */
  constructor(rules: DoorRules, now: () => number = () => performance.now()) {
    this.#rules = rules;
    this.#now = now;
  }

  /** Sources that are remembered. */
  get size(): number {
    return this.#sources.size;
  }

  /**
   * Lets a peer in, and counts it until {@linkcode Doorkeeper.leave}; or says why not. `remote` is an endpoint; who comes by a
   * path or a pipe was let in by the system.
   */
  enter(remote: string): { readonly refused: string } | null {
    const address = addressOf(remote);
    if (address === null) return null;
    const { allow, deny, mostPerSource } = this.#rules;
    if (deny.some((network) => network.contains(address))) return { refused: "denied" };
    if (allow.length > 0 && !allow.some((network) => network.contains(address))) {
      return { refused: "not allowed" };
    }
    if (this.#isExempt(address)) return null;
    const source = this.#source(address);
    if (source.paidAt - this.#now() > LEAST_MS) return { refused: "penalty" };
    if (source.connections >= mostPerSource) return { refused: "too many connections" };
    source.connections++;
    return null;
  }

  /** A peer that was let in has gone. */
  leave(remote: string): void {
    const address = addressOf(remote);
    if (address === null || this.#isExempt(address)) return;
    const key = sourceOf(address) ?? address, source = this.#sources.get(key);
    if (source === undefined) return;
    source.connections--;
    if (source.connections <= 0 && source.paidAt <= this.#now()) this.#sources.delete(key);
  }

  /** A peer did something for which its source has to wait. */
  punish(remote: string, why: keyof typeof PENALTIES): void {
    const address = addressOf(remote);
    if (address === null || this.#isExempt(address)) return;
    const source = this.#source(address), now = this.#now();
    source.paidAt = Math.min(now + MOST_MS, Math.max(now, source.paidAt) + PENALTIES[why]);
  }

  #isExempt(address: string): boolean {
    return this.#rules.exempt.some((network) => network.contains(address));
  }

  #source(address: string): Source {
    const key = sourceOf(address) ?? address;
    const known = this.#sources.get(key);
    if (known !== undefined) return known;
    if (this.#sources.size >= MOST_SOURCES) this.#forget();
    const source = { connections: 0, paidAt: -Infinity };
    this.#sources.set(key, source);
    return source;
  }

  /** Makes room: those without connections and penalties first, then those whose penalty ends soonest. */
  #forget(): void {
    const idle = [...this.#sources].filter(([, { connections }]) => connections === 0)
      .sort(([, a], [, b]) => a.paidAt - b.paidAt);
    for (const [key] of idle.slice(0, MOST_SOURCES / 8)) this.#sources.delete(key);
  }
}

/** The address of an endpoint; null when it has none. */
export function addressOf(remote: string): string | null {
  return /^\w+:\/\/(?:\[(.+)\]|([^/:]+)):\d+$/.exec(remote)?.slice(1).find((part) => part) ?? null;
}
