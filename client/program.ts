import { type Dialect, dialectOf, withDialect } from "../cli/dialect.ts";
import { nearest } from "../cli/nearest.ts";
import { parseOptions, UsageError } from "../cli/options.ts";
import { printable } from "../cli/printable.ts";
import { VERSION } from "../cli/version.ts";
import {
  connect,
  ConnectError,
  type Connection,
  type Endpoint,
  EndpointError,
  formatEndpoint,
  parseEndpoint,
} from "../protocol/transport/mod.ts";
import type { Command } from "./commands/command.ts";
import { COMMANDS } from "./commands/mod.ts";
import { exitCodeOf, OutputClosedError, TimeoutError } from "./errors.ts";
import { type ClientSettings, commandHelp, OPTIONS, programHelp } from "./options.ts";
import { Output } from "./output.ts";
import { Patience } from "./patience.ts";

/** Runs `nonstick` with its arguments to the end, and resolves to the exit code. */
export async function runClient(args: readonly string[]): Promise<number> {
  let quiet = args.includes("--quiet");
  try {
    const { values, words: [name, ...words] } = parseOptions(OPTIONS, args);
    quiet = values.quiet;
    if (values.version) return say(`nonstick ${VERSION}`);
    if (name === undefined) {
      if (values.help) return say(programHelp().trimEnd());
      throw new UsageError("A command is missing.");
    }
    const command = commandNamed(name);
    if (values.help) return say(commandHelp(command).trimEnd());
    await runCommand(command, words, values);
    return 0;
  } catch (error) {
    if (!quiet && !(error instanceof OutputClosedError)) {
      console.error(`nonstick: ${printable(sentence(error))}`);
    }
    return exitCodeOf(error);
  }
}

async function runCommand(
  command: Command,
  words: readonly string[],
  settings: ClientSettings,
): Promise<void> {
  checkWords(command, words);
  const endpoint = readEndpoint(settings.to);
  const dialect = dialectOf(endpoint, settings);
  const service = serviceFor(command, endpoint, dialect);
  const { framing } = dialect;
  if (command.framed && framing === null) {
    throw new UsageError(`${command.name} needs frames: say which ones with --framing SPEC.`);
  }
  const to = withDialect(formatEndpoint(endpoint), service, framing);
  const connection = await reach(endpoint, to, settings);
  const patience = new Patience(settings.timeout, () => connection.close());
  const style = { json: settings.json, terminal: Deno.stdout.isTerminal() };
  const output = new Output(style, (bytes) => Deno.stdout.write(bytes));
  try {
    const input = Deno.stdin;
    await command.run({ words, to, connection, service, framing, patience, input, output });
  } catch (error) {
    if (!patience.expired) throw error;
    throw new TimeoutError(
      `No answer from ${to} within ${settings.timeout / 1000} s. ` +
        "Is that what the server speaks? --timeout S waits longer",
    );
  } finally {
    patience.stop();
    connection.close();
  }
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
  if (words.length < least) throw new UsageError(`${name} lacks ${form}.`);
  if (words.length > most) throw new UsageError(`${name} takes no argument ${words[most]}.`);
}

function readEndpoint(url: string): Endpoint {
  try {
    const endpoint = parseEndpoint(url);
    if (endpoint.scheme !== "memory" && endpoint.scheme !== "stdio") return endpoint;
    throw new UsageError(`Cannot connect to ${url}: it leads to no other program.`);
  } catch (error) {
    if (error instanceof EndpointError) throw new UsageError(`${error.message}.`);
    throw error;
  }
}

/** What to ask of the server: what it is said to speak, or else what the command is for. */
function serviceFor(command: Command, endpoint: Endpoint, { speak, framing }: Dialect): string {
  const { name, services: [own = "echo"], services } = command;
  if (speak === undefined) return own;
  if (services.length === 0 || services.includes(speak)) return speak;
  const place = formatEndpoint(endpoint);
  throw new UsageError(
    `${name} cannot talk with a listener that speaks ${speak}. One that fits is started by: ` +
      `nonstick-server --listen '${
        withDialect(place, own, framing)
      }', and named by --to in the same way.`,
  );
}

async function reach(
  endpoint: Endpoint,
  to: string,
  settings: ClientSettings,
): Promise<Connection> {
  const ca = settings["tls-ca"];
  const options = {
    connectTimeoutMs: settings.timeout,
    ...(ca === undefined ? {} : { tls: { caCerts: [await readCertificate(ca)] } }),
  };
  try {
    return await connect(endpoint, options);
  } catch (error) {
    if (!(error instanceof ConnectError) || error.reason !== "refused") throw error;
    const cure = `nothing listens there; start a server with: nonstick-server --listen '${to}'`;
    throw new ConnectError(error.endpoint, error.reason, cure, { cause: error });
  }
}

async function readCertificate(path: string): Promise<string> {
  try {
    return await Deno.readTextFile(path);
  } catch (error) {
    throw new UsageError(`Cannot read the file of --tls-ca: ${sentence(error)}`);
  }
}

function say(text: string): number {
  console.log(text);
  return 0;
}

/** The message of an error as a whole sentence, with the way to the help where that helps. */
function sentence(error: unknown): string {
  const message = error instanceof Error ? error.message : String(error);
  const ended = /[.?!']$/.test(message) ? message : `${message}.`;
  return error instanceof UsageError ? `${ended} See nonstick --help.` : ended;
}
