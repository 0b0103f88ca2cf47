/**
 * Does a server, or a decoder, receive every frame cleanly, however its bytes are cut?
 *
 * {@linkcode runConformance} plays the case book to a server in any language over TCP, TLS or Unix sockets and has the
 * kernel prove that every chunk was read on its own. {@linkcode verifyDecoder} proves a decoder in process under all
 * chunkings.
 *
 * @example Prove a decoder
 * ```ts
 * import { verifyDecoder } from "@nonstick/nonstick/conformance";
 *
 * console.log(verifyDecoder("u32be", { checks: ["closure"] }).ok); // true
 * ```
 *
 * @example Test a server
 * ```ts ignore
 * import { runConformance } from "@nonstick/nonstick/conformance";
 * import { assertEquals } from "@std/assert";
 *
 * Deno.test("my server survives every chunking", async () => {
 *   const { cases } = await runConformance("tcp://127.0.0.1:0", {
 *     framing: "u32be",
 *     expect: "echo",
 *     spawn: "python3 server.py {port}",
 *   });
 *   assertEquals(cases.filter(({ verdict }) => verdict === "FAIL"), []);
 * });
 * ```
 * @module
 */
export * from "./verify/mod.ts";
export { runConformance } from "./run_conformance.ts";
export { ConformanceUsageError, type GivenStream, type RunOptions } from "./run_options.ts";
export type { CaseResult, CertificateLine, Counterexample, RunResult } from "./campaign/result.ts";
export { HarnessFaultError } from "./campaign/campaign.ts";
export { TargetStartError } from "./player/target.ts";
export type { Level } from "./cases/case.ts";
export type { Cause, Verdict } from "./judge/verdict.ts";
export type { EdgeMethod } from "./edge/edge_probe.ts";
export type { EndEvent } from "./strategy/delivery.ts";
export type { ExpectationName } from "./stimulus/expectation.ts";
