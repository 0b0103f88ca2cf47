import { equals } from "@std/bytes/equals";
import type { Framing } from "../../protocol/framing/mod.ts";
import { showBytes } from "../judge/show_bytes.ts";
import { canCarry, type Contract, unlimitedEncoder } from "../stimulus/contract.ts";
import { EXPECTATIONS } from "../stimulus/expectation.ts";
import { AdapterError } from "./adapter_error.ts";
import { DECODER_LIMIT } from "./codec_settings.ts";
import { DecoderTarget, UnsupportedCodecError } from "./decoder_target.ts";
import { lacksEncoder, TELLING_PAYLOADS } from "./encodings.ts";

/** What an encoder and a decoder come to together. */
export interface InteropPair {
  /** Name of the adapter whose encoder it is. */
  readonly encoder: string;
  /** Name of the adapter whose decoder it is. */
  readonly decoder: string;
  /** Payloads that came through, of those that were tried. */
  readonly passed: number;
  /** Payloads that the framing can carry. */
  readonly total: number;
  /** What became of the first one that did not come through. */
  readonly detail?: string;
}

/** What an interoperation needs. */
export interface InteropOptions {
  /** How frames are marked. */
  readonly framing: Framing;
  /** What the adapters call the codec; by default the framing. */
  readonly codec?: string;
  /** The commands that start the adapters, as words. */
  readonly spawns: readonly (readonly string[])[];
  /** Most payload bytes of one frame. */
  readonly maxFrame?: number;
  /** How long an answer may take, in ms. */
  readonly deadlineMs: number;
  /**
   * How long an adapter may take until it answers for the first time, in ms.
   *
   * @default {10_000}
   */
  readonly startMs?: number;
}

/**
 * What each adapter encodes, every adapter has to decode: in one chunk, and byte by byte. Adapters that do not have the
 * codec are left out, and as encoders those that do not encode.
 *
 * @throws {TargetStartError} if an adapter does not start.
 */
export async function interoperate(options: InteropOptions): Promise<InteropPair[]> {
  const { framing, codec = framing.spec, maxFrame = DECODER_LIMIT, deadlineMs } = options;
  const { startMs = 10_000 } = options;
  const contract: Contract = { framing, expectation: EXPECTATIONS.echo, maxFrame };
  const encoder = unlimitedEncoder(contract), settings = { codec, maxFrame };
  const payloads = TELLING_PAYLOADS.filter((payload) => canCarry(contract, payload));
  await using stack = new AsyncDisposableStack();
  const targets: DecoderTarget[] = [];
  for (const spawn of options.spawns) {
    const target = await started({ spawn, settings, encoder, deadlineMs, startMs });
    if (target !== null) targets.push(stack.use(target));
  }
  const pairs: InteropPair[] = [];
  for (const from of targets) {
    if (await lacksEncoder(from) !== undefined) continue;
    for (const to of targets) {
      const failures: string[] = [];
      for (const payload of payloads) failures.push(...await failuresOf(payload, from, to));
      const [detail] = failures;
      pairs.push({
        encoder: from.hello.name,
        decoder: to.hello.name,
        passed: payloads.length - failures.length,
        total: payloads.length,
        ...(detail === undefined ? {} : { detail }),
      });
    }
  }
  return pairs;
}

async function started(
  options: Parameters<typeof DecoderTarget.start>[0],
): Promise<DecoderTarget | null> {
  try {
    return await DecoderTarget.start(options);
  } catch (error) {
    if (error instanceof UnsupportedCodecError) return null;
    throw error;
  }
}

/** What is wrong with one payload; nothing when it comes through. */
async function failuresOf(
  payload: Uint8Array,
  from: DecoderTarget,
  to: DecoderTarget,
): Promise<string[]> {
  try {
    const encoded = await from.encode(payload);
    if ("unsupported" in encoded) return [encoded.unsupported];
    if ("error" in encoded) return [`${showBytes(payload)}: not encoded, ${encoded.error}`];
    const { bytes } = encoded;
    const drip = Array.from(bytes, (_, i) => bytes.subarray(i, i + 1));
    for (const chunks of drip.length > DRIP ? [[bytes]] : [[bytes], drip]) {
      const { frames, error } = await to.decode(chunks);
      const [frame, ...more] = frames;
      const right = error === undefined && frame !== undefined && more.length === 0 &&
        equals(frame, payload);
      if (right) continue;
      const came = error ?? (frames.map(showBytes).join(", ") || "nothing");
      return [`${showBytes(payload)} in ${chunks.length} chunks: ${came} came`];
    }
    return [];
  } catch (error) {
    if (error instanceof AdapterError) return [error.message];
    throw error;
  }
}

/** Longest frame that is given byte by byte, in bytes. */
const DRIP = 1024;
