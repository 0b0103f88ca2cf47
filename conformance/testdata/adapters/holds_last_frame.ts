// Wrong on purpose: the last frame of a chunk is given only when more comes. With the argument `first` only the first
// frame of a stream is held back so, and nothing is missing in the end.
import { type AdapterAsk, answerTo, serve } from "../../adapters/deno/adapter.ts";

const held = new Map<number, unknown[]>();

function answerLate(request: AdapterAsk): object {
  const answer = answerTo(request);
  if (request.do !== "push" || !("frames" in answer) || !Array.isArray(answer.frames)) {
    return answer;
  }
  const before = held.get(request.decoder);
  const frames: unknown[] = [...before ?? [], ...answer.frames];
  const gives = before !== undefined && Deno.args[0] === "first";
  if (!gives && (before !== undefined || frames.length > 0)) {
    held.set(request.decoder, frames.splice(-1)); // the bug
  } else if (gives) {
    held.set(request.decoder, []);
  }
  return { ...answer, frames };
}

if (import.meta.main) serve(answerLate);
