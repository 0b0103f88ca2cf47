import { UncarriableError } from "../stimulus/payloads.ts";
import { type ConformanceCase, type Plan, type Scene, unsupported } from "./case.ts";
import { lacking } from "./features.ts";

/** The plan of a case for one target: UNSUPPORTED, with the reason, where it has not what the case needs. */
export function planFor(one: ConformanceCase, scene: Scene): Plan {
  const why = lacking(scene, one.needs ?? []);
  if (why !== undefined) return unsupported(why);
  try {
    return one.plan(scene);
  } catch (error) {
    if (error instanceof UncarriableError) return unsupported(error.message);
    throw error;
  }
}
