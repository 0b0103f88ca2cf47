import { broken, type Outcome } from "../campaign/outcome.ts";
import type { ConformanceCase } from "../cases/case.ts";
import { AdapterError, type AdapterFault } from "./adapter_error.ts";
import type { DecoderTarget } from "./decoder_target.ts";

/** What each fault of an adapter is called in verdicts. */
const CAUSE_OF = { ended: "CRASH", garbage: "CRASH", silent: "HANG" } as const satisfies Readonly<
  Record<AdapterFault, string>
>;

/** 0.4: asks for something that no adapter knows. */
export async function carryOutUnknownRequest(
  { level }: Pick<ConformanceCase, "level">,
  target: DecoderTarget,
): Promise<Outcome> {
  const deliveries = { played: 1, total: 1 };
  try {
    if (await target.askUnknown()) return { verdict: "PASS", detail: "", deliveries };
    const detail = "a request that nobody knows was not answered with `unsupported`";
    return broken(level, { cause: "PHANTOM", detail }, { deliveries });
  } catch (error) {
    if (!(error instanceof AdapterError)) throw error;
    const { fault, message: detail } = error;
    return broken(level, { cause: CAUSE_OF[fault], detail }, { deliveries });
  }
}
