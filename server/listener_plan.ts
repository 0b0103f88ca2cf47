import { type Dialect, dialectOf, FRAGMENTS, NATIVE } from "../cli/dialect.ts";
import { nearest } from "../cli/nearest.ts";
import { UsageError } from "../cli/options.ts";
import { type Framing, FramingError } from "../protocol/framing/mod.ts";
import {
  type DatagramEndpoint,
  type Endpoint,
  EndpointError,
  parseAnyEndpoint,
} from "../protocol/transport/mod.ts";
import { datagramHandler } from "./datagrams/datagram_services.ts";
import type { DatagramHandler } from "./datagrams/serve_datagrams.ts";
import { framedDialect } from "./dialects/framed_dialect.ts";
import type { Limits } from "./dialects/limits.ts";
import { nativeDialect } from "./dialects/native_dialect.ts";
import { rawDialect } from "./dialects/raw_dialect.ts";
import { type Tutorial, TUTORIALS } from "./dialects/tutorials.ts";
import type { Grants } from "./grants.ts";
import type { ConnectionHandler } from "./serve.ts";
import { SERVICES } from "./services/mod.ts";
import type { Service } from "./services/service.ts";

/** What one `--listen` asks for. */
export interface ListenerPlan {
  /** Where to listen. */
  readonly endpoint: Endpoint;
  /** What is spoken there: `native`, or the name of a service. */
  readonly speak: string;
  /** How it is framed, null for raw and for nonstick/1. */
  readonly framing: Framing | null;
  /** Serves the connections. */
  readonly handler: ConnectionHandler;
  /** The arguments of `nonstick` that give an answer. */
  readonly hint: string;
}

/** What one `--listen` asks for, where datagrams are received. */
export interface DatagramPlan {
  /** Where to receive. */
  readonly endpoint: DatagramEndpoint;
  /** The name of a service. */
  readonly speak: string;
  /** Whether messages are cut into fragments; null when one datagram is one message. */
  readonly framing: typeof FRAGMENTS | null;
  /** The longest message that is put together, in bytes. */
  readonly maxMessageLength: number;
  /** Answers the datagrams. */
  readonly answer: DatagramHandler;
  /** The arguments of `nonstick` that give an answer. */
  readonly hint: string;
}

/** What one `--listen` asks for, streams or datagrams. */
export type Plan = ListenerPlan | DatagramPlan;

/** One `--listen` and what it asks for. */
export interface Asked {
  /** What it says. */
  readonly url: string;
  /** What that means. */
  readonly plan: Plan;
}

/** What is served by a listener that says a framing and nothing else. */
const DEFAULT_SERVICE = "echo";

/**
 * Reads a `--listen` URL.
 *
 * @throws {UsageError} if it cannot be listened on, or what it speaks is unknown or impossible.
 */
export function planListener(url: string, grants: Grants): Plan {
  const endpoint = readEndpoint(url);
  if (endpoint.scheme === "fd" && grants.exec !== undefined) {
    // The runtime cannot mark an open file as ours alone (FD_CLOEXEC): they could accept connections in our place.
    throw new UsageError(
      `Cannot listen on ${url} with --allow-exec: the programs would get the socket, too.`,
    );
  }
  const dialect = dialectOf(endpoint);
  if (endpoint.scheme === "udp" || endpoint.scheme === "unixgram") {
    const service = datagramServiceOf(url, dialect);
    const { name } = service, answer = datagramHandler(service);
    const framing = dialect.fragments ? FRAGMENTS : null;
    const maxMessageLength = grants.limits.maxFrameLength;
    return { endpoint, speak: name, framing, maxMessageLength, answer, hint: `${name} world` };
  }
  const { framing } = dialect;
  if (dialect.speak === NATIVE) {
    const hint = "echo" in grants.services ? "echo world" : "ping";
    return { endpoint, speak: NATIVE, framing, handler: nativeDialect(grants), hint };
  }
  const tutorial = tutorialOf(dialect.speak);
  if (tutorial !== undefined) {
    const { speak = "" } = dialect;
    if (framing !== null) {
      throw new UsageError(
        `Cannot listen on ${url}: ${speak} has a form of its own, without framing.`,
      );
    }
    const handler = tutorial.handler(speak, grants);
    return { endpoint, speak, framing, handler, hint: tutorial.hint(grants) };
  }
  const { limits } = grants;
  const service = serviceOf(url, dialect);
  const plan = { endpoint, speak: service.name, framing, hint: `${service.name} world` };
  if (framing === null) return { ...plan, handler: rawDialect(service, limits) };
  checkGreeting(url, service, framing, limits);
  return { ...plan, handler: framedDialect(service, framing, limits) };
}

function tutorialOf(speak: string | undefined): Tutorial | undefined {
  return speak !== undefined && Object.hasOwn(TUTORIALS, speak) ? TUTORIALS[speak] : undefined;
}

function readEndpoint(url: string): Exclude<Endpoint | DatagramEndpoint, { scheme: "memory" }> {
  try {
    const endpoint = parseAnyEndpoint(url);
    if (endpoint.scheme !== "memory") return endpoint;
    throw new UsageError(`Cannot listen on ${url}: nobody outside this program could connect.`);
  } catch (error) {
    if (error instanceof EndpointError) throw new UsageError(`${error.message}.`);
    throw error;
  }
}

function datagramServiceOf(url: string, dialect: Dialect): Service {
  if (tutorialOf(dialect.speak) === undefined) return serviceOf(url, dialect);
  const names = SERVICES.map(({ name }) => name).join(", ");
  throw new UsageError(
    `Cannot listen on ${url}: ${dialect.speak} needs a stream; datagrams carry ${names}.`,
  );
}

function serviceOf(url: string, { speak = DEFAULT_SERVICE }: Dialect): Service {
  const service = SERVICES.find(({ name }) => name === speak);
  if (service !== undefined) return service;
  const names = [NATIVE, ...SERVICES.map(({ name }) => name), ...Object.keys(TUTORIALS)];
  const near = nearest(speak, names);
  throw new UsageError(
    `Cannot listen on ${url}: there is no dialect ${JSON.stringify(speak)}; ` +
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
