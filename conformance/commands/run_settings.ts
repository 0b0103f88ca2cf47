/**
 * What a command line says about a run, as options of `runConformance`.
 * @module
 */
import { concat } from "@std/bytes/concat";
import { messageOf } from "../../cli/message_of.ts";
import { readNamedFile } from "../../cli/named_file.ts";
import { type OptionValues, UsageError } from "../../cli/options.ts";
import { hexBytes } from "../../protocol/framing/hex.ts";
import { parseScenario } from "../exchange/conversation.ts";
import { seamsOf } from "../exchange/stimuli.ts";
import { type KnownEntry, KnownListError, parseKnownList } from "../known/known_list.ts";
import { shellLine } from "../../cli/command_words.ts";
import type { GivenStream, RunOptions } from "../run_options.ts";
import type { RUN_OPTIONS } from "./options.ts";

/** What the options of `run` were set to. */
export type RunSettings = OptionValues<typeof RUN_OPTIONS>;

/** How long is waited when a debugger is attached, in ms: longer than anybody looks at a program. */
const FOREVER_MS = 24 * 3600_000;

/**
 * Reads the options of a run, and the files that they name.
 *
 * @throws {UsageError} if a file cannot be read, or options do not fit together.
 */
export async function runOptions(values: RunSettings): Promise<RunOptions> {
  const { framing, spawn, seed, shard, pairs, idle, expiry, mask } = values;
  const maxFrame = values["max-frame"], ca = values["tls-ca"], debug = values["debug-attach"];
  const stream = await givenStream(values);
  return {
    ...await expectation(values.expect),
    ...(framing === undefined ? {} : { framing }),
    cases: values.cases.flat(),
    exclude: values.exclude.flat(),
    budgetMs: debug ? FOREVER_MS : values.budget,
    timeoutMs: debug ? FOREVER_MS : values.timeout,
    strict: values.strict,
    edgeMethod: values["edge-method"],
    overLimit: values["over-limit"],
    atEof: values["at-eof"],
    halfClose: values["half-close"],
    known: await knownFailures(values),
    ...(mask.length > 0 ? { mask } : {}),
    ...(pairs === undefined ? {} : { pairs }),
    ...(idle === undefined ? {} : { idleMs: idle }),
    ...(expiry === undefined ? {} : { expiryMs: expiry }),
    ...(shard === undefined ? {} : { shard }),
    ...(maxFrame === undefined ? {} : { maxFrame }),
    ...(spawn === undefined ? {} : { spawn }),
    ...(seed === undefined ? {} : { seed }),
    ...(ca === undefined ? {} : { caCerts: [await readNamedFile("--tls-ca", ca)] }),
    ...(stream === undefined ? {} : { stream }),
  };
}

async function expectation(expect: string): Promise<Pick<RunOptions, "expect" | "scenario">> {
  if (expect.startsWith("scenario:")) {
    const text = await readNamedFile("--expect", expect.slice("scenario:".length));
    return { expect: "scenario", scenario: parseScenario(text) };
  }
  const found = EXPECTED.find((name) => name === expect);
  if (found !== undefined) return { expect: found };
  throw new UsageError(`Cannot use --expect ${expect}: it is not one of ${EXPECTED.join(", ")}.`);
}

/** What a target can be expected to answer, besides what a scenario says. */
const EXPECTED = ["echo", "upper", "hello", "none", "invariance", "output"] as const;

/**
 * The bytes of `--stream`, which are hex or those of a file. Several ones, with commas between them, are requests: each
 * is answered before the next one is sent.
 */
async function givenStream(values: RunSettings): Promise<GivenStream | undefined> {
  const { stream, cuts, end, sockets } = values;
  if (stream === undefined) return undefined;
  const requests: Uint8Array[] = [];
  for (const one of stream.split(",")) {
    requests.push(one === "" ? new Uint8Array(0) : hexBytes(one) ?? await streamFile(one));
  }
  const waits = values.waits ?? seamsOf(requests);
  return {
    bytes: concat(requests),
    end,
    ...(cuts ? { cuts } : {}),
    waits,
    ...(sockets ? { sockets } : {}),
  };
}

async function streamFile(path: string): Promise<Uint8Array> {
  try {
    return await Deno.readFile(path);
  } catch (error) {
    throw new UsageError(
      `Cannot use --stream ${path}: it is not bytes in hex, and no file (${messageOf(error)}).`,
    );
  }
}

/**
 * Reads the lists of known failures.
 *
 * @throws {UsageError} if one cannot be read.
 */
export async function knownFailures(
  values: Pick<RunSettings, "known-failing" | "known-flaky">,
): Promise<KnownEntry[]> {
  const entries: KnownEntry[] = [];
  for (const kind of ["failing", "flaky"] as const) {
    for (const file of values[`known-${kind}`]) {
      const text = await readNamedFile(`--known-${kind}`, file);
      try {
        entries.push(...parseKnownList(text, kind, file));
      } catch (error) {
        if (error instanceof KnownListError) throw new UsageError(`${error.message}.`);
        throw error;
      }
    }
  }
  return entries;
}

/**
 * The command line that does the same again, up to its cases, its seed, and what a replay adds. What is as by default
 * is left out.
 */
export function commandLine(command: string, target: string, values: RunSettings): string {
  const seconds = (ms: number | undefined) => ms === undefined ? undefined : ms / 1000;
  const unless = <Value>(usual: Value, value: Value) => value === usual ? undefined : value;
  const given: readonly (readonly [name: string, value: string | number | undefined])[] = [
    ["framing", values.framing],
    ["expect", unless("echo", values.expect)],
    ["max-frame", values["max-frame"]],
    ["over-limit", unless("any", values["over-limit"])],
    ["at-eof", unless("any", values["at-eof"])],
    ["half-close", unless("reply", values["half-close"])],
    ["pairs", values.pairs],
    ["idle", seconds(values.idle)],
    ["expiry", seconds(values.expiry)],
    ["timeout", seconds(unless(5000, values.timeout))],
    ...values.mask.map((mask) => ["mask", mask] as const),
    ["stream", values.expect === "invariance" ? values.stream : undefined],
    ["edge-method", unless("sock_diag", values["edge-method"])],
    ["spawn", values.spawn],
    ["tls-ca", values["tls-ca"]],
  ];
  const words = given.flatMap(([name, value]) =>
    value === undefined ? [] : [`--${name}`, String(value)]
  );
  if (values.strict) words.push("--strict");
  return shellLine(["nonstick-conformance", command, target, ...words]);
}
