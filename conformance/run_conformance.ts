import type { RunResult } from "./campaign/result.ts";
import { runClientOutput } from "./client_output/run_client_output.ts";
import { runDatagramClient } from "./datagram_clients/run_datagram_client.ts";
import { isDatagramTarget, runDatagrams } from "./datagrams/run_datagrams.ts";
import { runDecoder } from "./decoder/run_decoder.ts";
import { runExchange } from "./exchange/run_exchange.ts";
import { runFrames } from "./run_frames.ts";
import { ConformanceUsageError, type RunOptions } from "./run_options.ts";

/**
 * Runs the case book against a server.
 *
 * @example
 * ```ts ignore
 * import { runConformance } from "@nonstick/nonstick/conformance";
 * import { assertEquals } from "@std/assert";
 *
 * Deno.test("my server survives every chunking", async () => {
 *   const result = await runConformance("tcp://127.0.0.1:0", {
 *     framing: "u32be",
 *     expect: "echo",
 *     spawn: "python3 server.py {port}",
 *   });
 *   assertEquals(result.cases.filter((one) => one.verdict === "FAIL"), []);
 * });
 * ```
 *
 * @param target where it listens: `tcp://HOST:PORT`, `tls://HOST:PORT` or `unix:///PATH`, for datagrams
 * `udp://HOST:PORT` or `unixgram:///PATH`; with `spawn`, port 0 takes a free port.
 * @throws {ConformanceUsageError} if the options do not fit together or no case matches.
 * @throws {EndpointError} if the target cannot be read.
 * @throws {FramingSpecError} if the framing cannot be used.
 * @throws {TargetStartError} if the target does not start or is not there.
 * @throws {HarnessFaultError} if the harness itself is at fault.
 */
export async function runConformance(target: string, options: RunOptions): Promise<RunResult> {
  const { expect } = options;
  if (isDatagramTarget(target)) {
    return options.side === "client"
      ? await runDatagramClient(target, options)
      : await runDatagrams(target, options);
  }
  if (options.stream?.bytes.length === 0) throw new ConformanceUsageError("The stream is empty");
  if (expect === "invariance" || expect === "scenario") {
    return await runExchange(target, { ...options, expect });
  }
  if (options.side === "decoder") return await runDecoder(options);
  if (expect === "output") return await runClientOutput(target, options);
  return await runFrames(target, { ...options, expect });
}
