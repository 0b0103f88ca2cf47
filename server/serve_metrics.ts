import { addressFacts } from "../cli/address.ts";
import { UsageError } from "../cli/options.ts";
import { printable } from "../cli/printable.ts";
import {
  type Endpoint,
  EndpointError,
  formatEndpoint,
  ListenError,
  parseEndpoint,
} from "../protocol/transport/mod.ts";
import { transportFailure } from "../protocol/transport/errors.ts";
import { removeStaleSocket } from "../protocol/transport/unix_socket.ts";

/** Where this machine alone is served. */
export type MetricsPlace = Endpoint & { readonly scheme: "tcp" | "unix" };

/**
 * Where the numbers of a server are to be had.
 *
 * @throws {UsageError} if `url` is no such place, or one that others can reach.
 */
export function metricsPlace(url: string): MetricsPlace {
  const endpoint = readEndpoint(url);
  const { scheme } = endpoint;
  if (scheme === "unix") return { ...endpoint, scheme };
  if (scheme === "tcp" && addressFacts(endpoint.hostname)?.reach === "this machine") {
    return { ...endpoint, scheme };
  }
  throw new UsageError(
    `Cannot use --metrics ${url}: it is for this machine only, such as tcp://127.0.0.1:9090 or unix:///PATH.`,
  );
}

function readEndpoint(url: string): Endpoint {
  try {
    return parseEndpoint(url);
  } catch (error) {
    if (error instanceof EndpointError) throw new UsageError(`--metrics: ${error.message}.`);
    throw error;
  }
}

/** What the numbers are served with. */
export interface MetricsService {
  /** File mode of a Unix socket. */
  readonly socketMode: number;
  /** All numbers, in the text format of Prometheus. */
  readonly text: () => Promise<string>;
  /** Aborted when the server takes no more connections. */
  readonly stopping: AbortSignal;
}

/**
 * Serves `/healthz` (200 while the server takes connections, 503 while it stops) and `/metrics`, until it is disposed of.
 *
 * @throws {ListenError} if the place cannot be listened on.
 */
export async function serveMetrics(
  place: MetricsPlace,
  service: MetricsService,
): Promise<AsyncDisposable> {
  const text = formatEndpoint(place);
  try {
    const server = place.scheme === "unix"
      ? await openSocket(place.path, text, service)
      : Deno.serve({ hostname: place.hostname, port: place.port, ...QUIET }, handlerOf(service));
    const { addr } = server;
    const shown = place.scheme === "tcp" && addr.transport === "tcp"
      ? formatEndpoint({ ...place, port: addr.port }).replace("tcp:", "http:")
      : text;
    console.error(printable(`metrics ${shown}/metrics and /healthz`));
    return { [Symbol.asyncDispose]: () => server.shutdown() };
  } catch (error) {
    if (error instanceof ListenError) throw error;
    const { reason, problem } = transportFailure(error);
    throw new ListenError(text, reason, problem, { cause: error });
  }
}

const QUIET = { onListen: () => {} };

async function openSocket(
  path: string,
  text: string,
  service: MetricsService,
): Promise<Deno.HttpServer> {
  await removeStaleSocket(path, text);
  const server = Deno.serve({ path, ...QUIET }, handlerOf(service));
  // The runtime has no mode option; the file starts with what the umask leaves.
  if (Deno.build.os !== "windows") await Deno.chmod(path, service.socketMode);
  return server;
}

function handlerOf({ text, stopping }: MetricsService): (request: Request) => Promise<Response> {
  return async ({ method, url }) => {
    const { pathname } = new URL(url);
    if (method !== "GET" && method !== "HEAD") return answer(405, "GET only\n");
    if (pathname === "/healthz") {
      return stopping.aborted ? answer(503, "stopping\n") : answer(200, "ok\n");
    }
    if (pathname === "/metrics") return answer(200, await text());
    return answer(404, "There are /healthz and /metrics\n");
  };
}

function answer(status: number, text: string): Response {
  return new Response(text, { status, headers: { "content-type": "text/plain; version=0.0.4" } });
}
