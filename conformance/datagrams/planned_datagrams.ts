import type { PlannedCase } from "../cases/planned.ts";
import { RandomStream } from "../stimulus/random_stream.ts";
import type { DatagramCase } from "./datagram_cases.ts";
import type { DatagramPlan, DatagramScene } from "./datagram_plan.ts";

/** What a run against a server of datagrams would play, without playing anything. */
export function plannedDatagrams(
  cases: readonly DatagramCase[],
  scene: Omit<DatagramScene, "random">,
  seed: number,
): PlannedCase[] {
  return cases.map((one) => {
    const { id, title, level } = one;
    const random = (name: string) => new RandomStream(seed, `${id}/${name}`);
    const plan = one.plan({ ...scene, random });
    return { id, title, level, kind: plan.kind, ...countsOf(plan) };
  });
}

function countsOf(
  plan: DatagramPlan,
): Pick<PlannedCase, "deliveries" | "covers" | "verdict" | "why"> {
  switch (plan.kind) {
    case "nothing":
      return { deliveries: 0, verdict: plan.verdict, why: plan.why };
    case "volleys":
    case "memory": {
      const covers = plan.kind === "volleys" ? plan.covers : undefined;
      return { deliveries: plan.volleys.count, ...(covers === undefined ? {} : { covers }) };
    }
    case "false-expectation":
      return { deliveries: 1 };
    default:
      return { deliveries: 0 };
  }
}
