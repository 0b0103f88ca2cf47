/**
 * Makes a failing delivery small: fewer cuts, then fewer frames, then shorter payloads, as long as it still fails.
 * @module
 */
import { equals } from "@std/bytes/equals";
import { canCarry, type Contract } from "../stimulus/contract.ts";
import { framePart, type Part, Stimulus } from "../stimulus/stimulus.ts";
import type { Delivery } from "../strategy/delivery.ts";

/** How a delivery is made small. */
export interface ShrinkOptions {
  /** Tells whether a delivery still fails in the same way. */
  readonly stillFails: (delivery: Delivery) => Promise<boolean>;
  /** Tells whether there is time for another try; by default always. */
  readonly hasTime?: () => boolean;
  /** Restores what every delivery must have; by default nothing. */
  readonly normal?: (delivery: Delivery) => Delivery;
}

/**
 * The smallest delivery found that still fails. What comes back fails, or is the one that was given.
 *
 * @example
 * ```ts
 * import { framing } from "../../protocol/framing/mod.ts";
 * import { EXPECTATIONS } from "../stimulus/expectation.ts";
 * import { framePart, Stimulus } from "../stimulus/stimulus.ts";
 * import { deliver } from "../strategy/delivery.ts";
 * import { shrink } from "./shrink.ts";
 *
 * const contract = { framing: framing("u8"), expectation: EXPECTATIONS.echo };
 * const parts = ["abc", "de"].map((text) => framePart(contract, new TextEncoder().encode(text)));
 * const small = await shrink(contract, deliver(new Stimulus(contract, parts), [1, 2, 5]), {
 *   stillFails: (one) => Promise.resolve(one.cuts.length > 0),
 * });
 * console.log(small.stimulus.bytes, small.cuts); // 2 bytes, 1 cut
 * ```
 */
export async function shrink(
  contract: Contract,
  failing: Delivery,
  { stillFails, hasTime = () => true, normal = (one) => one }: ShrinkOptions,
): Promise<Delivery> {
  let best = failing;
  const steps = [fewerCuts, fewerWaits, fewerParts, shorterPayloads, plainerPayloads];
  const improve = async (step: typeof steps[number]) => {
    for (const candidate of step(contract, best)) {
      if (!hasTime()) return false;
      const smaller = normal(candidate);
      if (isSame(smaller, best) || !await stillFails(smaller)) continue;
      best = smaller;
      return true;
    }
    return false;
  };
  for (let before: Delivery | null = null; before !== best;) {
    before = best;
    for (const step of steps) while (await improve(step));
  }
  return best;
}

function isSame(a: Delivery, b: Delivery): boolean {
  return a.cuts.join() === b.cuts.join() && a.waits.join() === b.waits.join() &&
    equals(a.stimulus.bytes, b.stimulus.bytes);
}

/** Without all cuts, without half of them, …, without each single one. */
function* fewerCuts(_contract: Contract, delivery: Delivery): Generator<Delivery> {
  for (const cuts of withoutSome(delivery.cuts)) {
    const { length } = delivery.stimulus.bytes;
    const waits = delivery.waits.filter((at) => at === length || cuts.includes(at));
    yield { ...delivery, cuts, waits };
  }
}

function* fewerWaits(_contract: Contract, delivery: Delivery): Generator<Delivery> {
  for (const waits of withoutSome(delivery.waits)) yield { ...delivery, waits };
}

function* fewerParts(contract: Contract, delivery: Delivery): Generator<Delivery> {
  const pieces = takenApart(delivery);
  for (const some of withoutSome(pieces)) {
    if (some.length > 0) yield putTogether(contract, some, delivery);
  }
}

/** Each payload empty, half as long, one byte shorter. */
function* shorterPayloads(contract: Contract, delivery: Delivery): Generator<Delivery> {
  const least = Math.max(contract.framing.minPayload, contract.expectation.minPayload);
  yield* changedPayloads(contract, delivery, (payload) => {
    const lengths = [least, Math.floor(payload.length / 2), payload.length - 1];
    return [...new Set(lengths)].filter((length) => length >= least && length < payload.length)
      .map((length) => payload.slice(0, length));
  });
}

/** Each payload made of one letter. */
function* plainerPayloads(contract: Contract, delivery: Delivery): Generator<Delivery> {
  yield* changedPayloads(contract, delivery, (payload) => {
    const plain = new Uint8Array(payload.length).fill(0x61);
    return payload.every((byte) => byte === 0x61) ? [] : [plain];
  });
}

function* changedPayloads(
  contract: Contract,
  delivery: Delivery,
  change: (payload: Uint8Array) => Uint8Array[],
): Generator<Delivery> {
  const pieces = takenApart(delivery);
  for (const [at, { part }] of pieces.entries()) {
    if (part.kind !== "frame") continue;
    for (const payload of change(part.payload)) {
      if (!canCarry(contract, payload)) continue;
      const changed = pieces.with(at, fitted(pieces[at], framePart(contract, payload)));
      yield putTogether(contract, changed, delivery);
    }
  }
}

/** A part with the cuts and waits in it, counted from its first byte (0: at its edge). */
interface Piece {
  readonly part: Part;
  readonly cuts: readonly number[];
  readonly waits: readonly number[];
}

function takenApart({ stimulus, cuts, waits }: Delivery): Piece[] {
  let start = 0;
  return stimulus.parts.map((part) => {
    const from = start, to = start += part.wire.length;
    const within = (places: readonly number[]) =>
      places.filter((at) => at >= from && at < to).map((at) => at - from);
    return { part, cuts: within(cuts), waits: within(waits) };
  });
}

/** The piece with a shorter part in place of its own: cuts inside stay inside. */
function fitted(piece: Piece | undefined, part: Part): Piece {
  const most = Math.max(0, part.wire.length - 1);
  const moved = (places: readonly number[] = []) => places.map((at) => Math.min(at, most));
  return { part, cuts: moved(piece?.cuts), waits: moved(piece?.waits) };
}

function putTogether(contract: Contract, pieces: readonly Piece[], like: Delivery): Delivery {
  const stimulus = new Stimulus(contract, pieces.map(({ part }) => part));
  const { length } = stimulus.bytes;
  const cuts = new Set<number>(), waits = new Set<number>();
  let start = 0;
  for (const piece of pieces) {
    for (const at of piece.cuts) if (start + at > 0 && start + at < length) cuts.add(start + at);
    for (const at of piece.waits) if (cuts.has(start + at)) waits.add(start + at);
    start += piece.part.wire.length;
  }
  // What waited at the very end still does.
  if (like.waits.at(-1) === like.stimulus.bytes.length) waits.add(length);
  return { ...like, stimulus, cuts: [...cuts], waits: [...waits] };
}

/** The list without all its items, without each half, each quarter, …, each single one. */
function* withoutSome<T>(list: readonly T[]): Generator<T[]> {
  if (list.length === 0) return;
  for (let size = list.length;; size = Math.ceil(size / 2)) {
    for (let from = 0; from < list.length; from += size) {
      yield [...list.slice(0, from), ...list.slice(from + size)];
    }
    if (size === 1) return;
  }
}
