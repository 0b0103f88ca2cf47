import {
  flag,
  oneOf,
  optional,
  seconds,
  text,
  wholeNumber,
  withDefault,
} from "../../cli/options.ts";
import { CONFIG } from "../../cli/sources.ts";

/** Largest number of bytes, connections or milliseconds that can be asked for. */
const MOST = 1_000_000_000;

/** Options of `proxy`. */
export const PROXY_OPTIONS = {
  listen: withDefault("URL", "where clients connect to", "tcp://127.0.0.1:0", text),
  to: optional("URL", "the target", text),
  chunking: withDefault(
    "RULE",
    "how to cut, see below; or up=RULE,down=RULE for towards the target and back",
    "random",
    text,
  ),
  framing: optional("SPEC", "how frames are marked, for rules that follow frames", text),
  faults: withDefault(
    "LIST",
    "between udp:// places: what happens to datagrams, see below, such as loss=0.1,delay=1..30",
    "",
    text,
  ),
  direction: withDefault(
    "WHICH",
    "both, up or down: which direction is cut or faulty, or exported (up)",
    "both",
    oneOf("both", "up", "down"),
  ),
  seed: optional(
    "N",
    "repeat the cuts; by default a new seed each time",
    wholeNumber(0, 2 ** 32 - 1),
  ),
  hold: withDefault("MS", "longest time that bytes are held back", "20", wholeNumber(0, MOST)),
  buffer: withDefault(
    "BYTES",
    "most bytes held back in each direction of a connection",
    "65536",
    wholeNumber(1, MOST),
  ),
  "max-connections": withDefault(
    "N",
    "most connections at once; the next one waits",
    "256",
    wholeNumber(1, 65_536),
  ),
  once: flag("end when the first connection is over"),
  "idle-timeout": withDefault("S", "reset a connection on which nothing moves", "300", seconds),
  "edge-timeout": withDefault("S", "longest wait until a chunk is read", "5", seconds),
  "edge-method": withDefault(
    "METHOD",
    "best way to watch edges that may be used: sock_diag, proc or none",
    "sock_diag",
    oneOf("sock_diag", "proc", "none"),
  ),
  "tls-cert": optional("FILE", "certificate chain for a tls:// --listen, PEM", text),
  "tls-key": optional("FILE", "its private key, PEM", text),
  "tls-ca": optional("FILE", "certificate to trust for a tls:// --to, PEM", text),
  record: optional("FILE", "write what happens, one JSON object per line", text),
  replay: optional("FILE", "play the client's side of a record and compare the answers", text),
  export: optional("FILE", "take the bytes of one direction of a connection out of a record", text),
  connection: optional("N", "of --replay and --export: only this one", wholeNumber(1, MOST)),
  out: optional("FILE", "of --export: where to; by default hex on standard output", text),
  timeout: withDefault("S", "of --replay: longest wait for an answer", "5", seconds),
  json: flag("one object per line"),
  config: CONFIG,
  help: flag("show this help", "h"),
  version: flag("show the version"),
};
