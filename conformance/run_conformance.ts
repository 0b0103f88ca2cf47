import { framing } from "../protocol/framing/mod.ts";
import { EndpointError, parseEndpoint } from "../protocol/transport/mod.ts";
import { VERSION } from "../cli/version.ts";
import { Campaign } from "./campaign/campaign.ts";
import { LearntPatience } from "./campaign/patience.ts";
import { type CaseResult, conclude, type RunResult } from "./campaign/result.ts";
import { Stage } from "./campaign/stage.ts";
import type { ConformanceCase } from "./cases/case.ts";
import { CLOSING, findCase, OPENING, selectCases } from "./cases/case_book.ts";
import { givenStream, PlacesError } from "./cases/given_stream.ts";
import { openEdgeProbe } from "./edge/edge_probe.ts";
import { runClientOutput } from "./client_output/run_client_output.ts";
import { runDecoder } from "./decoder/run_decoder.ts";
import { isDatagramTarget, runDatagrams } from "./datagrams/run_datagrams.ts";
import { runExchange } from "./exchange/run_exchange.ts";
import { History, HISTORY_FORMAT } from "./history/history.ts";
import { withKnown } from "./known/known_list.ts";
import { commandWords } from "../cli/command_words.ts";
import { startTarget } from "./player/start_target.ts";
import type { TargetEndpoint } from "./player/target.ts";
import type { Contract } from "./stimulus/contract.ts";
import { ConformanceUsageError, type GivenStream, type RunOptions } from "./run_options.ts";
import { EXPECTATIONS } from "./stimulus/expectation.ts";
import { PayloadSource, type PayloadStyle, UncarriableError } from "./stimulus/payloads.ts";
import { RandomStream } from "./stimulus/random_stream.ts";
import type { Stimulus } from "./stimulus/stimulus.ts";

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
  if (isDatagramTarget(target)) return await runDatagrams(target, options);
  if (options.stream?.bytes.length === 0) throw new ConformanceUsageError("The stream is empty");
  if (expect === "invariance" || expect === "scenario") {
    return await runExchange(target, { ...options, expect });
  }
  if (options.side === "decoder") return await runDecoder(options);
  if (expect === "output") return await runClientOutput(target, options);
  if (options.framing === undefined) {
    throw new ConformanceUsageError("A framing is missing, such as --framing u32be");
  }
  const contract: Contract = {
    framing: framing(options.framing),
    expectation: EXPECTATIONS[expect],
    ...(options.maxFrame === undefined ? {} : { maxFrame: options.maxFrame }),
    ...(options.overLimit === undefined ? {} : { overLimit: options.overLimit }),
    ...(options.atEof === undefined ? {} : { atEof: options.atEof }),
    ...(options.halfClose === undefined ? {} : { halfClose: options.halfClose }),
  };
  const endpoint = targetEndpoint(target, options);
  const asked = askedCases(contract, options);
  const seed = options.seed ?? crypto.getRandomValues(new Uint32Array(1))[0] ?? 1;
  const plain = plainFrame(contract, seed);
  await using running = await startTarget({
    endpoint,
    ...(options.spawn === undefined ? {} : { spawn: spawnWords(options.spawn) }),
    ...(options.caCerts === undefined ? {} : { caCerts: options.caCerts }),
    ...(options.side === undefined ? {} : { side: options.side }),
    ...(options.certificate === undefined ? {} : { certificate: options.certificate }),
    ...(options.onWaiting === undefined ? {} : { onWaiting: options.onWaiting }),
    startTimeoutMs: options.startTimeoutMs ??
      (options.side === "client" && options.spawn === undefined ? 60_000 : 10_000),
  });
  const cases = new Set([...OPENING, ...asked.map(({ id }) => id), ...CLOSING]).size;
  options.onStart?.({ seed, target: running.name, cases });
  using probe = openEdgeProbe({ method: options.edgeMethod ?? "sock_diag" });
  const started = performance.now();
  const now = () => performance.now() - started;
  const history = new History(options.onHistory, options.historyOf);
  const head = {
    version: VERSION,
    seed,
    target: running.name,
    framing: contract.framing.spec,
    expect: options.expect,
    ...(options.maxFrame === undefined ? {} : { maxFrame: options.maxFrame }),
    ...(options.shard === undefined ? {} : { shard: options.shard }),
    ...(options.command === undefined ? {} : { command: options.command }),
    startedAt: new Date().toISOString(),
  };
  const ids = asked.map(({ id }) => id), known = options.known ?? [];
  history.append({
    event: "run",
    atMs: 0,
    format: HISTORY_FORMAT,
    about: {
      ...head,
      endpoint: target,
      asked: ids,
      known,
      ...(running.pid === undefined ? {} : { pid: running.pid }),
      ...(options.spawn === undefined ? {} : { spawn: options.spawn }),
      ...(options.overLimit === undefined ? {} : { overLimit: options.overLimit }),
      ...(options.atEof === undefined ? {} : { atEof: options.atEof }),
      ...(options.halfClose === undefined ? {} : { halfClose: options.halfClose }),
    },
  });
  const { signal } = options;
  const stage = new Stage({
    target: running,
    contract,
    probe,
    history,
    plain,
    now,
    ...(signal ? { signal } : {}),
  });
  const campaign = new Campaign(stage, new LearntPatience(options.timeoutMs ?? 5000), {
    seed,
    strict: options.strict ?? false,
    budgetMs: options.budgetMs ?? 60_000,
    shrinkMs: options.shrinkMs ?? 2000,
    scheme: endpoint.scheme,
    ...(options.pairs === undefined ? {} : { pairs: options.pairs }),
    ...(options.idleMs === undefined ? {} : { idleMs: options.idleMs }),
    ...(options.shard === undefined ? {} : { shard: options.shard }),
  });
  const results: CaseResult[] = [];
  for (const one of withControls(asked)) {
    const result = withKnown(await campaign.run(one), known);
    history.append({ event: "verdict", atMs: now(), result });
    results.push(result);
    options.onCase?.(result);
  }
  const conclusion = conclude(results, ids, known);
  const { stderrTail } = running;
  const end = {
    edge: stage.edge,
    certificate: results.flatMap(({ certificate }) => certificate ?? []),
    ...conclusion,
    ...(conclusion.verdict === "FAIL" && stderrTail !== "" ? { stderrTail } : {}),
  };
  const ms = now();
  history.append({ event: "end", atMs: ms, ...end });
  return { ...head, ...end, cases: results, ms };
}

/** Where the target is met, if it can be met there. */
export function targetEndpoint(
  target: string,
  { spawn, side, certificate }: Pick<RunOptions, "spawn" | "side" | "certificate">,
): TargetEndpoint {
  const endpoint = parseEndpoint(target);
  const { scheme } = endpoint;
  if (scheme === "memory" || scheme === "quic" || scheme === "fd") {
    throw new EndpointError(target, "scheme", "a target is at tcp://, tls://, unix: or stdio:");
  }
  if (side === "client") {
    if (endpoint.scheme === "stdio") {
      throw new EndpointError(target, "scheme", "a client dials tcp://, tls:// or unix:");
    }
    if (endpoint.scheme === "tls" && certificate === undefined) {
      throw new ConformanceUsageError("A client over TLS must be shown --tls-cert and --tls-key");
    }
    return endpoint;
  }
  if (endpoint.scheme === "stdio") {
    if (spawn !== undefined) return endpoint;
    throw new ConformanceUsageError("A target over stdio: needs --spawn, which says what to start");
  }
  if (endpoint.scheme !== "unix" && endpoint.port === 0 && spawn === undefined) {
    throw new ConformanceUsageError(
      "Port 0 needs --spawn, so that the target can be told which port was chosen",
    );
  }
  return endpoint;
}

/** The cases that the options ask for; at least one. */
export function askedCases(contract: Contract, options: RunOptions): ConformanceCase[] {
  const { cases = [], exclude = [], stream } = options;
  const selected = stream === undefined ? selectCases(cases, exclude) : [given(contract, stream)];
  if (selected.length === 0) {
    throw new ConformanceUsageError(
      `No case matches ${cases.join(",") || "*"}${
        exclude.length === 0 ? "" : ` without ${exclude.join(",")}`
      }; see \`list\``,
    );
  }
  return selected;
}

/** The opening, what was asked for, the closing. */
export function withControls(asked: readonly ConformanceCase[]): ConformanceCase[] {
  const named = (ids: readonly string[]) => ids.flatMap((id) => findCase(id) ?? []);
  const controls = [...OPENING, ...CLOSING];
  return [
    ...named(OPENING),
    ...asked.filter(({ id }) => !controls.includes(id)),
    ...named(CLOSING),
  ];
}

/** The stream that a user gives, as a case. */
function given(contract: Contract, stream: GivenStream): ConformanceCase {
  try {
    return givenStream(contract, stream);
  } catch (error) {
    if (error instanceof PlacesError) throw new ConformanceUsageError(error.message);
    throw error;
  }
}

/** The words of the command, split once before anything is started, so that a typing error is told as one. */
function spawnWords(command: string): string[] {
  try {
    return commandWords(command);
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    throw new ConformanceUsageError(`Cannot use --spawn ${command}: ${error.message}`);
  }
}

/** One frame that every target answers which is alive. */
export function plainFrame(contract: Contract, seed: number): Stimulus {
  try {
    const style: PayloadStyle = { letters: "text", empty: false };
    return new PayloadSource(contract, new RandomStream(seed, "plain"), style).frames([7]);
  } catch (error) {
    if (error instanceof UncarriableError) throw new ConformanceUsageError(error.message);
    throw error;
  }
}
