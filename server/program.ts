import { DEFAULT_ENDPOINT } from "../cli/dialect.ts";
import { completions, completionsCommand } from "../cli/completions/mod.ts";
import { type Environment, remembered } from "../cli/environment.ts";
import { helpText } from "../cli/help.ts";
import { parseOptions, UsageError } from "../cli/options.ts";
import { printable, printableLines } from "../cli/printable.ts";
import { sentence } from "../cli/sentence.ts";
import { sourcesOf } from "../cli/sources.ts";
import { readToken } from "../cli/token.ts";
import { VERSION } from "../cli/version.ts";
import { ListenError } from "../protocol/transport/mod.ts";
import { announce } from "./announce.ts";
import { runCert } from "./cert/cert_command.ts";
import { CHAT_LIMITS, LocalChat } from "./chat/local_chat.ts";
import { checkQuic } from "./check_quic.ts";
import { doorRules } from "./door_rules.ts";
import { Doorkeeper } from "./doorkeeper.ts";
import { refuseExposure } from "./exposure.ts";
import { giveUpPowers, tellPowers, tryPowers } from "./least_power.ts";
import { type Plan, planListener } from "./listener_plan.ts";
import { Log } from "./log.ts";
import { MANUAL } from "./manual.ts";
import { countMetrics } from "./metrics.ts";
import { neededPowers } from "./needed_powers.ts";
import { openAll } from "./open_all.ts";
import { HELP, OPTIONS, type ServerSettings } from "./options.ts";
import { readGrants, threadSettings } from "./read_grants.ts";
import { onHangup } from "./reload/on_hangup.ts";
import { takeOver } from "./reload/take_over.ts";
import { metricsPlace, serveMetrics } from "./serve_metrics.ts";
import { watchSignals } from "./signals.ts";
import { requirePassed } from "./systemd/passed_sockets.ts";
import { notifyReady } from "./systemd/ready.ts";
import { exportCounts } from "./telemetry.ts";
import { readTls, UnreadableFileError } from "./tls_files.ts";
import { untilEnd } from "./until_end.ts";
import { sharingOf } from "./workers/sharing.ts";

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
    // A SIGHUP reads them again, when the environment is out of sight.
    const known = environment && remembered(environment);
    const read = async () =>
      parseOptions(OPTIONS, args, await sourcesOf(MANUAL, args, { environment: known }));
    const { values, words } = await read();
    if (values.help) return say(HELP.trimEnd());
    if (values.version) return say(`nonstick-server ${VERSION}`);
    if (words.length > 0) {
      throw new UsageError(
        `There is no argument ${words[0]}; listeners are given by --listen URL.`,
      );
    }
    if (values["check-quic"]) return await reportQuic();
    return await serveAll(values, async () => (await read()).values);
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

async function serveAll(
  settings: ServerSettings,
  readAgain: () => Promise<ServerSettings>,
): Promise<number> {
  const log = new Log(settings.log, settings["log-level"]);
  const watched = settings.metrics === undefined ? null : metricsPlace(settings.metrics);
  const metrics = countMetrics();
  const token = await readToken({
    ask: settings["ask-token"],
    file: settings["token-file"],
    tell: (text) => console.error(printable(text)),
  });
  const chat = new LocalChat({ ...CHAT_LIMITS, rooms: settings.rooms });
  const grants = await readGrants(settings, { log, metrics, chat, token });
  const urls = settings.listen.length > 0 ? settings.listen : [DEFAULT_ENDPOINT];
  const asked = urls.map((url) => ({ url, plan: planListener(url, grants) }));
  const plans = asked.map(({ plan }) => plan);
  plans.forEach((plan) => requirePassed(plan));
  const refuse = (plan: Plan) => refuseExposure([plan], grants, settings.insecure);
  plans.forEach(refuse);
  const tls = await readTls(settings, plans);
  const door = new Doorkeeper(doorRules(settings));
  const sharing = sharingOf(settings.workers, plans, grants);
  const common = { settings: threadSettings(settings), grants, sharing, tls, door, refuse, log };
  const opened = await openAll(asked, { ...common, metrics });
  const { endpoints, servers, crew } = opened;
  if (settings["exec-shell"]) {
    console.error("WARNING: --exec-shell: whoever reaches a raw exec listener runs anything here.");
  }
  const stopping = new AbortController();
  await using _watched = watched && await serveMetrics(watched, {
    socketMode: settings["socket-mode"],
    text: async () => metrics.text(await crew?.counts()),
    stopping: stopping.signal,
  });
  exportCounts(metrics.families, async () => metrics.counts(await crew?.counts()));
  // Programs that exec runs must not be left behind.
  const signals = watchSignals(() =>
    Promise.all(servers.map((server) => server.shutdown({ timeoutMs: 0 })))
  );
  const running = { settings, grants, urls, opened, door };
  using _reloading = onHangup(log, async () => takeOver(running, await readAgain(), warn));
  // From here on it can be told to reload or to end.
  await notifyReady(warn);
  const needed = neededPowers(plans, grants, settings);
  await giveUpPowers(needed);
  await crew?.giveUp(needed);
  const visitors = {
    socketMode: settings["socket-mode"],
    certified: settings["tls-client-ca"] !== undefined,
  };
  plans.forEach((plan, i) => announce(endpoints[i] ?? "", plan, grants, visitors));
  for (const note of sharing.notes) console.error(note);
  if (settings["check-powers"]) {
    const states = [await tryPowers(needed), ...await crew?.tryPowers(needed) ?? []];
    await Promise.all(servers.map((server) => server.shutdown({ timeoutMs: 0 })));
    return tellPowers(states) ? OK : CANNOT_SERVE;
  }
  const inPeace = await untilEnd(opened, signals, log, () => stopping.abort());
  return inPeace ? OK : CANNOT_SERVE;
}

function warn(text: string): void {
  console.error(printable(text));
}

function say(text: string): number {
  console.log(text);
  return OK;
}

function complain(message: string, code: number): number {
  console.error(`nonstick-server: ${printableLines(message)}`);
  return code;
}
