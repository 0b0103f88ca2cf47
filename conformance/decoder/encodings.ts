import { equals } from "@std/bytes/equals";
import { FramingError, MAX_FRAME_LENGTH_CEILING } from "../../protocol/framing/mod.ts";
import { broken, type Outcome } from "../campaign/outcome.ts";
import type { Stage } from "../campaign/stage.ts";
import type { ConformanceCase } from "../cases/case.ts";
import { showBytes } from "../judge/show_bytes.ts";
import type { Finding } from "../judge/verdict.ts";
import { canCarry, type Contract } from "../stimulus/contract.ts";
import { AdapterError } from "./adapter_error.ts";
import type { DecoderTarget } from "./decoder_target.ts";

const TEXTS = ["", "a", "hello", "5:hello,", "grüße 😀", "a\nb", "\r\n", "x".repeat(127)];

/** Payloads that tell encoders apart: empty, lengths around those of headers, delimiters, characters of several bytes. */
export const TELLING_PAYLOADS: readonly Uint8Array[] = [
  ...TEXTS.map((text) => new TextEncoder().encode(text)),
  ...[128, 253, 254, 255, 256, 16_384].map((length) => new Uint8Array(length).fill(0x61)),
  Uint8Array.from({ length: 256 }, (_, i) => i),
];

/**
 * 11.5 for codecs: what the adapter encodes is read by our own, strict decoder, and must be the payload again. What the
 * framing cannot carry must be refused.
 */
export async function carryOutEncodings(
  { level }: Pick<ConformanceCase, "level">,
  target: DecoderTarget,
  { contract }: Pick<Stage, "contract">,
): Promise<Outcome> {
  const deliveries = { played: 0, total: TELLING_PAYLOADS.length };
  const lacks = await lacksEncoder(target);
  if (lacks !== undefined) return { verdict: "UNSUPPORTED", detail: lacks };
  for (const payload of TELLING_PAYLOADS) {
    deliveries.played++;
    const finding = await encodedBadly(payload, target, contract);
    if (finding !== null) return broken(level, finding, { deliveries });
  }
  return { verdict: "PASS", detail: "", deliveries };
}

/** Why the adapter cannot encode with this codec at all; undefined when it can. */
export async function lacksEncoder(target: DecoderTarget): Promise<string | undefined> {
  if (!target.hello.features.has("encode")) return "the adapter does not do `encode`";
  try {
    const encoded = await target.encode(new Uint8Array(0));
    return "unsupported" in encoded ? encoded.unsupported : undefined;
  } catch (error) {
    // What it did instead is told with the first payload.
    if (error instanceof AdapterError) return undefined;
    throw error;
  }
}

async function encodedBadly(
  payload: Uint8Array,
  target: DecoderTarget,
  contract: Contract,
): Promise<Finding | null> {
  const what = `encoding ${showBytes(payload)}`;
  try {
    const encoded = await target.encode(payload);
    const possible = canCarry(contract, payload);
    if (!("bytes" in encoded)) {
      const why = "error" in encoded ? encoded.error : encoded.unsupported;
      return possible ? { cause: "LOST", detail: `${what} gave an error: ${why}` } : null;
    }
    const shown = `${what} gave ${showBytes(encoded.bytes)}`;
    const [read, ...more] = readStrictly(encoded.bytes, contract);
    if (read !== undefined && more.length === 0 && equals(read, payload)) return null;
    return { cause: "CORRUPT", detail: `${shown}, which is another frame or none` };
  } catch (error) {
    if (!(error instanceof AdapterError)) throw error;
    return { cause: error.fault === "silent" ? "HANG" : "CRASH", detail: error.message };
  }
}

/** The payloads that our own decoder finds; none at all when something is wrong with the bytes. */
export function readStrictly(bytes: Uint8Array, { framing }: Contract): Uint8Array[] {
  const decoder = framing.createDecoder({ maxFrameLength: MAX_FRAME_LENGTH_CEILING });
  const payloads: Uint8Array[] = [];
  try {
    for (const step of [() => decoder.push(bytes), () => decoder.end()]) {
      for (let batch = step(); batch !== null; batch = decoder.next()) {
        for (let i = 0; i < batch.count; i++) payloads.push(batch.copy(i));
      }
    }
    return payloads;
  } catch (error) {
    if (error instanceof FramingError) return [];
    throw error;
  }
}
