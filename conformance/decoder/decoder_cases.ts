import type { ConformanceCase } from "../cases/case.ts";
import { unsupported } from "../cases/case.ts";
import type { Cuts } from "../strategy/cut_plan.ts";
import { these } from "../strategy/deliveries.ts";
import { deliver } from "../strategy/delivery.ts";
import type { AdapterFeature } from "./answers.ts";

/** Cases that are about connections or servers; a decoder has none and is none. */
const CONNECTIONS = /^(8\.[3-9]|9|11\.[1-4]|11\.6|13)(\.|$)/;
/** Cases in which the end of the stream is the point. */
const ENDS: readonly string[] = ["2.6", "4.8", "6.4", "8.1", "8.2"];
/** Bytes of the stream into which empty chunks are put. */
const LENGTH = 60;

/** Why a case does not apply to a decoder behind an adapter with these features; undefined when it does. */
function inapplicable(id: string, features: ReadonlySet<AdapterFeature>): string | undefined {
  if (CONNECTIONS.test(id)) return "it is about connections; this is a decoder";
  if (ENDS.includes(id) && !features.has("end")) return "the adapter does not do `end`";
  return undefined;
}

/**
 * A case of the book as a decoder behind an adapter gets it. Some that nobody else can be given are possible there,
 * others make no sense.
 */
export function decoderCase(
  one: ConformanceCase,
  features: ReadonlySet<AdapterFeature>,
): ConformanceCase {
  const why = inapplicable(one.id, features);
  if (why !== undefined) return { ...one, needs: [], plan: () => unsupported(why) };
  return one.id === EMPTY_CHUNKS.id ? { ...one, plan: EMPTY_CHUNKS.plan } : one;
}

/**
 * 1.9: at each place alone, and everywhere in a drip. A place that stands there twice is an empty chunk; the one at the
 * start is behind the last byte of the stream before.
 */
const EMPTY_CHUNKS: Pick<ConformanceCase, "id" | "plan"> = {
  id: "1.9",
  plan(scene) {
    const stimulus = scene.payloads().stream(LENGTH, 12);
    const { length } = stimulus.bytes;
    const places = Array.from({ length: length - 1 }, (_, i) => i + 1);
    const lists: Cuts[] = [
      [0],
      ...places.map((at) => [at, at]),
      [0, ...places.flatMap((at) => [at, at])],
    ];
    return {
      kind: "deliveries",
      packed: true,
      covers: `an empty chunk at each place of ${length} bytes`,
      deliveries: these(lists.map((cuts) => deliver(stimulus, cuts))),
    };
  },
};
