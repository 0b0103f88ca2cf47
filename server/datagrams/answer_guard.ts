import {
  type Datagram,
  type DatagramAddress,
  isOnThisMachine,
  sameDatagramAddress,
} from "../../protocol/transport/mod.ts";
import { OwnReplies } from "./own_replies.ts";
import { SourceRates } from "./source_rates.ts";

/** Why a datagram gets no answer; stable across versions. */
export type DatagramRefusal =
  | "not-admitted"
  | "no-return-address"
  | "self"
  | "own-port"
  | "answering-port"
  | "own-reply"
  | "rate"
  | "larger-than-asked";

/** Settings of {@linkcode AnswerGuard}. */
export interface AnswerRules {
  /**
   * Datagrams each second from one IPv4 address or IPv6 /64, on average. This machine is not counted.
   *
   * @default {1000}
   */
  readonly perSecond?: number;
  /**
   * Datagrams at once from one source.
   *
   * @default {2000}
   */
  readonly burst?: number;
  /**
   * How often in a row, with less than 1 s between, the very bytes of an answer may come back from who got them, and be
   * answered again. Behind that they are taken for the answers of another server.
   *
   * @default {8}
   */
  readonly maxReturns?: number;
  /** Whether a peer is served at all; everybody by default. */
  readonly admits?: (from: DatagramAddress) => boolean;
  /** Tells the time in ms. */
  readonly now?: () => number;
}

/**
 * Ports of services that answer whatever comes: echo, discard, systat, daytime, qotd, chargen, time, domain, tftp, ntp,
 * snmp, ldap, ssdp, mdns, memcached. A datagram "from" there is forged, or its answer would be answered (CVE-2024-2169).
 */
export const ANSWERING_PORTS: ReadonlySet<number> = new Set([
  ...[0, 7, 9, 11, 13, 17, 19, 37, 53, 69, 123, 161, 389, 1900, 5353, 11211],
]);

/** Decides who is answered, so that a server of datagrams cannot be turned against others or itself. */
export class AnswerGuard {
  readonly #local: DatagramAddress;
  readonly #admits: (from: DatagramAddress) => boolean;
  readonly #rates: SourceRates;
  readonly #replies: OwnReplies;

  /** Guards the place `local`. */
  constructor(local: DatagramAddress, rules: AnswerRules = {}) {
    const { perSecond = 1000, burst = 2000, maxReturns = 8 } = rules;
    const now = rules.now ?? (() => performance.now());
    this.#local = local;
    this.#admits = rules.admits ?? (() => true);
    this.#rates = new SourceRates(burst, perSecond, now);
    this.#replies = new OwnReplies(maxReturns, now);
  }

  /** Why nobody should think about an answer at all; null when one may. */
  refuse({ bytes, from }: Datagram): DatagramRefusal | null {
    if (from.scheme === "unixgram" && from.path === "") return "no-return-address";
    if (sameDatagramAddress(from, this.#local)) return "self";
    if (from.scheme === "udp") {
      if (this.#local.scheme === "udp" && from.port === this.#local.port) return "own-port";
      if (ANSWERING_PORTS.has(from.port)) return "answering-port";
    }
    if (!this.#admits(from)) return "not-admitted";
    if (
      from.scheme === "udp" && !isOnThisMachine(from) && !this.#rates.pass(from.hostname)
    ) return "rate";
    return this.refuseReturn(bytes, from);
  }

  /** Why a message from `from` gets no answer: it is our own reply to it, come back once too often. */
  refuseReturn(bytes: Uint8Array, from: DatagramAddress): DatagramRefusal | null {
    return this.#replies.isLoop(from, bytes) ? "own-reply" : null;
  }

  /**
   * Why this answer must not be sent; null when it may, and then it is remembered. It is never larger than what was
   * asked: the address may be forged, and its owner would get more than the forger sent. Peers on this machine cannot be
   * forged from outside.
   */
  refuseAnswer({ bytes, from }: Datagram, answer: Uint8Array): DatagramRefusal | null {
    if (answer.length > bytes.length && !isOnThisMachine(from)) return "larger-than-asked";
    this.#replies.said(from, answer);
    return null;
  }
}
