/**
 * The options of `nonstick-server`, and its help. Times are written in seconds and held in ms.
 * @module
 */
import { type Network, networkOf } from "../cli/address.ts";
import { DEFAULT_ENDPOINT } from "../cli/dialect.ts";
import { helpText, wrapped } from "../cli/help.ts";
import type { Page } from "../cli/manual.ts";
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
import { CONFIG } from "../cli/sources.ts";
import {
  DEFAULT_MAX_FRAME_LENGTH,
  FRAMING_FAMILIES,
  MAX_FRAME_LENGTH_CEILING,
} from "../protocol/framing/mod.ts";
import { DEFAULT_BACKLOG } from "../protocol/transport/listen.ts";
import { TUTORIALS } from "./dialects/tutorials.ts";
import { LOG_LEVELS } from "./log.ts";
import { DEFAULT_MAX_CONNECTIONS } from "./server.ts";
import { SERVICES } from "./services/mod.ts";

/** Most threads; each takes memory, and no machine has more use for them. */
const MOST_WORKERS = 256;

/** Every option. Someone who types needs longer than a program, so the times are generous. */
export const OPTIONS = {
  listen: list("URL", `where to listen and what to speak; default: ${DEFAULT_ENDPOINT}`, text),
  "tls-cert": optional("FILE", "certificate chain (PEM) for tls:// listeners", text),
  "tls-key": optional("FILE", "private key (PEM) for tls:// listeners", text),
  "tls-client-ca": optional(
    "FILE",
    "authority (PEM): serve over tls:// only clients with a certificate that it has signed",
    text,
  ),
  insecure: flag("DANGEROUS: listen for others without token and TLS even where they gain powers"),
  "token-file": optional("FILE", "serve only clients that know this secret (nonstick/1)", text),
  "ask-token": flag("ask for that secret on the terminal; else it may be in NONSTICK_TOKEN"),
  root: optional("DIR", "let clients list and get the files in this directory", text),
  "allow-write": flag("let them put files there, too"),
  "allow-exec": list("PROG,…", "let clients run these programs; '*' for any", names),
  "exec-shell": flag("DANGEROUS: let a shell read the commands of raw exec listeners"),
  room: flag("raw chat listeners: all hear each other, rather than who sits at this terminal"),
  rooms: withDefault("N", "most rooms of the chat; 0 for no chat", "100", wholeNumber(0, 1e6)),
  "exec-output": withDefault(
    "BYTES",
    "most bytes that one program may write",
    String(64 * 1024 * 1024),
    wholeNumber(1, Number.MAX_SAFE_INTEGER),
  ),
  "exec-timeout": withDefault("S", "longest run of one program", "3600", seconds),
  "socket-mode": withDefault(
    "MODE",
    "who may connect to unix:// sockets, as chmod says it: 600 only this user, 660 its group, too",
    "600",
    fileMode,
  ),
  backlog: withDefault(
    "N",
    "connections that the system keeps waiting until they are taken in (tcp://, tls://)",
    String(DEFAULT_BACKLOG),
    wholeNumber(1, 65_535),
  ),
  "max-connections": withDefault(
    "N",
    "connections served at once; more wait in line",
    String(DEFAULT_MAX_CONNECTIONS),
    wholeNumber(1, 1_000_000),
  ),
  "max-per-address": optional(
    "N",
    "connections at once from one IPv4 address or IPv6 /64; by default a quarter of --max-connections",
    wholeNumber(1, 1_000_000),
  ),
  "max-unauthenticated": optional(
    "N",
    "connections at once that have not introduced themselves (first message, token); by default a third of --max-connections",
    wholeNumber(1, 1_000_000),
  ),
  exempt: list(
    "NET,…",
    "networks without a limit per address and without penalties, or none; default: 127.0.0.0/8,::1",
    (text) => text === "none" ? [] : networks(text),
  ),
  allow: list("NET,…", "serve only these networks, such as 10.0.0.0/8", networks),
  deny: list("NET,…", "never serve these networks; wins over --allow", networks),
  "max-frame": withDefault(
    "BYTES",
    "longest payload of one frame",
    String(DEFAULT_MAX_FRAME_LENGTH),
    wholeNumber(1, MAX_FRAME_LENGTH_CEILING),
  ),
  "max-frame-rate": optional(
    "N",
    "frames per second from one connection, on average; who sends more is read from more slowly; any number by default",
    wholeNumber(1, 1_000_000_000),
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
  "min-rate": withDefault(
    "BYTES",
    "least speed, in bytes per second, of a message or file that is coming, and at which the peer takes what is sent; it may be --frame-timeout behind. Being quiet is no speed",
    "500",
    wholeNumber(1, 1_000_000_000),
  ),
  workers: withDefault(
    "N",
    "threads that share the tcp:// and tls:// listeners, on Linux; 0 for one on each core",
    "1",
    wholeNumber(0, MOST_WORKERS),
  ),
  metrics: optional(
    "URL",
    "where /metrics (Prometheus) and /healthz are: tcp://127.0.0.1:PORT, unix:///PATH",
    text,
  ),
  "check-powers": flag("start, try what the server has given up of its permissions, and end"),
  "check-quic": flag("try whether quic:// works with this runtime on this machine, and end"),
  log: withDefault(
    "FORMAT",
    "how log lines on stderr look: text or json",
    "text",
    oneOf("text", "json"),
  ),
  "log-level": withDefault(
    "LEVEL",
    "least that is logged: debug (every connection), info, warn or error",
    "info",
    oneOf(...LOG_LEVELS),
  ),
  config: CONFIG,
  help: flag("print this help", "h"),
  version: flag("print the version"),
};

/** Reads networks between commas; one that cannot be read is an error, never a rule that does nothing. */
function networks(text: string): Network[] {
  return text.split(",").map((one) => {
    const network = networkOf(one.trim());
    if (network === null) {
      throw new Error(`${JSON.stringify(one)} is no network, such as 10.0.0.0/8`);
    }
    return network;
  });
}

/** Reads a file mode in octal digits. */
function fileMode(text: string): number {
  if (!/^0?[0-7]{3}$/.test(text)) throw new Error("it is no file mode such as 600 or 660");
  return Number.parseInt(text, 8);
}

/** Reads names between commas. */
function names(text: string): string[] {
  const names = text.split(",").map((name) => name.trim());
  if (names.includes("")) throw new Error("a name between two commas is missing");
  return names;
}

/** What the options were set to. */
export type ServerSettings = OptionValues<typeof OPTIONS>;

const TEXT: Page["text"] = {
  usage: [
    "nonstick-server [--listen URL]... [OPTIONS]",
    "nonstick-server cert [OPTIONS]",
    "nonstick-server completions SHELL",
  ],
  about:
    `Serves echo, upper and hello over TCP, TLS, UDP and Unix sockets, raw or in frames of any kind.

A URL is tcp://HOST:PORT, tls://HOST:PORT, unix:///PATH, fd://3 for a socket that systemd passes, or
for datagrams udp://HOST:PORT or unixgram:///PATH; port 0 takes a free one. Behind it stands what is spoken: nothing for nonstick/1 (all services, what the nonstick client speaks), ?speak=SERVICE raw, as in
the socket tutorials, ?speak=SERVICE&framing=SPEC in frames, one answer for each; a datagram is a frame
already, or with ?framing=fragment a part of one.

For each listener one line "listening URL" is printed on stdout; everything else goes to stderr.
SIGINT or SIGTERM lets running connections end for 5 s; a second one ends at once.`,
  tables: {
    Services: [
      ...SERVICES.map(({ name, summary }) => [name, summary] as const),
      ["others", wrapped(Object.keys(TUTORIALS), 70)],
    ],
    Framings: [["SPEC", wrapped(FRAMING_FAMILIES.map(({ form }) => form), 70)]],
    "Exit codes": [
      ["0", "ended by a signal, all connections closed"],
      ["1", "cannot listen, a file cannot be read, or a worker failed"],
      ["2", "the command line cannot be used"],
      ["130, 143", "ended at once by a second SIGINT or SIGTERM"],
    ],
  },
  examples: [
    ["nonstick-server", "all services for the nonstick client, on this machine only"],
    ["nonstick-server --listen 'tcp://:7000?speak=echo&framing=line'", "for anyone with nc"],
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

/** What is to be known of the program without a command. */
export const PAGE: Page = { text: TEXT, options: OPTIONS };

/** The help text. */
export const HELP: string = helpText(TEXT, OPTIONS);
