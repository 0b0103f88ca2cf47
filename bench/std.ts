/** Lines per second, ours beside what the real @std offers: where it is fast enough, and where not. */
import { concat, indexOfNeedle } from "@std/bytes";
import { DelimiterStream } from "@std/streams/delimiter-stream";
import { FrameDecoderStream, framing } from "../protocol/framing/mod.ts";
import { chunksOf, frames } from "./decode.ts";
import { type Contender, measure, table } from "./measure.ts";

function lineContenders(): Contender[] {
  const { wire, count } = frames("line", 64, 2 ** 22);
  const chunks = chunksOf(wire, 65_536);
  const LF = Uint8Array.of(10);
  return [
    {
      name: "@std/streams DelimiterStream",
      units: count,
      async run() {
        let got = 0;
        for await (const line of ReadableStream.from(chunks).pipeThrough(new DelimiterStream(LF))) {
          if (line.length > 0) got++;
        }
        if (got !== count) throw new Error(`${got} lines of ${count}`);
      },
    },
    {
      name: "@std/bytes indexOfNeedle and concat, by hand",
      units: count,
      run() {
        let got = 0;
        let rest = new Uint8Array(0);
        for (const chunk of chunks) {
          const bytes = concat([rest, chunk]);
          let at = 0;
          for (let to = indexOfNeedle(bytes, LF); to >= 0; to = indexOfNeedle(bytes, LF, at)) {
            got++;
            at = to + 1;
          }
          rest = bytes.slice(at);
        }
        if (got !== count) throw new Error(`${got} lines of ${count}`);
      },
    },
    ...["line", "line?strip=cr", "delim:0d0a,0a"].map((spec) => ({
      name: `ours, ${spec}, batches`,
      units: count,
      run() {
        let got = 0;
        const decoder = framing(spec).createDecoder();
        for (const chunk of chunks) {
          for (let batch = decoder.push(chunk); batch !== null; batch = decoder.next()) {
            got += batch.count;
          }
        }
        if (got !== count) throw new Error(`${got} lines of ${count}`);
      },
    })),
    {
      name: "ours, line, TransformStream",
      units: count,
      async run() {
        let got = 0;
        for await (
          const _ of ReadableStream.from(chunks).pipeThrough(new FrameDecoderStream("line"))
        ) got++;
        if (got !== count) throw new Error(`${got} lines of ${count}`);
      },
    },
  ];
}

/** Prints the figures of lines. */
export async function benchLines(roundMs: number): Promise<void> {
  const figures = await measure(lineContenders(), 7, roundMs);
  console.log(table("lines of 64 B, 64 KiB chunks: lines", figures, "@std/streams"));
}
