import type { DatagramEndpoint } from "../../protocol/transport/mod.ts";
import { describeEnd, SpawnedProcess, type SpawnOptions } from "./spawned_process.ts";
import { type TargetEndpoint, TargetStartError } from "./target.ts";

/**
 * Starts the program of a target, with `{host}`, `{port}` and `{path}` of its endpoint filled in.
 *
 * @throws {TargetStartError} if there is no such program.
 */
export function spawnTarget(
  words: readonly string[],
  endpoint: TargetEndpoint | DatagramEndpoint,
  options: SpawnOptions = {},
): SpawnedProcess {
  const values = valuesOf(endpoint);
  const filled = words.map((word) =>
    word.replace(/\{(host|port|path)\}/g, (whole, name: string) => values[name] ?? whole)
  );
  try {
    return new SpawnedProcess(filled, options);
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    throw new TargetStartError(`Cannot start ${filled[0]}: ${why}`);
  }
}

/** The error of a program that runs, or ended, without doing what was waited for. */
export function notStarted(
  { end, stderrTail }: Pick<SpawnedProcess, "end" | "stderrTail">,
  { missed, deadlineMs, why = "" }: {
    /** What it did not do: "accept". */
    readonly missed: string;
    /** The time it had, in ms. */
    readonly deadlineMs: number;
    /** What was seen of that. */
    readonly why?: string;
  },
): TargetStartError {
  const how = end === undefined
    ? `does not ${missed} within ${deadlineMs} ms`
    : `ended (${describeEnd(end)}) and did not ${missed}`;
  const tail = stderrTail.trim();
  return new TargetStartError(
    `The target ${how}${why === "" ? "" : `: ${why}`}` +
      (tail === "" ? "" : `\nIts standard error ends with:\n${tail}`),
  );
}

function valuesOf(endpoint: TargetEndpoint | DatagramEndpoint): Readonly<Record<string, string>> {
  switch (endpoint.scheme) {
    case "stdio":
      return {};
    case "memory":
      return {};
    case "unix":
    case "unixgram":
      return { path: endpoint.path };
    default:
      return { host: endpoint.hostname, port: String(endpoint.port) };
  }
}
