import { type Dialect, dialectOf } from "../cli/dialect.ts";
import { nearest } from "../cli/nearest.ts";
import { UsageError } from "../cli/options.ts";
import { type Framing, FramingError } from "../protocol/framing/mod.ts";
import { type Endpoint, EndpointError, parseEndpoint } from "../protocol/transport/mod.ts";
import { framedDialect } from "./dialects/framed_dialect.ts";
import type { Limits } from "./dialects/limits.ts";
import { rawDialect } from "./dialects/raw_dialect.ts";
import type { ConnectionHandler } from "./serve.ts";
import { SERVICES } from "./services/mod.ts";
import type { Service } from "./services/service.ts";

/** What one `--listen` asks for. */
export interface ListenerPlan {
  /** Where to listen. */
  readonly endpoint: Endpoint;
  /** What is done there. */
  readonly service: Service;
  /** How it is framed, null for raw. */
  readonly framing: Framing | null;
  /** Serves the connections. */
  readonly handler: ConnectionHandler;
}

/** What is served by a listener that does not say it. */
const DEFAULT_SERVICE = "echo";

/**
 * Reads a `--listen` URL.
 *
 * @throws {UsageError} if it cannot be listened on, or what it speaks is unknown or impossible.
 */
export function planListener(url: string, limits: Limits): ListenerPlan {
  const endpoint = readEndpoint(url);
  const dialect = dialectOf(endpoint);
  const service = serviceOf(url, dialect);
  const { framing } = dialect;
  if (framing === null) {
    return { endpoint, service, framing, handler: rawDialect(service, limits) };
  }
  checkGreeting(url, service, framing, limits);
  return { endpoint, service, framing, handler: framedDialect(service, framing, limits) };
}

function readEndpoint(url: string): Endpoint {
  try {
    const endpoint = parseEndpoint(url);
    if (endpoint.scheme !== "memory") return endpoint;
    throw new UsageError(`Cannot listen on ${url}: nobody outside this program could connect.`);
  } catch (error) {
    if (error instanceof EndpointError) throw new UsageError(`${error.message}.`);
    throw error;
  }
}

function serviceOf(url: string, { speak = DEFAULT_SERVICE }: Dialect): Service {
  const service = SERVICES.find(({ name }) => name === speak);
  if (service !== undefined) return service;
  const names = SERVICES.map(({ name }) => name);
  const near = nearest(speak, names);
  throw new UsageError(
    `Cannot listen on ${url}: there is no service ${JSON.stringify(speak)}; ` +
      (near ? `did you mean ${near}?` : `there are ${names.join(", ")}.`),
  );
}

/** Better no listener than one that breaks every conversation with its first words. */
function checkGreeting(url: string, service: Service, framing: Framing, limits: Limits): void {
  if (service.greeting === undefined) return;
  try {
    framing.createEncoder(limits).encodedLength(service.greeting);
  } catch (error) {
    if (!(error instanceof FramingError)) throw error;
    throw new UsageError(
      `Cannot listen on ${url}: ${framing.spec} cannot carry what ${service.name} says ` +
        `(${error.message}). Choose another framing.`,
    );
  }
}
