import { hexText } from "../../../protocol/framing/hex.ts";
import { bounded } from "../bounded.ts";
import type { Bench, Check } from "../check.ts";
import { settingsOf } from "../subject.ts";

/** A limit under which 1 GiB is a legal claim: 2 GiB less 64 KiB. */
const LIMIT = 2 ** 31 - 65_536;
/** What may be held for a claim with ten bytes behind it. */
const MOST = 65_536;

/** Law L4 against a header that claims a gigabyte and then is silent. */
export const CLAIM: Check = {
  name: "claim",
  about: "a frame of up to 1 GiB is announced under a limit of 2 GiB, ten bytes come, then silence",
  laws: ["L4"],
  unit: "claims",
  missing(subject, decoder) {
    if (subject.claim === undefined) return "no length is announced";
    return decoder.allocatedLength === undefined ? "needs allocatedLength()" : undefined;
  },
  run({ subject }: Bench, ledger) {
    const decoder = subject.create(settingsOf(subject, { maxFrameLength: LIMIT }));
    const claim = subject.claim ?? new Uint8Array(0);
    let held = 0;
    for (const chunk of [claim, new Uint8Array(10)]) {
      try {
        for (const _ of bounded(decoder.push(chunk), chunk.length));
      } catch {
        // A decoder with a lower limit of its own refuses the claim, which is fine.
      }
      held = Math.max(held, decoder.allocatedLength?.() ?? 0);
    }
    const text = `${held} bytes are allocated, less than ${MOST} are allowed`;
    ledger.told(
      { judged: ["L4"], breach: held < MOST ? null : { law: "L4", text } },
      () => `--stream ${hexText(claim)} --max-frame ${LIMIT}`,
    );
    return undefined;
  },
};
