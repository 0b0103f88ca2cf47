/**
 * The options of `nonstick-server`, and its help. Times are written in seconds and held in ms.
 * @module
 */
import { DEFAULT_ENDPOINT } from "../cli/dialect.ts";
import { type HelpText, helpText, wrapped } from "../cli/help.ts";
import {
  flag,
  list,
  oneOf,
  optional,
  type OptionValues,
  seconds,
  text,
  wholeNumber,
  withDefault,
} from "../cli/options.ts";
import {
  DEFAULT_MAX_FRAME_LENGTH,
  FRAMING_FAMILIES,
  MAX_FRAME_LENGTH_CEILING,
} from "../protocol/framing/mod.ts";
import { DEFAULT_MAX_CONNECTIONS } from "./server.ts";
import { SERVICES } from "./services/mod.ts";

/** Every option. Someone who types needs longer than a program, so the times are generous. */
export const OPTIONS = {
  listen: list("URL", `where to listen and what to speak; default: ${DEFAULT_ENDPOINT}`, text),
  "tls-cert": optional("FILE", "certificate chain (PEM) for tls:// listeners", text),
  "tls-key": optional("FILE", "private key (PEM) for tls:// listeners", text),
  "max-connections": withDefault(
    "N",
    "connections served at once; more wait in line",
    String(DEFAULT_MAX_CONNECTIONS),
    wholeNumber(1, 1_000_000),
  ),
  "max-frame": withDefault(
    "BYTES",
    "longest payload of one frame",
    String(DEFAULT_MAX_FRAME_LENGTH),
    wholeNumber(1, MAX_FRAME_LENGTH_CEILING),
  ),
  "handshake-timeout": withDefault(
    "S",
    "longest wait for the first frame, TLS included",
    "60",
    seconds,
  ),
  "idle-timeout": withDefault("S", "longest wait for any bytes", "300", seconds),
  "frame-timeout": withDefault(
    "S",
    "longest wait for the rest of a frame, or for the peer to take bytes",
    "30",
    seconds,
  ),
  log: withDefault(
    "FORMAT",
    "how log lines on stderr look: text or json",
    "text",
    oneOf("text", "json"),
  ),
  help: flag("print this help", "h"),
  version: flag("print the version"),
};

/** What the options were set to. */
export type ServerSettings = OptionValues<typeof OPTIONS>;

const TEXT: HelpText = {
  usage: ["nonstick-server [--listen URL]... [OPTIONS]"],
  about: `Serves echo, upper and hello over TCP, TLS and Unix sockets, raw or in frames of any kind.

A URL is tcp://HOST:PORT, tls://HOST:PORT or unix:///PATH; port 0 takes a free one. Behind it stands what
is spoken: ?speak=SERVICE raw, as in the socket tutorials, or ?speak=SERVICE&framing=SPEC in frames, one
answer for each. A URL that says neither speaks echo in lines.

For each listener one line "listening URL" is printed on stdout; everything else goes to stderr.
SIGINT or SIGTERM lets running connections end for 5 s; a second one ends at once.`,
  tables: {
    Services: SERVICES.map(({ name, summary }) => [name, summary] as const),
    Framings: [["SPEC", wrapped(FRAMING_FAMILIES.map(({ form }) => form), 70)]],
    "Exit codes": [
      ["0", "ended by a signal, all connections closed"],
      ["1", "cannot listen, or a file cannot be read"],
      ["2", "the command line cannot be used"],
      ["130, 143", "ended at once by a second SIGINT or SIGTERM"],
    ],
  },
  examples: [
    ["nonstick-server", "echo in lines; try it with: nc 127.0.0.1 7000"],
    [
      "nonstick-server --listen 'tcp://127.0.0.1:0?speak=echo&framing=u32be'",
      "length-prefixed frames, on a free port",
    ],
    [
      "nonstick-server --listen 'tcp://:7001?speak=upper' --listen 'unix:///tmp/hello.sock?speak=hello'",
      "two listeners, raw as in the tutorials",
    ],
    [
      "nonstick-server --listen 'tls://:7443?speak=echo&framing=varint' --tls-cert cert.pem --tls-key key.pem",
      "over TLS",
    ],
  ],
};

/** The help text. */
export const HELP: string = helpText(TEXT, OPTIONS);
