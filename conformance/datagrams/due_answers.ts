import { equals } from "@std/bytes/equals";
import { type Fragment, FragmentError, parseFragment } from "../../protocol/framing/mod.ts";
import type { Expectation } from "../stimulus/expectation.ts";
import type { Delivery } from "../strategy/delivery.ts";
import { type DatagramFraming, sentOf } from "./volley.ts";

/** What a target of datagrams promises. */
export interface DatagramContract {
  /** How it finds messages. */
  readonly framing: DatagramFraming;
  /** What it does with them. */
  readonly expectation: Expectation;
  /** The longest message that it takes, in bytes, if it was told. */
  readonly maxFrame?: number;
  /** After how long it forgets an unfinished message, in ms, if that was told. */
  readonly expiryMs?: number;
}

/** An answer that is due, or at least right. */
export interface DueAnswer {
  /** To which of our sockets. */
  readonly socket: number;
  /** The message. */
  readonly answer: Uint8Array;
  /** Whether it must come; otherwise it may. */
  readonly must: boolean;
  /** What it answers: `datagram 2`, `the message of datagrams 1, 2 and 4`. */
  readonly to: string;
  /** Numbers of the datagrams that make it due, from 0. */
  readonly datagrams: readonly number[];
}

/**
 * The answers that are right for a volley; all others are wrong. Pure.
 *
 * Fragments: a message whose fragments all came, and nothing that contradicts them, is answered once, to who sent
 * them. Behind a contradiction it may be answered or dropped, but never with bytes of both; and never without all of
 * its fragments.
 */
export function dueAnswers(delivery: Delivery, contract: DatagramContract): DueAnswer[] {
  const { framing, expectation, maxFrame = Infinity } = contract;
  if (framing === "fragment") {
    return new FragmentOracle(contract, delivery.pace?.stallMs).of(delivery);
  }
  return sentOf(delivery).map(({ bytes, socket }, i) => ({
    socket,
    answer: expectation.answer(bytes),
    must: bytes.length <= maxFrame && bytes.length >= expectation.minPayload,
    to: `datagram ${i + 1}`,
    datagrams: [i],
  }));
}

/** A message of which some fragments came. */
interface Begun {
  /** The fragments that came, for each pair of totals that was claimed. */
  readonly claims: Map<string, Claim>;
  readonly startedMs: number;
  /** Whether something contradicted it, so that it may be dropped. */
  doubted: boolean;
  done: boolean;
}

/** Fragments that agree on how many there are, and of how many bytes. */
interface Claim {
  readonly count: number;
  readonly length: number;
  readonly parts: Map<number, Uint8Array>;
  readonly from: number[];
}

/** A time that is surely before, or surely behind, the end of a message: so much less or more than what was declared. */
const SURELY_BEFORE = 0.75, SURELY_BEHIND = 1.25;

/** Says what has to become of fragments. */
class FragmentOracle {
  readonly #contract: DatagramContract;
  readonly #stallMs: number;
  readonly #begun = new Map<string, Begun>();
  readonly #due: DueAnswer[] = [];

  constructor(contract: DatagramContract, stallMs = 0) {
    this.#contract = contract;
    this.#stallMs = stallMs;
  }

  of(delivery: Delivery): DueAnswer[] {
    sentOf(delivery).forEach(({ bytes, socket }, number) => {
      const nowMs = number * this.#stallMs;
      try {
        this.#take(parseFragment(bytes, ""), socket, number, nowMs);
      } catch (error) {
        if (!(error instanceof FragmentError)) throw error;
        this.#contradict(bytes, socket);
      }
    });
    return this.#due;
  }

  #take(fragment: Fragment, socket: number, number: number, nowMs: number): void {
    const { messageId, index, count, length, part } = fragment;
    const { maxFrame = Infinity, expiryMs = Infinity } = this.#contract;
    if (length > maxFrame) return;
    const begun = this.#begunAt(keyOf(socket, messageId), nowMs, expiryMs);
    // What is finished is remembered; what comes behind it is late.
    if (begun.done) return;
    if (nowMs - begun.startedMs > SURELY_BEFORE * expiryMs) begun.doubted = true;
    const totals = `${count} ${length}`;
    const claim: Claim = begun.claims.get(totals) ??
      { count, length, parts: new Map(), from: [] };
    begun.claims.set(totals, claim);
    if (begun.claims.size > 1) begun.doubted = true;
    const known = claim.parts.get(index);
    if (known !== undefined && !equals(known, part)) {
      // Nobody can say which one is right: neither, unless all of it comes anew.
      claim.parts.clear();
      claim.from.length = 0;
      begun.doubted = true;
      return;
    }
    if (known === undefined) claim.from.push(number);
    claim.parts.set(index, part);
    if (claim.parts.size === count) this.#finish(begun, claim, socket);
  }

  #begunAt(key: string, nowMs: number, expiryMs: number): Begun {
    const known = this.#begun.get(key);
    if (known !== undefined && nowMs - known.startedMs <= SURELY_BEHIND * expiryMs) return known;
    const begun = { claims: new Map(), startedMs: nowMs, doubted: false, done: false };
    this.#begun.set(key, begun);
    return begun;
  }

  #finish(begun: Begun, { count, length, parts, from }: Claim, socket: number): void {
    begun.done = true;
    const { expectation } = this.#contract;
    const message = new Uint8Array(length);
    const size = Math.ceil(length / count);
    for (const [index, part] of parts) message.set(part, index * size);
    this.#due.push({
      socket,
      answer: expectation.answer(message),
      must: !begun.doubted && message.length >= expectation.minPayload,
      to: `the message of ${namesOf(from)}`,
      datagrams: from,
    });
  }

  /** A datagram that is no fragment by itself: a target may drop the message it claims to belong to. */
  #contradict(bytes: Uint8Array, socket: number): void {
    if (bytes.length < 8) return;
    const messageId = new DataView(bytes.buffer, bytes.byteOffset).getBigUint64(0);
    const begun = this.#begun.get(keyOf(socket, messageId));
    if (begun !== undefined) begun.doubted = true;
  }
}

function keyOf(socket: number, messageId: bigint): string {
  return `${socket} ${messageId}`;
}

/** Most datagrams that are named one by one. */
const NAMED = 8;

/** `datagrams 1, 2 and 4`. */
export function namesOf(numbers: readonly number[]): string {
  const names = numbers.map((number) => String(number + 1));
  if (names.length > NAMED) return `${names.length} datagrams`;
  const last = names.pop() ?? "";
  return names.length === 0 ? `datagram ${last}` : `datagrams ${names.join(", ")} and ${last}`;
}
