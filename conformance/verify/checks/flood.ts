import { bounded } from "../bounded.ts";
import type { Bench, Check } from "../check.ts";
import type { Verdict } from "../judge.ts";
import { settingsOf, type Subject } from "../subject.ts";

const CHUNK = 64;
const FEW = [0x00, 0x01, 0x0d, 0x20, 0x31, 0x61, 0x7b, 0x80, 0xff];

/** Law L4 without a frame in sight: one byte value over and over, far past the limit. */
export const FLOOD: Check = {
  name: "flood",
  about: "one byte value over and over, far past the limit",
  laws: ["L4"],
  unit: "floods",
  missing: (_, decoder) =>
    decoder.bufferedLength === undefined ? "needs bufferedLength()" : undefined,
  run({ subject }: Bench, ledger) {
    const most = settingsOf(subject).maxFrameLength + (subject.maxOverhead ?? 64);
    const length = 2 * most + 4096;
    // Decoders with room for long headers take long to flood: a few values must do.
    const values = length > 16_384 ? FEW : Array.from({ length: 256 }, (_, byte) => byte);
    for (const byte of values) {
      ledger.told(
        flood(subject, byte, length, most),
        () => `byte ${byte.toString(16).padStart(2, "0")} ${length} times, ${CHUNK} at a time`,
      );
    }
    return undefined;
  },
};

function flood(subject: Subject, byte: number, length: number, most: number): Verdict {
  const decoder = subject.create(settingsOf(subject));
  for (let fed = 0; fed < length; fed += CHUNK) {
    try {
      for (const _ of bounded(decoder.push(new Uint8Array(CHUNK).fill(byte)), length));
    } catch {
      break;
    }
    const kept = decoder.bufferedLength?.() ?? 0;
    if (kept <= most + CHUNK) continue;
    const text = `${kept} bytes are kept, ${most + CHUNK} are allowed`;
    return { judged: ["L4"], breach: { law: "L4", text } };
  }
  return { judged: ["L4"], breach: null };
}
