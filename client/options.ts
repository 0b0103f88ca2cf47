/**
 * The options of `nonstick`, and its help. Times are written in seconds and held in ms.
 * @module
 */
import { DEFAULT_ENDPOINT } from "../cli/dialect.ts";
import { wrapped } from "../cli/help.ts";
import type { Page } from "../cli/manual.ts";
import {
  flag,
  optional,
  type OptionValues,
  seconds,
  text,
  wholeNumber,
  withDefault,
} from "../cli/options.ts";
import { CONFIG } from "../cli/sources.ts";
import { FRAMING_FAMILIES } from "../protocol/framing/mod.ts";
import type { Command } from "./commands/command.ts";
import { COMMANDS } from "./commands/mod.ts";
import { EXIT_CODES } from "./errors.ts";

/** The options of every command. */
const COMMON = {
  to: withDefault(
    "URL",
    "the server; what it prints as listening can be pasted",
    DEFAULT_ENDPOINT,
    text,
  ),
  speak: optional("DIALECT", "what the server speaks; wins over ?speak= of the URL", text),
  framing: optional("SPEC", "how frames are marked; wins over ?framing= of the URL", text),
  "token-file": optional("FILE", "the secret that the server knows, too (nonstick/1)", text),
  "ask-token": flag("ask for that secret on the terminal; else it may be in NONSTICK_TOKEN"),
  "tls-ca": optional("FILE", "certificate (PEM) to trust besides the well-known ones", text),
  "tls-pin": optional(
    "FINGERPRINT",
    "the one certificate to trust, by its SHA-256 in hexadecimal or base64",
    text,
  ),
  "known-hosts": optional(
    "FILE",
    "where trusted servers are remembered; default: ~/.config/nonstick/known_hosts",
    text,
  ),
  "accept-new": flag("trust a server that was never seen, and remember it"),
  "tls-cert": optional("FILE", "our own certificate chain (PEM), if the server wants one", text),
  "tls-key": optional("FILE", "its private key (PEM)", text),
  raw: flag(
    "let a terminal get what the server sends as it is, with the control characters that are shown as escapes otherwise",
  ),
  json: flag("print one JSON object per answer"),
  quiet: flag("print no errors; the exit code tells"),
  timeout: withDefault("S", "longest wait for the server to connect or to answer", "10", seconds),
  config: CONFIG,
  help: flag("print this help, or that of the command", "h"),
  version: flag("print the version"),
};

/** Reads the label of an encoding (WHATWG Encoding Standard). */
function encoding(label: string): string {
  try {
    return new TextDecoder(label).encoding;
  } catch {
    throw new Error("there is no such encoding; gbk, big5, shift_jis and windows-1252 are some");
  }
}

/** The options of single commands. Each command names its own ones. */
const OWN = {
  as: optional("NAME", "put: the name on the server; chat: your name", text),
  into: optional("DIR", "put: the directory on the server; get: the one here", text),
  output: { ...optional("FILE", "the file to write; - is stdout", text), short: "o" },
  overwrite: flag("replace a file that is there"),
  rename: flag("keep a file that is there, and take the next free name"),
  encoding: optional(
    "LABEL",
    "exec: the encoding of the output, such as gbk; utf-8 by default",
    encoding,
  ),
  location: flag("fetch: follow redirects", "L"),
  head: flag("fetch: show the head of the response on stderr"),
  recursive: flag("list directories with everything below them", "r"),
  retries: withDefault(
    "N",
    "how often to try again when the connection breaks",
    "8",
    wholeNumber(0, 1e6),
  ),
};

/** Every option. */
export const OPTIONS = { ...COMMON, ...OWN };

/** The name of an option that not every command has. */
export type CommandOption = keyof typeof OWN;

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
  [
    "nonstick --to tls://localhost:7443 --accept-new echo hello",
    "over TLS, to a server that is remembered by its fingerprint",
  ],
] as const;

/** What is to be known of the program. */
export function programPage(): Page {
  const text: Page["text"] = {
    usage: ["nonstick [OPTIONS] COMMAND [ARGUMENTS]"],
    about: `Talks with a nonstick-server, or with any server that speaks the same.

A URL is tcp://HOST:PORT, tls://HOST:PORT, unix:///PATH, or for datagrams (ping, echo, upper, hello)
udp://HOST:PORT or unixgram:///PATH. Behind it stands what is spoken, as for the server: nothing for nonstick/1, ?speak=SERVICE raw, ?speak=SERVICE&framing=SPEC in frames, over datagrams &framing=fragment. Stdout gets answers only,
errors go to stderr. What follows -- is an argument, even if it begins with -.`,
    tables: {
      Commands: COMMANDS.map(({ name, form, summary }) => [`${name} ${form}`, summary] as const),
      Framings: [["SPEC", wrapped(FRAMING_FAMILIES.map(({ form }) => form), 70)]],
      "Exit codes": EXIT_CODES,
    },
    examples: EXAMPLES,
  };
  return { text, options: OPTIONS };
}

/** What is to be known of one command: the options that it takes, and no others. */
export function commandPage(command: Command): Page {
  const { name, form, summary, examples, options = [] } = command;
  const own = Object.entries(OWN).filter(([option]) => options.some((one) => one === option));
  const text: Page["text"] = {
    usage: [`nonstick [OPTIONS] ${name} ${form}`.trimEnd()],
    about: `${summary[0]?.toUpperCase()}${summary.slice(1)}.`,
    tables: { "Exit codes": EXIT_CODES },
    examples,
  };
  return { text, options: { ...Object.fromEntries(own), ...COMMON } };
}

/** The options of other commands among those that were given. */
export function foreignOptions({ options = [] }: Command, given: ReadonlySet<string>): string[] {
  return Object.keys(OWN).filter((name) => given.has(name) && !options.some((one) => one === name));
}
