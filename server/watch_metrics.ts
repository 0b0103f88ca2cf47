import { addressFacts } from "../cli/address.ts";
import { UsageError } from "../cli/options.ts";
import { printable } from "../cli/printable.ts";
import { parseEndpoint } from "../protocol/transport/mod.ts";
import { serveMetrics } from "./metrics.ts";

/**
 * Opens the counters, which `text` tells, to this machine.
 *
 * @throws {UsageError} if `url` is a place that others can reach.
 */
export function watchMetrics(
  url: string | undefined,
  text: () => Promise<string>,
  stopping: AbortSignal,
): AsyncDisposable {
  const endpoint = parseEndpoint(url ?? "");
  const place = endpoint.scheme === "unix"
    ? endpoint
    : endpoint.scheme === "tcp" && addressFacts(endpoint.hostname)?.reach === "this machine"
    ? { ...endpoint, scheme: "tcp" as const }
    : null;
  if (place === null) {
    throw new UsageError(
      `Cannot use --metrics ${url}: it is for this machine only, such as tcp://127.0.0.1:9090 or unix:///PATH.`,
    );
  }
  const server = serveMetrics(place, text, stopping);
  const shown = server.endpoint.replace("tcp:", "http:");
  console.error(printable(`metrics ${shown}/metrics and /healthz`));
  return server;
}
