/**
 * The options of `nonstick`, and its help. Times are written in seconds and held in ms.
 * @module
 */
import { DEFAULT_ENDPOINT } from "../cli/dialect.ts";
import { helpText, wrapped } from "../cli/help.ts";
import { flag, optional, type OptionValues, seconds, text, withDefault } from "../cli/options.ts";
import { FRAMING_FAMILIES } from "../protocol/framing/mod.ts";
import type { Command } from "./commands/command.ts";
import { COMMANDS } from "./commands/mod.ts";
import { EXIT_CODES } from "./errors.ts";

/** Every option. */
export const OPTIONS = {
  to: withDefault(
    "URL",
    "the server; what it prints as listening can be pasted",
    DEFAULT_ENDPOINT,
    text,
  ),
  speak: optional("SERVICE", "what the server speaks; wins over ?speak= of the URL", text),
  framing: optional("SPEC", "how frames are marked; wins over ?framing= of the URL", text),
  "tls-ca": optional("FILE", "certificate (PEM) to trust besides the well-known ones", text),
  json: flag("print one JSON object per answer"),
  quiet: flag("print no errors; the exit code tells"),
  timeout: withDefault("S", "longest wait for the server to connect or to answer", "10", seconds),
  help: flag("print this help, or that of the command", "h"),
  version: flag("print the version"),
};

/** What the options were set to. */
export type ClientSettings = OptionValues<typeof OPTIONS>;

const EXAMPLES = [
  ["nonstick echo hello", "to the server on this machine: nonstick-server"],
  [
    "nonstick --to 'tcp://127.0.0.1:7001?speak=upper&framing=u32be' upper hello",
    "to a server with length-prefixed frames",
  ],
  ["seq 1000 | nonstick echo - | tail -1", "many frames, one for each line"],
  [
    "nonstick --to 'tls://localhost:7443?speak=echo&framing=varint' --tls-ca cert.pem ping",
    "over TLS, with a certificate of our own",
  ],
] as const;

/** The help of the program. */
export function programHelp(): string {
  return helpText({
    usage: ["nonstick [OPTIONS] COMMAND [ARGUMENTS]"],
    about: `Talks with a nonstick-server, or with any server that speaks the same.

A URL is tcp://HOST:PORT, tls://HOST:PORT or unix:///PATH. Behind it stands what is spoken, as for the server:
?speak=SERVICE raw, ?speak=SERVICE&framing=SPEC in frames; without both the frames are lines. Stdout gets
answers only, errors go to stderr. What follows -- is an argument, even if it begins with -.`,
    tables: {
      Commands: COMMANDS.map(({ name, form, summary }) => [`${name} ${form}`, summary] as const),
      Framings: [["SPEC", wrapped(FRAMING_FAMILIES.map(({ form }) => form), 70)]],
      "Exit codes": EXIT_CODES,
    },
    examples: EXAMPLES,
  }, OPTIONS);
}

/** The help of one command. */
export function commandHelp(command: Command): string {
  const { name, form, summary, examples } = command;
  return helpText({
    usage: [`nonstick [OPTIONS] ${name} ${form}`.trimEnd()],
    about: `${summary[0]?.toUpperCase()}${summary.slice(1)}.`,
    tables: { "Exit codes": EXIT_CODES },
    examples,
  }, OPTIONS);
}
