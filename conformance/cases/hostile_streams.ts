/**
 * Deliveries of bytes that must be refused, between good frames, for the cases of several sections.
 * @module
 */
import { type Damage, damaged } from "../stimulus/damage.ts";
import { oversizedFrame } from "../stimulus/claims.ts";
import { type Part, Stimulus } from "../stimulus/stimulus.ts";
import type { Cuts } from "../strategy/cut_plan.ts";
import { these } from "../strategy/deliveries.ts";
import { deliver, type Delivery } from "../strategy/delivery.ts";
import { type Plan, type Scene, unsupported } from "./case.ts";

type Bad = Part & { kind: "bad" };

/** Most bytes of a bad part that come one by one. */
const DRIPPED = 48;

/** The stream uncut, cut at three places from `from` to `to`, and byte by byte between them. */
export function inPieces(stimulus: Stimulus, from: number, to: number): Delivery[] {
  const inner = Array.from({ length: Math.max(0, to - from) }, (_, i) => from + i)
    .filter((at) => at > 0 && at < stimulus.bytes.length);
  const some = [0, 0.5, 1].map((part) => inner[Math.floor(part * (inner.length - 1))] ?? 0);
  const lists: Cuts[] = [...new Set(some)].filter((at) => at > 0).map((at) => [at]);
  if (inner.length > 1) lists.push(inner.slice(0, DRIPPED));
  return [deliver(stimulus), ...lists.map((cuts) => deliver(stimulus, cuts))];
}

/** Each of the bad parts between two good frames, uncut and in pieces: what is done must not depend on the cuts. */
export function amongGood(scene: Scene, bads: readonly Bad[]): Delivery[] {
  const source = scene.payloads();
  return bads.flatMap((bad) => {
    const first = source.frame(4);
    const stimulus = new Stimulus(scene.contract, [first, bad, source.frame(6)]);
    const start = first.wire.length;
    return inPieces(stimulus, start + 1, start + bad.wire.length);
  });
}

/** A plan of these bad parts between good frames; UNSUPPORTED when there are none. */
export function refusals(scene: Scene, bads: readonly Bad[], otherwise: string): Plan {
  if (bads.length === 0) return unsupported(otherwise);
  return { kind: "deliveries", deliveries: these(amongGood(scene, bads)) };
}

/** The shortest over-long delivery: does the target close, or skip and go on? */
export function overLimitPolicy(scene: Scene): Delivery | undefined {
  const source = scene.payloads("policy");
  const bad = oversizedFrame(scene.contract, source);
  return bad && deliver(new Stimulus(scene.contract, [bad, source.frame(4)]));
}

/**
 * Damaged streams, uncut and cut at the given place in them. All answers that are due are awaited, then the stream
 * ends, so that a target that waits for the rest of a frame does not have to be waited for.
 */
export function damagedDeliveries(
  scene: Scene,
  damages: readonly (Damage & { readonly cut?: number })[],
): Delivery[] {
  return damages.flatMap((damage) => {
    const stimulus = damaged(scene.contract, damage);
    if (stimulus === undefined || stimulus.bytes.length === 0) return [];
    const { length } = stimulus.bytes;
    const more = { waits: [length], end: "fin" } as const;
    const { cut = 0 } = damage;
    const cuts = cut > 0 && cut < length ? [deliver(stimulus, [cut], more)] : [];
    return [deliver(stimulus, [], more), ...cuts];
  });
}
