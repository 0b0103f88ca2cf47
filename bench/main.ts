/**
 * `deno task bench [ROUND_MS]`: frames per second, ours beside hand-written loops and @std, in one run.
 * @module
 */
import { benchDecoders } from "./decode.ts";

const roundMs = Number(Deno.args[0] ?? 150);
await benchDecoders(roundMs);
if (import.meta.resolve("@std/bytes").startsWith("file:")) {
  console.log(
    "lines beside @std: SKIPPED, JSR cannot be reached and a stand-in's speed says nothing",
  );
} else {
  const { benchLines } = await import("./std.ts");
  await benchLines(roundMs);
}
