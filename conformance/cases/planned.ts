import type { Contract } from "../stimulus/contract.ts";
import type { Level } from "../stimulus/level.ts";
import { PayloadSource } from "../stimulus/payloads.ts";
import { RandomStream } from "../stimulus/random_stream.ts";
import type { ConformanceCase, Plan, Scene } from "./case.ts";
import { planFor } from "./plan_for.ts";

/** What would be played of one case. */
export interface PlannedCase {
  /** Section and number. */
  readonly id: string;
  /** What is done, in a few words. */
  readonly title: string;
  /** How binding it is. */
  readonly level: Level;
  /** How it is carried out, in a word; `nothing` for a case that does not apply. */
  readonly kind: string;
  /** How many deliveries it has, where they can be counted beforehand. */
  readonly deliveries: number;
  /** What they cover together, for cases that cover something countable. */
  readonly covers?: string;
  /** The verdict of a case that does not apply. */
  readonly verdict?: "INFO" | "UNSUPPORTED";
  /** Why it does not apply. */
  readonly why?: string;
}

/**
 * What a run would play, without playing anything: a pure function of the contract, the transport and the seed.
 *
 * @example
 * ```ts
 * import { framing } from "../../protocol/framing/mod.ts";
 * import { EXPECTATIONS } from "../stimulus/expectation.ts";
 * import { CASE_BOOK } from "./case_book.ts";
 * import { planned } from "./planned.ts";
 *
 * const contract = { framing: framing("u32be"), expectation: EXPECTATIONS.echo };
 * console.log(planned(contract, "tcp", CASE_BOOK).find(({ id }) => id === "1.1")?.deliveries); // 299
 * ```
 */
export function planned(
  contract: Contract,
  scheme: Scene["scheme"],
  cases: readonly ConformanceCase[],
  seed: number = 1,
): PlannedCase[] {
  return cases.map((one) => {
    const { id, title, level } = one;
    const plan = planFor(one, sceneOf(contract, scheme, id, seed));
    return { id, title, level, kind: plan.kind, ...countsOf(plan) };
  });
}

function sceneOf(
  contract: Contract,
  scheme: Scene["scheme"],
  id: string,
  seed: number,
): Scene {
  const random = (name: string) => new RandomStream(seed, `${id}/${name}`);
  const style = { letters: "binary", empty: true } as const;
  return {
    contract,
    scheme,
    random,
    payloads: (name = "payloads") => new PayloadSource(contract, random(name), style),
  };
}

function countsOf(plan: Plan): Pick<PlannedCase, "deliveries" | "covers" | "verdict" | "why"> {
  if (plan.kind === "nothing") return { deliveries: 0, verdict: plan.verdict, why: plan.why };
  if (plan.kind !== "deliveries") return { deliveries: 0 };
  const { deliveries: { count }, covers } = plan;
  return { deliveries: count, ...(covers === undefined ? {} : { covers }) };
}
