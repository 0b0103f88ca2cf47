import { DEFAULT_ENDPOINT } from "../cli/dialect.ts";
import { completions, completionsCommand } from "../cli/completions/mod.ts";
import type { Environment } from "../cli/environment.ts";
import { helpText } from "../cli/help.ts";
import { parseOptions, UsageError } from "../cli/options.ts";
import { printable, printableLines } from "../cli/printable.ts";
import { sentence } from "../cli/sentence.ts";
import { sourcesOf } from "../cli/sources.ts";
import { VERSION } from "../cli/version.ts";
import { connectionsEnded, ListenError } from "../protocol/transport/mod.ts";
import { announce } from "./announce.ts";
import { runCert } from "./cert/cert_command.ts";
import { checkQuic } from "./check_quic.ts";
import { ConnectionSlots } from "./connection_slots.ts";
import { Doorkeeper, THIS_MACHINE } from "./doorkeeper.ts";
import { refuseExposure } from "./exposure.ts";
import { guardHooks } from "./guard.ts";
import { giveUpPowers, tryPowers } from "./least_power.ts";
import { planListener } from "./listener_plan.ts";
import { Log } from "./log.ts";
import { MANUAL } from "./manual.ts";
import { countMetrics } from "./metrics.ts";
import { neededPowers } from "./needed_powers.ts";
import { type Listening, openListener } from "./open_listener.ts";
import { HELP, OPTIONS, type ServerSettings } from "./options.ts";
import { readGrants } from "./read_grants.ts";
import { onReload } from "./reload.ts";
import { DEFAULT_DRAIN_TIMEOUT_MS } from "./server.ts";
import { type SignalWatch, watchSignals } from "./signals.ts";
import { readTls, UnreadableFileError } from "./tls_files.ts";
import { watchMetrics } from "./watch_metrics.ts";

const OK = 0, CANNOT_SERVE = 1, USAGE = 2;

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
    if (values["check-quic"]) return await reportQuic();
    return await serveAll(values);
  } catch (error) {
    if (error instanceof UsageError) {
      return complain(`${sentence(error.message)} See nonstick-server --help.`, USAGE);
    }
    if (error instanceof ListenError || error instanceof UnreadableFileError) {
      return complain(sentence(error.message), CANNOT_SERVE);
    }
    throw error;
  }
}

async function reportQuic(): Promise<number> {
  const problem = await checkQuic();
  console.log(problem === null ? "quic works" : `quic does not work: ${printable(problem)}`);
  return problem === null ? OK : CANNOT_SERVE;
}

function runCompletions(args: readonly string[]): number {
  const { text, options } = completionsCommand(MANUAL.name).page;
  const { given, words } = parseOptions(options, args);
  return say((given.has("help") ? helpText(text, options) : completions(MANUAL, words)).trimEnd());
}

async function serveAll(settings: ServerSettings): Promise<number> {
  const log = new Log(settings.log);
  const metrics = settings.metrics === undefined ? null : countMetrics();
  const grants = await readGrants(settings, log, metrics);
  const urls = settings.listen.length > 0 ? settings.listen : [DEFAULT_ENDPOINT];
  const plans = urls.map((url) => planListener(url, grants));
  refuseExposure(plans, grants, settings.insecure);
  const tls = await readTls(settings, plans);
  const slots = new ConnectionSlots(settings["max-connections"]);
  const door = new Doorkeeper({
    allow: settings.allow.flat(),
    deny: settings.deny.flat(),
    mostPerSource: settings["max-per-address"] ?? Math.ceil(settings["max-connections"] / 4),
    exempt: settings.exempt.length === 0 ? THIS_MACHINE : settings.exempt.flat(),
  });
  const mostNewcomers = settings["max-unauthenticated"] ??
    Math.ceil(settings["max-connections"] / 2);
  const guard = guardHooks({ door, mostNewcomers, log, metrics });
  const servers: Listening[] = [];
  try {
    for (const plan of plans) {
      servers.push(await openListener(plan, { tls, slots, door, guard, log, metrics }));
    }
  } catch (error) {
    await Promise.all(servers.map((server) => server.shutdown({ timeoutMs: 0 })));
    throw error;
  }
  if (settings["exec-shell"]) {
    console.error("WARNING: --exec-shell: whoever reaches a raw exec listener runs anything here.");
  }
  const stopping = new AbortController();
  await using _watched = metrics && watchMetrics(settings.metrics, metrics, stopping.signal);
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
    await connectionsEnded();
    log.add("info", "stopped", { closed: closed.reduce((sum, count) => sum + count, 0) });
  }
  return OK;
}

function say(text: string): number {
  console.log(text);
  return OK;
}

function complain(message: string, code: number): number {
  console.error(`nonstick-server: ${printableLines(message)}`);
  return code;
}
