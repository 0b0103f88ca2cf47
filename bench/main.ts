/**
 * `deno task bench [ROUND_MS]`: frames per second, ours beside hand-written loops and @std, in one run; then which
 * share of the edges between two writes a reader sees, with sleeps and with our proof (`edge_truth.ts`, alone as well).
 * `deno task bench files`: files, beside rsync, scp and nc (`files.ts`).
 * `deno task bench memory`: peak memory of a short and a long stream (`memory.ts`).
 * `deno task bench datagrams [ROUND_MS]`: echo over UDP, beside Python, Node and a bare loop (`datagrams.ts`).
 * `deno task bench hostile [COUNT]`: a million datagrams through the hostile network, all accounted for (`hostile.ts`).
 * `deno task bench workers`: framed echo, one worker of the server beside two (`workers.ts`).
 * @module
 */
import { benchDatagrams } from "./datagrams.ts";
import { benchDecoders } from "./decode.ts";
import { benchEdges } from "./edge_truth.ts";
import { benchFiles } from "./files.ts";
import { benchHostile } from "./hostile.ts";
import { benchMemory } from "./memory.ts";
import { benchWorkers } from "./workers.ts";

const [what, ...args] = Deno.args;
if (what === "datagrams") await benchDatagrams(args);
else if (what === "hostile") await benchHostile(args);
else if (what === "files") await benchFiles(args);
else if (what === "memory") await benchMemory(args);
else if (what === "workers") await benchWorkers(args);
else await benchFrames(Number(what ?? 150));

async function benchFrames(roundMs: number): Promise<void> {
  await benchDecoders(roundMs);
  if (import.meta.resolve("@std/bytes").startsWith("file:")) {
    console.log(
      "lines beside @std: SKIPPED, JSR cannot be reached and a stand-in's speed says nothing",
    );
  } else {
    const { benchLines } = await import("./std.ts");
    await benchLines(roundMs);
  }
  await benchEdges();
}
