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

/** Who has more than the least is shut out until all is served; penalties grow to the most, in ms. */
const LEAST_MS = 15_000, MOST_MS = 600_000;
/** Sources that are remembered; behind them the ones that have nothing to fear are forgotten first. */
const MOST_SOURCES = 65_536;

/** Addresses of which it is remembered what the rules say of them. */
const MOST_FACTS = 4096;

/** What the rules say of an address. */
interface Facts {
  /** Its source. */
  readonly key: string;
  readonly exempt: boolean;
  /** Why nobody from there is let in. */
  readonly refused: string | undefined;
}

interface Source {
  connections: number;
  /** When its penalties are served, in ms. */
  paidAt: number;
  /** Whether it is let in again only then. */
  shutOut: boolean;
}

/** A source of which nothing is remembered. */
const STRANGER: Readonly<Source> = { connections: 0, paidAt: -Infinity, shutOut: false };

/** Why somebody is not let in. */
export interface Refusal {
  /** In a word or two. */
  readonly refused: string;
}

/** Where peers are let in, in this thread or in another one. */
export interface Door {
  /** Lets a peer in, and counts it until {@linkcode Door.leave}; or says why not. */
  enter(remote: string): Refusal | null | Promise<Refusal | null>;
  /** A peer that was let in has gone. */
  leave(remote: string): void;
  /** A peer did something for which its source has to wait. */
  punish(remote: string, why: keyof typeof PENALTIES): void;
  /** What counts as one source: an IPv4 address, an IPv6 /64, or everybody who comes by a path or a pipe. */
  sourceOf(remote: string): string;
}

/** Counts who is in, and remembers who has misbehaved. */
export class Doorkeeper implements Door {
  #rules: DoorRules;
  readonly #now: () => number;
  readonly #sources = new Map<string, Source>();
  readonly #facts = new Map<string, Facts>();

  /** `now` tells ms. */
  constructor(rules: DoorRules, now: () => number = () => performance.now()) {
    this.#rules = rules;
    this.#now = now;
  }

  /** Lets in by other rules from now on; who is in stays, and penalties do. */
  changeRules(rules: DoorRules): void {
    this.#rules = rules;
    this.#facts.clear();
  }

  /** Sources that are remembered. */
  get size(): number {
    return this.#sources.size;
  }

  /**
   * Lets a peer in, and counts it until {@linkcode Doorkeeper.leave}; or says why not. `remote` is an endpoint; who comes by a
   * path or a pipe was let in by the system.
   */
  enter(remote: string): Refusal | null {
    const address = addressOf(remote);
    if (address === null) return null;
    const refusal = this.refusalOf(address);
    if (refusal !== null) return refusal;
    const { exempt, key } = this.#factsOf(address);
    if (!exempt) this.#source(key).connections++;
    return null;
  }

  /** Why nobody from an IP address would be let in now; null when one would. Nothing is counted. */
  refusalOf(address: string): Refusal | null {
    const { refused, exempt, key } = this.#factsOf(address);
    if (refused !== undefined) return { refused };
    if (exempt) return null;
    const { connections, paidAt, shutOut } = this.#sources.get(key) ?? STRANGER;
    if (shutOut && paidAt > this.#now()) return { refused: "penalty" };
    if (connections >= this.#rules.mostPerSource) return { refused: "too many connections" };
    return null;
  }

  /** A peer that was let in has gone. */
  leave(remote: string): void {
    const address = addressOf(remote), key = address === null ? "" : this.#factsOf(address).key;
    // Whether it was counted is up to the rules when it came.
    const source = this.#sources.get(key);
    if (source === undefined) return;
    source.connections = Math.max(0, source.connections - 1);
    if (source.connections === 0 && source.paidAt <= this.#now()) this.#sources.delete(key);
  }

  /** A peer did something for which its source has to wait. */
  punish(remote: string, why: keyof typeof PENALTIES): void {
    const facts = this.#guarded(remote);
    if (facts === null) return;
    const source = this.#source(facts.key), now = this.#now();
    if (source.paidAt <= now) source.shutOut = false;
    source.paidAt = Math.min(now + MOST_MS, Math.max(now, source.paidAt) + PENALTIES[why]);
    source.shutOut ||= source.paidAt - now > LEAST_MS;
  }

  /** What counts as one source: an IPv4 address, an IPv6 /64, or everybody who comes by a path or a pipe. */
  sourceOf(remote: string): string {
    const address = addressOf(remote);
    return address === null ? "" : this.#factsOf(address).key;
  }

  /** What is known of a peer that is counted and punished; null for others. */
  #guarded(remote: string): Facts | null {
    const address = addressOf(remote), facts = address === null ? null : this.#factsOf(address);
    return facts?.exempt ? null : facts;
  }

  /** Reading an address takes longer than all the rest, and who comes often comes from the same one. */
  #factsOf(address: string): Facts {
    const known = this.#facts.get(address);
    if (known !== undefined) return known;
    const { allow, deny, exempt } = this.#rules;
    const isIn = (networks: readonly Network[]) => networks.some((one) => one.contains(address));
    const refused = isIn(deny)
      ? "denied"
      : allow.length > 0 && !isIn(allow)
      ? "not allowed"
      : undefined;
    const facts = { key: sourceOf(address) ?? address, exempt: isIn(exempt), refused };
    if (this.#facts.size >= MOST_FACTS) this.#facts.clear();
    this.#facts.set(address, facts);
    return facts;
  }

  #source(key: string): Source {
    const known = this.#sources.get(key);
    if (known !== undefined) return known;
    if (this.#sources.size >= MOST_SOURCES) this.#forget();
    const source = { ...STRANGER };
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
