import { DEFAULT_ENDPOINT, withDialect } from "../cli/dialect.ts";
import { parseOptions, UsageError } from "../cli/options.ts";
import { printable } from "../cli/printable.ts";
import { VERSION } from "../cli/version.ts";
import {
  type Endpoint,
  formatEndpoint,
  ListenError,
  parseEndpoint,
} from "../protocol/transport/mod.ts";
import { ConnectionSlots } from "./connection_slots.ts";
import type { Limits } from "./dialects/limits.ts";
import { type ListenerPlan, planListener } from "./listener_plan.ts";
import { Log } from "./log.ts";
import { HELP, OPTIONS, type ServerSettings } from "./options.ts";
import { serve } from "./serve.ts";
import { DEFAULT_DRAIN_TIMEOUT_MS, type Server } from "./server.ts";
import { untilSignal } from "./signals.ts";

const OK = 0, CANNOT_SERVE = 1, USAGE = 2;

/** Runs `nonstick-server` with its arguments to the end, and resolves to the exit code. */
export async function runServer(args: readonly string[]): Promise<number> {
  try {
    const { values, words } = parseOptions(OPTIONS, args);
    if (values.help) return say(HELP.trimEnd());
    if (values.version) return say(`nonstick-server ${VERSION}`);
    if (words.length > 0) {
      throw new UsageError(
        `There is no argument ${words[0]}; listeners are given by --listen URL.`,
      );
    }
    return await serveAll(values);
  } catch (error) {
    if (error instanceof UsageError) {
      return complain(`${error.message} See nonstick-server --help.`, USAGE);
    }
    if (error instanceof ListenError || error instanceof UnreadableFileError) {
      return complain(`${error.message}.`, CANNOT_SERVE);
    }
    throw error;
  }
}

async function serveAll(settings: ServerSettings): Promise<number> {
  const limits = limitsOf(settings);
  const urls = settings.listen.length > 0 ? settings.listen : [DEFAULT_ENDPOINT];
  const plans = urls.map((url) => planListener(url, limits));
  const tls = await readTls(settings, plans);
  const log = new Log(settings.log);
  const slots = new ConnectionSlots(settings["max-connections"]);
  const servers: Server[] = [];
  try {
    for (const plan of plans) {
      const server = await serve(plan.handler, {
        listen: plan.endpoint,
        ...(tls && plan.endpoint.scheme === "tls" ? { tls } : {}),
        maxConnections: slots,
        error: (error, connection, { endpoint }) =>
          log.failure(error, { listener: endpoint, peer: connection?.remote ?? "" }),
      });
      servers.push(server);
    }
  } catch (error) {
    await Promise.all(servers.map((server) => server.shutdown({ timeoutMs: 0 })));
    throw error;
  }
  plans.forEach((plan, i) => announce(servers[i] as Server, plan));
  return await untilEnd(servers, log);
}

/** Waits for a signal or for the end of all listeners, and lets connections end. */
async function untilEnd(servers: readonly Server[], log: Log): Promise<number> {
  const ended = Promise.all(servers.map(({ finished }) => finished));
  const signal = await untilSignal(ended);
  if (signal !== null) {
    const connections = servers.reduce((sum, { connectionCount }) => sum + connectionCount, 0);
    log.add("info", "draining", { signal, connections, ms: DEFAULT_DRAIN_TIMEOUT_MS });
    const closed = await Promise.all(servers.map((server) => server.shutdown()));
    log.add("info", "stopped", { closed: closed.reduce((sum, count) => sum + count, 0) });
  }
  return OK;
}

function limitsOf(settings: ServerSettings): Limits {
  return {
    maxFrameLength: settings["max-frame"],
    handshakeTimeoutMs: settings["handshake-timeout"],
    idleTimeoutMs: settings["idle-timeout"],
    frameTimeoutMs: settings["frame-timeout"],
    writeTimeoutMs: settings["frame-timeout"],
  };
}

/** Prints where it listens: on stdout for programs, on stderr how a person gets an answer. */
function announce(server: Server, { endpoint, service, framing }: ListenerPlan): void {
  const url = withDialect(placeOf(server, endpoint), service.name, framing);
  if (endpoint.scheme === "stdio") {
    // Stdout belongs to the conversation.
    console.error(`listening ${url}`);
    return;
  }
  console.log(`listening ${url}`);
  const trust = endpoint.scheme === "tls" ? " --tls-ca CERT.pem" : "";
  console.error(`Try: nonstick --to '${url}'${trust} ${service.name} world`);
}

/** Where it can be reached: a certificate is made for a name, so TLS keeps the one that was given. */
function placeOf(server: Server, asked: Endpoint): string {
  const bound = parseEndpoint(server.endpoint);
  return asked.scheme === "tls" && bound.scheme === "tls"
    ? formatEndpoint({ ...bound, hostname: asked.hostname })
    : server.endpoint;
}

/** A file named on the command line cannot be read. */
class UnreadableFileError extends Error {}

async function readTls(
  settings: ServerSettings,
  plans: readonly ListenerPlan[],
): Promise<{ cert: string; key: string } | null> {
  const cert = settings["tls-cert"], key = settings["tls-key"];
  if (cert === undefined && key === undefined) {
    if (!plans.some(({ endpoint }) => endpoint.scheme === "tls")) return null;
    throw new UsageError("A tls:// listener needs --tls-cert FILE and --tls-key FILE.");
  }
  if (cert === undefined || key === undefined) {
    throw new UsageError("--tls-cert FILE and --tls-key FILE go together; one of them is missing.");
  }
  return { cert: await readFile("--tls-cert", cert), key: await readFile("--tls-key", key) };
}

async function readFile(option: string, path: string): Promise<string> {
  try {
    return await Deno.readTextFile(path);
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    throw new UnreadableFileError(`Cannot read the file of ${option}: ${why}`);
  }
}

function say(text: string): number {
  console.log(text);
  return OK;
}

function complain(message: string, code: number): number {
  console.error(`nonstick-server: ${printable(message)}`);
  return code;
}
