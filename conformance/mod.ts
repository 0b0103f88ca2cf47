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
 * @example Test a server, each case a step
 * ```ts ignore
 * import { conformance } from "@nonstick/nonstick/conformance";
 *
 * Deno.test("my server survives every chunking", async (t) => {
 *   await conformance(t, "tcp://127.0.0.1:0", { framing: "u32be", expect: "echo", spawn: "python3 server.py {port}" });
 * });
 * ```
 * @module
 */
export * from "./verify/mod.ts";
export { conformance, ConformanceError, type TestSteps } from "./test_steps.ts";
export { runConformance } from "./run_conformance.ts";
export { type ExchangeOptions, runExchange } from "./exchange/run_exchange.ts";
export { parseScenario } from "./exchange/conversation.ts";
export {
  type Json,
  type Scenario,
  type ScenarioBytes,
  ScenarioError,
  type ScenarioExpect,
  type ScenarioPayload,
  type ScenarioSend,
  type ScenarioStep,
} from "./exchange/scenario.ts";
export {
  ConformanceUsageError,
  type GivenStream,
  type RunOptions,
  type RunStart,
} from "./run_options.ts";
export { type KnownEntry, KnownListError, parseKnownList } from "./known/known_list.ts";
export type { Shard } from "./shard/shard.ts";
export type { CoveredSet, CutFrame } from "./strategy/covered_set.ts";
export type { CaseResult, CertificateLine, Counterexample, RunResult } from "./campaign/result.ts";
export { HarnessFaultError } from "./campaign/harness_fault_error.ts";
export { TargetStartError } from "./player/target.ts";
export type { Level } from "./cases/case.ts";
export type { Cause, Verdict } from "./judge/verdict.ts";
export type { EdgeMethod } from "./edge/edge_probe.ts";
export type { HistoryScope } from "./history/history.ts";
export type { EndEvent } from "./strategy/delivery.ts";
export type { ExpectationName } from "./stimulus/expectation.ts";
export type { AtEofPolicy, HalfClosePolicy, OverLimitPolicy } from "./stimulus/contract.ts";
export {
  type DirectionStats,
  type ProxiedConnection,
  type Proxy,
  type ProxyOptions,
  type ProxyStats,
  startProxy,
} from "./proxy/proxy.ts";
export {
  type DatagramProxy,
  type DatagramProxyOptions,
  type DatagramProxyStats,
  startDatagramProxy,
} from "./proxy/datagram_proxy.ts";
export type { LaneCounts } from "./proxy/datagram_lane.ts";
export type { FlowEnd, FlowReport } from "./proxy/flow.ts";
export type { RelayLimits, RelayReport } from "./proxy/relay.ts";
export {
  type ProxyAbout,
  type ProxyRecord,
  readProxyRecord,
  type RecordedConnection,
  type RecordedStep,
} from "./proxy/record.ts";
export type { Direction } from "./proxy/parse_chunking.ts";
export { type ReplayedConnection, type ReplayOptions, replayProxyRecord } from "./proxy/replay.ts";
