import { type Dialect, dialectOf, FRAGMENTS, NATIVE, withDialect } from "../cli/dialect.ts";
import type { Environment } from "../cli/environment.ts";
import { helpText } from "../cli/help.ts";
import type { Page } from "../cli/manual.ts";
import { nearest } from "../cli/nearest.ts";
import { parseOptions, UsageError } from "../cli/options.ts";
import { printable, printableLines } from "../cli/printable.ts";
import { sentence } from "../cli/sentence.ts";
import { sourcesOf } from "../cli/sources.ts";
import { readToken as tokenFrom } from "../cli/token.ts";
import { VERSION } from "../cli/version.ts";
import {
  connect,
  ConnectError,
  type Connection,
  connectionsEnded,
  type DatagramEndpoint,
  type Endpoint,
  EndpointError,
  formatEndpoint,
  isEncrypted,
  parseAnyEndpoint,
} from "../protocol/transport/mod.ts";
import { NativeClient, StrangerError } from "../protocol/native/mod.ts";
import { DeadlineError } from "../protocol/session/mod.ts";
import type { Command, ServerCommand } from "./commands/command.ts";
import { COMMANDS } from "./commands/mod.ts";
import { cureFor } from "./cures.ts";
import { DatagramAsker } from "./datagrams/datagram_asker.ts";
import { exitCodeOf, OutputClosedError, RemoteError, TimeoutError, USAGE } from "./errors.ts";
import {
  type ClientSettings,
  commandPage,
  foreignOptions,
  OPTIONS,
  programPage,
} from "./options.ts";
import { MANUAL } from "./manual.ts";
import { Output } from "./output.ts";
import { Patience } from "./patience.ts";
import { tlsSettings } from "./trust/tls_settings.ts";

/**
 * Runs `nonstick` with its arguments to the end, and resolves to the exit code. What they do not say is looked for in
 * `environment`, and in the file of `--config`.
 */
export async function runClient(
  args: readonly string[],
  environment?: Environment,
): Promise<number> {
  let quiet = args.includes("--quiet");
  let command: Command | undefined;
  try {
    const { given, words: [name, ...words] } = parseOptions(OPTIONS, args);
    const sources = await sourcesOf(MANUAL, args, { command: name, environment });
    const { values } = parseOptions(OPTIONS, args, sources);
    quiet = values.quiet;
    if (values.version) return say(`nonstick ${VERSION}`);
    if (name === undefined) {
      if (values.help) return say(helpOf(programPage()));
      throw new UsageError(`A command is missing: ${COMMANDS.map(({ name }) => name).join(", ")}.`);
    }
    command = commandNamed(name);
    if (values.help) return say(helpOf(commandPage(command)));
    const [foreign] = foreignOptions(command, given);
    if (foreign !== undefined) throw new UsageError(`${name} has no option --${foreign}.`);
    return await runCommand(command, words, values) ?? 0;
  } catch (error) {
    if (!quiet && !(error instanceof OutputClosedError)) {
      const cure = cureFor(error, command && "service" in command ? command.service : null);
      // Only what we say ourselves has lines: a server could make up some of ours.
      const ours = error instanceof ConnectError || error instanceof UsageError;
      const shown = ours ? printableLines : printable;
      console.error(`nonstick: ${shown(told(error) + cure)}`);
    }
    const code = exitCodeOf(error);
    return code === 0 || code === USAGE ? code : command?.failureCode ?? code;
  }
}

async function runCommand(
  command: Command,
  words: readonly string[],
  settings: ClientSettings,
): Promise<number | void> {
  checkWords(command, words);
  const { json, encoding, raw } = settings;
  const style = { json, encoding, terminal: !raw && Deno.stdout.isTerminal() };
  const output = new Output(style, (bytes) => Deno.stdout.write(bytes));
  const errors = new Output(
    { json: false, encoding, terminal: !raw && Deno.stderr.isTerminal() },
    (bytes) => Deno.stderr.write(bytes),
  );
  const input = Deno.stdin;
  if ("runAlone" in command) return await command.runAlone({ words, settings, input, output });
  const endpoint = readEndpoint(settings.to);
  if (isDatagrams(endpoint) && command.runOverDatagrams === undefined) {
    throw needsStream(command, endpoint);
  }
  const dialect = dialectOf(endpoint, settings);
  const speak = spokenWith(command, endpoint, dialect);
  const { framing } = dialect;
  const to = urlOf(endpoint, speak, dialect);
  const token = await readToken(settings, speak);
  if (isDatagrams(endpoint)) {
    const { fragments } = dialect, timeoutMs = settings.timeout;
    await using asker = new DatagramAsker(endpoint, { to, timeoutMs, fragments });
    return await command.runOverDatagrams?.({ words, settings, to, speak, input, output, asker });
  }
  let connection = await reach(endpoint, to, settings);
  const patience = new Patience(settings.timeout, () => connection.close());
  let native: NativeClient | null = null;
  const again = async () => {
    native?.close();
    connection = await reach(endpoint, to, settings);
    return native = await introduce(connection, to, settings.timeout, token);
  };
  try {
    if (speak === NATIVE) native = await introduce(connection, to, settings.timeout, token);
    const common = { words, settings, to, connection, speak, framing, patience, input };
    return await command.run({
      ...{ ...common, output, errors, again },
      get native() {
        return native;
      },
    });
  } catch (error) {
    if (!patience.expired) throw error;
    throw new TimeoutError(
      `No answer from ${to} within ${settings.timeout / 1000} s. ` +
        "Is that what the server speaks? --timeout S waits longer",
    );
  } finally {
    patience.stop();
    native?.close();
    connection.close();
    await connectionsEnded();
  }
}

/** Begins to speak nonstick/1. */
async function introduce(
  connection: Connection,
  to: string,
  timeoutMs: number,
  token: Uint8Array | undefined,
): Promise<NativeClient> {
  try {
    return await NativeClient.over(connection, {
      ...(token === undefined ? {} : { token }),
      software: `nonstick/${VERSION}`,
      handshakeTimeoutMs: timeoutMs,
    });
  } catch (error) {
    if (error instanceof DeadlineError || error instanceof StrangerError) {
      const what = error instanceof DeadlineError
        ? `says nothing within ${timeoutMs / 1000} s`
        : "does not speak nonstick/1";
      const cure = "Say what it speaks with --speak DIALECT or --framing SPEC" +
        (to.startsWith("tcp:") ? ", or tls:// if that is its address" : "");
      const message = `The server at ${to} ${what}. ${cure}`;
      throw error instanceof DeadlineError ? new TimeoutError(message) : new RemoteError(message);
    }
    throw error;
  }
}

async function readToken(
  settings: ClientSettings,
  speak: string,
): Promise<Uint8Array | undefined> {
  const { "token-file": file, "ask-token": ask } = settings;
  if (speak === NATIVE) {
    const tell = (text: string) => {
      if (!settings.quiet) console.error(printable(text));
    };
    return await tokenFrom({ ask, file, tell });
  }
  if (file !== undefined) throw new UsageError(`--token-file has no sense with ${speak}.`);
  if (ask) throw new UsageError(`--ask-token has no sense with ${speak}.`);
  return undefined;
}

function helpOf({ text, options }: Page): string {
  return helpText(text, options).trimEnd();
}

function commandNamed(name: string): Command {
  const command = COMMANDS.find((command) => command.name === name);
  if (command !== undefined) return command;
  const names = COMMANDS.map(({ name }) => name);
  const near = nearest(name, names);
  throw new UsageError(
    `There is no command ${name}; ${
      near ? `did you mean ${near}?` : `there are ${names.join(", ")}.`
    }`,
  );
}

function checkWords({ name, form, words: [least, most] }: Command, words: readonly string[]): void {
  if (words.length < least) {
    throw new UsageError(`${name} lacks arguments: nonstick ${name} ${form}`);
  }
  if (words.length > most) throw new UsageError(`${name} takes no argument ${words[most]}.`);
}

type ServerEndpoint = Exclude<Endpoint | DatagramEndpoint, { scheme: "memory" | "stdio" | "fd" }>;

function needsStream({ name }: Command, { scheme }: DatagramEndpoint): UsageError {
  const others = COMMANDS.filter((command) => "runOverDatagrams" in command);
  const names = others.map(({ name }) => name).join(", ");
  return new UsageError(
    `${name} needs a stream; over ${scheme} there are ${names}. Name one with --to tcp://HOST:PORT.`,
  );
}

function isDatagrams(endpoint: ServerEndpoint): endpoint is DatagramEndpoint & ServerEndpoint {
  return endpoint.scheme === "udp" || endpoint.scheme === "unixgram";
}

/** The server as a URL with all that is spoken there, as the server itself prints it. */
function urlOf(endpoint: ServerEndpoint, speak: string, { framing, fragments }: Dialect): string {
  return withDialect(formatEndpoint(endpoint), speak, fragments ? FRAGMENTS : framing);
}

function readEndpoint(url: string): ServerEndpoint {
  try {
    const endpoint = parseAnyEndpoint(url);
    const { scheme } = endpoint;
    if (scheme !== "memory" && scheme !== "stdio" && scheme !== "fd") return endpoint;
    throw new UsageError(`Cannot connect to ${url}: it leads to no other program.`);
  } catch (error) {
    if (error instanceof EndpointError) throw new UsageError(`${error.message}.`);
    throw error;
  }
}

/** What is spoken with the server: what it is said to speak, or else what the command is for. */
function spokenWith(
  command: ServerCommand,
  endpoint: ServerEndpoint,
  dialect: Dialect,
): string {
  const { name, speaks, service } = command, { speak, framing } = dialect;
  const own = speaks[0] ?? "echo";
  if (command.framed && framing === null) {
    throw new UsageError(`${name} needs frames: say which ones with --framing SPEC.`);
  }
  if (speak === undefined) return own;
  if (speak === NATIVE ? service !== undefined : speaks.length === 0 || speaks.includes(speak)) {
    return speak;
  }
  if (speak === NATIVE) throw new UsageError(`${name} needs --speak: ${speaks.join(", ")}.`);
  // Over streams a listener that says nothing has all services.
  const all = service !== undefined && !isDatagrams(endpoint);
  const fitting = all ? formatEndpoint(endpoint) : urlOf(endpoint, own, dialect);
  throw new UsageError(
    `${name} cannot talk with a listener that speaks ${speak}. One that fits is started by: ` +
      `nonstick-server --listen '${fitting}', and named by --to in the same way.`,
  );
}

async function reach(
  endpoint: Endpoint,
  to: string,
  settings: ClientSettings,
): Promise<Connection> {
  const options = {
    connectTimeoutMs: settings.timeout,
    ...(isEncrypted(endpoint) ? { tls: await tlsSettings(endpoint, settings) } : {}),
  };
  try {
    return await connect(endpoint, options);
  } catch (error) {
    if (!(error instanceof ConnectError)) throw error;
    if (endpoint.scheme === "quic" && error.reason === "tls") {
      const cure = `${error.problem}. QUIC cannot ask you about it: name it with --tls-ca CERT.pem`;
      throw new ConnectError(error.endpoint, error.reason, cure, { cause: error });
    }
    if (error.reason !== "refused") throw error;
    const cure = `nothing listens there; start a server with: nonstick-server --listen '${to}'`;
    throw new ConnectError(error.endpoint, error.reason, cure, { cause: error });
  }
}

function say(text: string): number {
  console.log(text);
  return 0;
}

/** The message of an error as a whole sentence, with the way to the help where that helps. */
function told(error: unknown): string {
  const ended = sentence(error instanceof Error ? error.message : String(error));
  return error instanceof UsageError ? `${ended} See nonstick --help.` : ended;
}
