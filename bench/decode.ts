/** Frames per second of the ways to take frames, beside hand-written loops. */
import { decodeFrames, FrameDecoderStream, framing } from "../protocol/framing/mod.ts";
import { HandTunedOffsets } from "./hand_tuned.ts";
import { type Contender, measure, table } from "./measure.ts";

const ROUNDS = 7;

/** Keeps results alive, so that the engine cannot leave the work out. */
let sink = 0;

/** As many frames of `size` payload bytes as fit `bytes`. */
export function frames(
  spec: string,
  size: number,
  bytes: number,
): { wire: Uint8Array; count: number } {
  const frame = framing(spec).createEncoder().encode(new Uint8Array(size).fill(97));
  const count = Math.max(1, Math.floor(bytes / frame.length));
  const wire = new Uint8Array(count * frame.length);
  for (let i = 0; i < count; i++) wire.set(frame, i * frame.length);
  return { wire, count };
}

/** `wire` in chunks of `size` bytes. */
export function chunksOf(wire: Uint8Array, size: number): Uint8Array[] {
  const chunks: Uint8Array[] = [];
  for (let at = 0; at < wire.length; at += size) chunks.push(wire.subarray(at, at + size));
  return chunks;
}

function contenders(size: number, chunkSize: number): Contender[] {
  const { wire, count } = frames("u32be", size, chunkSize === 1 ? 2 ** 18 : 2 ** 22);
  const chunks = chunksOf(wire, chunkSize);
  const u32be = framing("u32be");
  const expect = (got: number) => {
    if (got !== count) throw new Error(`${got} frames of ${count}`);
  };
  return [
    {
      name: "hand-tuned, offsets",
      units: count,
      run() {
        let got = 0;
        const decoder = new HandTunedOffsets((_, start, end) => {
          sink += end - start;
          got++;
        });
        for (const chunk of chunks) decoder.push(chunk);
        expect(got);
      },
    },
    {
      name: "ours, batches",
      units: count,
      run() {
        let got = 0;
        const decoder = u32be.createDecoder();
        for (const chunk of chunks) {
          for (let batch = decoder.push(chunk); batch !== null; batch = decoder.next()) {
            const { bounds, count } = batch;
            for (let i = 0; i < 2 * count; i += 2) {
              sink += (bounds[i + 1] as number) - (bounds[i] as number);
            }
            got += count;
          }
        }
        expect(got);
      },
    },
    {
      name: "hand-tuned, one Uint8Array a frame",
      units: count,
      run() {
        let got = 0;
        const decoder = new HandTunedOffsets((buffer, start, end) => {
          sink += buffer.subarray(start, end).length;
          got++;
        });
        for (const chunk of chunks) decoder.push(chunk);
        expect(got);
      },
    },
    {
      name: "ours, one Uint8Array a frame (batch.view)",
      units: count,
      run() {
        let got = 0;
        const decoder = u32be.createDecoder();
        for (const chunk of chunks) {
          for (let batch = decoder.push(chunk); batch !== null; batch = decoder.next()) {
            for (let i = 0; i < batch.count; i++) sink += batch.view(i).length;
            got += batch.count;
          }
        }
        expect(got);
      },
    },
    {
      name: "ours, one Uint8Array a frame (for … of batch)",
      units: count,
      run() {
        let got = 0;
        const decoder = u32be.createDecoder();
        for (const chunk of chunks) {
          for (let batch = decoder.push(chunk); batch !== null; batch = decoder.next()) {
            for (const payload of batch) {
              sink += payload.length;
              got++;
            }
          }
        }
        expect(got);
      },
    },
    ...(["view", "copy"] as const).map((ownership) => ({
      name: `ours, decodeFrames, ${ownership}`,
      units: count,
      run() {
        let got = 0;
        const decoder = u32be.createDecoder();
        for (const chunk of chunks) {
          for (const payload of decodeFrames(decoder, chunk, ownership)) {
            sink += payload.length;
            got++;
          }
        }
        expect(got);
      },
    })),
    {
      name: "ours, TransformStream, views",
      units: count,
      async run() {
        let got = 0;
        const stream = ReadableStream.from(chunks)
          .pipeThrough(new FrameDecoderStream("u32be", { ownership: "view" }));
        for await (const payload of stream) {
          sink += payload.length;
          got++;
        }
        expect(got);
      },
    },
  ];
}

/** Prints all decoder figures. */
export async function benchDecoders(roundMs: number): Promise<void> {
  for (const [chunkSize, chunks] of [[65_536, "64 KiB chunks"], [1, "1-byte chunks"]] as const) {
    for (const size of [16, 64, 4096]) {
      const figures = await measure(contenders(size, chunkSize), ROUNDS, roundMs);
      console.log(
        table(`u32be, ${size} B payloads, ${chunks}: frames`, figures, "hand-tuned, offsets"),
      );
    }
  }
  if (sink === 0) throw new Error("Nothing was decoded");
}
