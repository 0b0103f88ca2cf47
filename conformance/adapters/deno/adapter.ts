/**
 * A sample adapter: all framings of Nonstick behind the contract of docs/ADAPTER.md. It needs no permissions:
 *
 * ```sh
 * nonstick-conformance decoder --spawn 'deno run conformance/adapters/deno/adapter.ts' --framing u32be
 * ```
 * @module
 */
import {
  type FrameBatch,
  type FrameDecoder,
  framing,
  FRAMING_FAMILIES,
  FramingError,
  FramingSpecError,
} from "../../../protocol/framing/mod.ts";
import { hexBytes, hexText } from "../../../protocol/framing/hex.ts";

/** What the harness asks; which fields there are depends on `do`. */
export interface AdapterAsk {
  do: string;
  decoder: number;
  codec: string;
  bytes: string;
  payload: string;
  maxFrame?: number;
  overLimit?: "close" | "skip";
}

/** A decoder, and what it dropped since the last answer. */
interface Open {
  decoder: FrameDecoder;
  reports: string[];
}

const decoders = new Map<number, Open>();
const bytesOf = (hex: string) => hexBytes(hex) ?? new Uint8Array(0);
const errorOf = ({ code, message, offset }: FramingError) => ({ code, message, offset });

/** What one step of a decoder gives: frames, and the error behind them. */
function outcome(id: number, step: (decoder: FrameDecoder) => FrameBatch | null) {
  const open = decoders.get(id);
  if (open === undefined) return { unsupported: `decoder ${id}` };
  const frames: string[] = [];
  let error: object | undefined;
  try {
    for (let batch = step(open.decoder); batch !== null; batch = open.decoder.next()) {
      for (const frame of batch) frames.push(hexText(frame));
    }
  } catch (thrown) {
    if (!(thrown instanceof FramingError)) throw thrown;
    error = errorOf(thrown);
  }
  return { frames, error, reports: open.reports.splice(0) };
}

function answer(request: AdapterAsk): object {
  const { decoder: id, codec, maxFrame: maxFrameLength, overLimit } = request;
  const limit = maxFrameLength === undefined ? {} : { maxFrameLength };
  switch (request.do) {
    case "hello": {
      const codecs = FRAMING_FAMILIES.map(({ name }) => name);
      const features = ["end", "encode", "limit", "overLimit", "reports"];
      return { version: 1, name: "nonstick", codecs, features };
    }
    case "open": {
      const reports: string[] = [];
      const onSkip = (error: FramingError) => reports.push(`${error.code} at ${error.offset}`);
      const options = { ...limit, ...(overLimit ? { overLimit } : {}), onSkip };
      decoders.set(id, { decoder: framing(codec).createDecoder(options), reports });
      return {};
    }
    case "push":
      return outcome(id, (decoder) => decoder.push(bytesOf(request.bytes)));
    case "end":
      return outcome(id, (decoder) => decoder.end());
    case "close":
      return { closed: decoders.delete(id) };
    case "encode":
      return {
        bytes: hexText(framing(codec).createEncoder(limit).encode(bytesOf(request.payload))),
      };
    default:
      return { unsupported: request.do };
  }
}

/** The answer to a request, or what cannot be done. */
export function answerTo(request: AdapterAsk): object {
  try {
    return answer(request);
  } catch (error) {
    if (error instanceof FramingSpecError) return { unsupported: error.message };
    if (error instanceof FramingError) return { error: errorOf(error) };
    throw error;
  }
}

/** Answers the requests on standard input until that ends. */
export function serve(answer: (request: AdapterAsk) => object): void {
  const messages = framing("u32be"), encoder = messages.createEncoder();
  const decoder = messages.createDecoder({ maxFrameLength: 2 ** 28 });
  const buffer = new Uint8Array(65_536);
  for (let count; (count = Deno.stdin.readSync(buffer)) !== null;) {
    for (let batch = decoder.push(buffer.subarray(0, count)); batch; batch = decoder.next()) {
      for (const message of batch) {
        const text = JSON.stringify(answer(JSON.parse(new TextDecoder().decode(message))));
        const wire = encoder.encode(new TextEncoder().encode(text));
        for (let at = 0; at < wire.length;) at += Deno.stdout.writeSync(wire.subarray(at));
      }
    }
  }
}

if (import.meta.main) serve(answerTo);
