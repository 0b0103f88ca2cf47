import { DEFAULT_ENDPOINT, NATIVE, withDialect } from "../cli/dialect.ts";
import { addressFacts } from "../cli/address.ts";
import { bootedMs } from "../cli/booted.ts";
import { completions, completionsCommand } from "../cli/completions/mod.ts";
import type { Environment } from "../cli/environment.ts";
import { helpText } from "../cli/help.ts";
import { parseOptions, UsageError } from "../cli/options.ts";
import { printable } from "../cli/printable.ts";
import { sourcesOf } from "../cli/sources.ts";
import { warnIfReadable } from "../cli/secret_file.ts";
import { readToken } from "../cli/token.ts";
import { VERSION } from "../cli/version.ts";
import { FileRoot } from "../protocol/files/mod.ts";
import { FramingError } from "../protocol/framing/mod.ts";
import { ExchangeError, ProtocolError } from "../protocol/native/mod.ts";
import { DeadlineError } from "../protocol/session/mod.ts";
import {
  formatEndpoint,
  ListenError,
  parseAnyEndpoint,
  parseEndpoint,
} from "../protocol/transport/mod.ts";
import { CHAT_LIMITS, LocalChat } from "./chat/local_chat.ts";
import { ConnectionSlots } from "./connection_slots.ts";
import type { Limits } from "./dialects/limits.ts";
import { runCert } from "./cert/cert_command.ts";
import { Doorkeeper, type PENALTIES } from "./doorkeeper.ts";
import { exposureOf } from "./exposure.ts";
import type { Grants } from "./grants.ts";
import { giveUpPowers, type Power, tryPowers } from "./least_power.ts";
import { type DatagramPlan, type ListenerPlan, planListener } from "./listener_plan.ts";
import { Log } from "./log.ts";
import { chatService } from "./native/chat.ts";
import { execService } from "./native/exec.ts";
import { type FilesGrant, filesService } from "./native/files.ts";
import { countMetrics, type Metrics, serveMetrics } from "./metrics.ts";
import { MANUAL } from "./manual.ts";
import { HARMLESS } from "./native/mod.ts";
import { terminalOperator } from "./operator.ts";
import { HELP, OPTIONS, type ServerSettings } from "./options.ts";
import { onReload } from "./reload.ts";
import { serve } from "./serve.ts";
import { listenForDatagrams } from "./datagrams/listen_for_datagrams.ts";
import { DEFAULT_DRAIN_TIMEOUT_MS, type Server, type ServerOptions } from "./server.ts";
import { type SignalWatch, watchSignals } from "./signals.ts";

const OK = 0, CANNOT_SERVE = 1, USAGE = 2;

/** What one `--listen` asks for. */
type Plan = ListenerPlan | DatagramPlan;

/** What serves it. */
type Listening =
  & Pick<Server, "endpoint" | "connectionCount" | "finished" | "shutdown">
  & Partial<Pick<Server, "renewCertificate">>;

/**
 * Runs `nonstick-server` with its arguments to the end, and resolves to the exit code. What they do not say is looked for in
 * `environment`, and in the file of `--config`.
 */
export async function runServer(
  args: readonly string[],
  environment?: Environment,
): Promise<number> {
  try {
    const [command, ...rest] = args;
    if (command === "cert") {
      return await runCert(rest, await sourcesOf(MANUAL, rest, { command, environment }));
    }
    if (command === "completions") return runCompletions(rest);
    const sources = await sourcesOf(MANUAL, args, { environment });
    const { values, words } = parseOptions(OPTIONS, args, sources);
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

function runCompletions(args: readonly string[]): number {
  const { text, options } = completionsCommand(MANUAL.name).page;
  const { given, words } = parseOptions(options, args);
  return say((given.has("help") ? helpText(text, options) : completions(MANUAL, words)).trimEnd());
}

async function serveAll(settings: ServerSettings): Promise<number> {
  const log = new Log(settings.log);
  const metrics = settings.metrics === undefined ? null : countMetrics();
  const grants = await grantsOf(settings, log, metrics);
  const urls = settings.listen.length > 0 ? settings.listen : [DEFAULT_ENDPOINT];
  const plans = urls.map((url) => planListener(url, grants));
  refuseExposure(plans, grants, settings.insecure);
  const tls = await readTls(settings, plans);
  const slots = new ConnectionSlots(settings["max-connections"]);
  const door = new Doorkeeper({
    allow: settings.allow.flat(),
    deny: settings.deny.flat(),
    mostPerSource: settings["max-per-address"] ?? Math.ceil(settings["max-connections"] / 4),
  });
  const servers: Listening[] = [];
  try {
    for (const plan of plans) {
      if ("answer" in plan) {
        servers.push(await listenForDatagrams(plan, door, log, metrics));
        continue;
      }
      const server = await serve(plan.handler, {
        listen: plan.endpoint,
        ...(tls && plan.endpoint.scheme === "tls" ? { tls } : {}),
        maxConnections: slots,
        verify: ({ remote }, { endpoint }) => {
          const refusal = door.enter(remote);
          if (refusal === null) {
            metrics?.opened();
            return true;
          }
          metrics?.refused(refusal.refused);
          log.add("warn", "refused", { listener: endpoint, peer: remote, why: refusal.refused });
          return false;
        },
        finish({ remote }) {
          door.leave(remote);
          metrics?.closed();
        },
        error: (error, connection, { endpoint }) => {
          const why = penaltyFor(error);
          if (connection !== null && why !== null) door.punish(connection.remote, why);
          metrics?.failed(error instanceof Error ? error.name : "unknown");
          log.failure(error, { listener: endpoint, peer: connection?.remote ?? "" });
        },
      });
      servers.push(server);
    }
  } catch (error) {
    await Promise.all(servers.map((server) => server.shutdown({ timeoutMs: 0 })));
    throw error;
  }
  if (settings["exec-shell"]) {
    console.error("WARNING: --exec-shell: whoever reaches a raw exec listener runs anything here.");
  }
  const stopping = new AbortController();
  await using _watched = metrics && watch(settings.metrics, metrics, stopping.signal);
  const needed = neededPowers(plans, grants);
  await giveUpPowers(needed);
  const signals = watchSignals();
  plans.forEach((plan, i) => announce(servers[i] as Listening, plan, grants.token !== undefined));
  if (settings["check-powers"]) {
    const states = await tryPowers(needed);
    for (const { power, kept, attempt } of states) {
      console.log(`power ${power} ${kept ? "kept" : "given up"}, ${attempt}`);
    }
    await Promise.all(servers.map((server) => server.shutdown({ timeoutMs: 0 })));
    return states.every(({ kept, attempt }) => kept || attempt === "denied") ? OK : CANNOT_SERVE;
  }
  // Keys change while a server runs; connections that are open keep the one they began with.
  using _reloading = onReload(log, async () => {
    const renewed = await readTls(settings, plans);
    if (!renewed) return;
    for (const server of servers) await server.renewCertificate?.(renewed);
  });
  return await untilEnd(servers, signals, log, () => stopping.abort());
}

/** Opens the counters to this machine. */
function watch(
  url: string | undefined,
  metrics: Metrics,
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
  const server = serveMetrics(place, metrics, stopping);
  console.error(`metrics ${server.endpoint.replace("tcp:", "http:")}/metrics and /healthz`);
  return server;
}

/** What a peer has to answer for; null for what may happen to anybody. */
function penaltyFor(error: unknown): keyof typeof PENALTIES | null {
  if (error instanceof ProtocolError) return error.code === "auth" ? "auth" : "protocol";
  if (error instanceof FramingError) return "protocol";
  return error instanceof DeadlineError && error.phase === "handshake" ? "silence" : null;
}

/** What the listeners and their services cannot do without. */
function neededPowers(plans: readonly Plan[], { exec, files }: Grants): Set<Power> {
  const schemes = plans.map(({ endpoint }) => endpoint.scheme);
  // The file of a Unix socket is removed when it is closed.
  const unix = schemes.some((scheme) => scheme.startsWith("unix"));
  // The runtime asks for `net` with every datagram that is sent.
  const datagrams = schemes.some((scheme) => !["tcp", "tls", "unix", "stdio"].includes(scheme));
  const renewable = schemes.includes("tls") && Deno.build.os !== "windows";
  const needed: [Power, boolean][] = [
    ["net", datagrams],
    ["read", files !== undefined || unix],
    ["write", files?.write === true || unix],
    ["run", exec !== undefined],
    // SIGHUP reads the certificate again and listens with it.
    ["net", renewable],
    ["read", renewable],
  ];
  return new Set(needed.flatMap(([power, is]) => is ? [power] : []));
}

/** Waits for a signal or for the end of all listeners, and lets connections end. */
async function untilEnd(
  servers: readonly Listening[],
  signals: SignalWatch,
  log: Log,
  onStop: () => void,
): Promise<number> {
  const ended = Promise.all(servers.map(({ finished }) => finished));
  const signal = await signals.until(ended);
  if (signal !== null) {
    onStop();
    const connections = servers.reduce((sum, { connectionCount }) => sum + connectionCount, 0);
    log.add("info", "draining", { signal, connections, ms: DEFAULT_DRAIN_TIMEOUT_MS });
    const closed = await Promise.all(servers.map((server) => server.shutdown()));
    log.add("info", "stopped", { closed: closed.reduce((sum, count) => sum + count, 0) });
  }
  return OK;
}

/** Better no server than one that lets strangers do what its owner did not think of. */
function refuseExposure(plans: readonly Plan[], grants: Grants, insecure: boolean): void {
  for (const plan of plans) {
    // No service over datagrams can do anything to this machine; what it can do to others is guarded against there.
    if ("answer" in plan) continue;
    const why = exposureOf(plan, grants);
    if (why === null) continue;
    if (!insecure) throw new UsageError(why);
    console.error(`WARNING: --insecure: ${why.split("\n")[0]}`);
  }
}

/** What the command line allows. */
async function grantsOf(
  settings: ServerSettings,
  log: Log,
  metrics: Metrics | null,
): Promise<Grants> {
  const token = await readToken({
    ask: settings["ask-token"],
    file: settings["token-file"],
    tell: (text) => console.error(printable(text)),
  });
  const exec = execGrantOf(settings), files = await filesGrantOf(settings);
  const chat = new LocalChat({ ...CHAT_LIMITS, rooms: settings.rooms });
  return {
    limits: limitsOf(settings),
    ...(token === undefined ? {} : { token }),
    services: {
      ...HARMLESS,
      ...(settings.rooms === 0 ? {} : { chat: chatService(chat) }),
      ...(exec === undefined ? {} : { exec: execService(exec) }),
      ...(files === undefined ? {} : { files: filesService(files) }),
    },
    ...(exec === undefined ? {} : { exec }),
    ...(files === undefined ? {} : { files }),
    chat,
    ...(settings.room ? {} : { operator: terminalOperator() }),
    onFault: (error, service) => log.failure(error, { service }, "service-failed"),
    ...(metrics === null ? {} : {
      onExchange: ({ service, bytesReceived, bytesSent }, outcome) =>
        metrics.exchanged(service, outcome, bytesReceived, bytesSent),
    }),
  };
}

async function filesGrantOf(settings: ServerSettings): Promise<FilesGrant | undefined> {
  const { root, "allow-write": write } = settings;
  if (root === undefined) {
    if (write) throw new UsageError("--allow-write needs --root DIR, the directory to write to.");
    return undefined;
  }
  try {
    return { root: await FileRoot.open(root), write, bootedMs: bootedMs() };
  } catch (error) {
    if (!(error instanceof ExchangeError)) throw error;
    throw new UsageError(`Cannot use --root ${root}: ${error.message}.`);
  }
}

function execGrantOf(settings: ServerSettings): Grants["exec"] {
  const programs = settings["allow-exec"].flat(), shell = settings["exec-shell"];
  if (programs.length === 0) {
    if (shell) {
      throw new UsageError("--exec-shell needs --allow-exec '*': a shell can run anything.");
    }
    return undefined;
  }
  if (shell && !programs.includes("*")) {
    throw new UsageError("--exec-shell needs --allow-exec '*': a shell can run anything.");
  }
  return {
    shell,
    programs: programs.includes("*") ? "any" : new Set(programs),
    maxOutput: settings["exec-output"],
    deadlineMs: settings["exec-timeout"],
  };
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
function announce(
  server: Listening,
  { endpoint, speak, framing, hint }: Plan,
  secret: boolean,
): void {
  const url = withDialect(placeOf(server, endpoint), speak, framing);
  if (endpoint.scheme === "stdio") {
    // Stdout belongs to the conversation.
    console.error(`listening ${url}`);
    return;
  }
  console.log(`listening ${url}`);
  const trust = (endpoint.scheme === "tls" ? " --tls-ca CERT.pem" : "") +
    (secret && speak === NATIVE ? " --token-file FILE" : "");
  const bound = parseAnyEndpoint(server.endpoint);
  const reach = "hostname" in bound ? addressFacts(bound.hostname)?.reach : undefined;
  if (reach !== undefined) console.error(`Open to ${reach}`);
  console.error(`Try: nonstick --to '${url}'${trust} ${hint}`);
}

/** Where it can be reached: a certificate is made for a name, so TLS keeps the one that was given. */
function placeOf(server: Listening, asked: Plan["endpoint"]): string {
  const bound = parseAnyEndpoint(server.endpoint);
  return asked.scheme === "tls" && bound.scheme === "tls"
    ? formatEndpoint({ ...bound, hostname: asked.hostname })
    : server.endpoint;
}

/** A file named on the command line cannot be read. */
class UnreadableFileError extends Error {}

async function readTls(
  settings: ServerSettings,
  plans: readonly Plan[],
): Promise<ServerOptions["tls"] | null> {
  const ca = settings["tls-client-ca"];
  const cert = settings["tls-cert"], key = settings["tls-key"];
  if (cert === undefined && key === undefined) {
    if (ca !== undefined) throw new UsageError("--tls-client-ca needs --tls-cert and --tls-key.");
    if (!plans.some(({ endpoint }) => endpoint.scheme === "tls")) return null;
    throw new UsageError("A tls:// listener needs --tls-cert FILE and --tls-key FILE.");
  }
  if (cert === undefined || key === undefined) {
    throw new UsageError("--tls-cert FILE and --tls-key FILE go together; one of them is missing.");
  }
  await warnIfReadable("--tls-key", key, (text) => console.error(printable(text)));
  return {
    cert: await readFile("--tls-cert", cert),
    key: await readFile("--tls-key", key),
    ...(ca === undefined ? {} : { clientCa: [await readFile("--tls-client-ca", ca)] }),
  };
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
