/**
 * The options of `nonstick-conformance` as data: parsing, checks and help come from these tables.
 * @module
 */
import {
  flag,
  list,
  oneOf,
  type Option,
  optional,
  seconds,
  text,
  wholeNumber,
  withDefault,
} from "../../cli/options.ts";
import { CONFIG } from "../../cli/sources.ts";
import { MAX_FRAME_LENGTH_CEILING } from "../../protocol/framing/mod.ts";
import { CAMPAIGN_OPTIONS, OUTPUT_OPTIONS, REPORT_ONLY_OPTIONS } from "./report_options.ts";
import { numbers, places } from "./places.ts";

const COMMON = {
  config: CONFIG,
  help: flag("show this help", "h"),
  version: flag("show the version"),
};

/** A framing must be named; everything else has a default. */
function required(placeholder: string, help: string): Option<string | undefined> {
  return optional(placeholder, help, text);
}

/** Options of `run`. */
export const RUN_OPTIONS = {
  framing: required(
    "SPEC",
    "how frames are marked, such as u32be, varint, line, netstring; over udp:// and unixgram:\n" +
      "only fragment, or none",
  ),
  expect: withDefault(
    "WHAT",
    "what the target answers: echo, upper, hello, none (liveness only), invariance (what it\n" +
      "answers to the unsplit --stream) or scenario:FILE",
    "echo",
    text,
  ),
  mask: list("REGEXP", "of --expect invariance: what it matches in answers may differ", text),
  "max-frame": optional(
    "BYTES",
    "the target's own limit; without it nothing is known to be too long",
    wholeNumber(0, MAX_FRAME_LENGTH_CEILING),
  ),
  "over-limit": withDefault(
    "POLICY",
    "what it does with a frame over its limit: close, skip or any (both are right)",
    "any",
    oneOf("close", "skip", "any"),
  ),
  "at-eof": withDefault(
    "POLICY",
    "what it does with an incomplete frame at FIN: drop, error (it ends the connection) or any",
    "any",
    oneOf("drop", "error", "any"),
  ),
  "half-close": withDefault(
    "POLICY",
    "what it does with whole requests when FIN comes: reply, drop or any (it need not answer)",
    "reply",
    oneOf("reply", "drop", "any"),
  ),
  spawn: optional(
    "CMD",
    "start the target; {host}, {port} and {path} are replaced, no shell is used",
    text,
  ),
  cases: list("GLOB,…", "only these cases, such as 1.* or 8.2; controls always run", globs),
  exclude: list("GLOB,…", "not these cases", globs),
  seed: optional("N", "repeat a run; by default a new seed each time", wholeNumber(0, 2 ** 32 - 1)),
  budget: withDefault(
    "S",
    "about how long the run may take; each case gets one delivery all the same",
    "60",
    seconds,
  ),
  timeout: withDefault("S", "longest wait for one answer", "5", seconds),
  pairs: optional(
    "N",
    "length of the stream of which every pair of cuts is tried, in bytes (100)",
    wholeNumber(10, 2000),
  ),
  idle: optional(
    "S",
    "the target's idle timeout; without it only a short silence is tried",
    seconds,
  ),
  expiry: optional(
    "S",
    "of --framing fragment: after how long the target forgets an unfinished message",
    seconds,
  ),
  strict: flag("cases without proof for every edge, or played in part, are INCONCLUSIVE"),
  ...OUTPUT_OPTIONS,
  ...CAMPAIGN_OPTIONS,
  "tls-ca": optional("FILE", "certificate to trust, PEM", text),
  "edge-method": withDefault(
    "METHOD",
    "best way to watch edges that may be used: sock_diag, proc or none",
    "sock_diag",
    oneOf("sock_diag", "proc", "none"),
  ),
  stream: optional(
    "HEX|FILE",
    "play these bytes; with --expect invariance, cut in every way",
    text,
  ),
  cuts: optional("N,…", "where chunks of --stream end; over udp://, datagrams", places),
  waits: optional("N,…", "where answers to --stream are awaited before going on", places),
  sockets: optional(
    "N,…",
    "of --stream over udp://: from which of our sockets each datagram goes out (all from 0)",
    numbers,
  ),
  end: withDefault(
    "EVENT",
    "what comes behind --stream: none, fin, reset or close",
    "none",
    oneOf("none", "fin", "reset", "close"),
  ),
  ...COMMON,
};

/** Options of `report`. */
export const REPORT_OPTIONS = { ...OUTPUT_OPTIONS, ...REPORT_ONLY_OPTIONS, ...COMMON };

/** Options of `replay`. */
export const REPLAY_OPTIONS = {
  to: optional("URL", "the target, when it is elsewhere now", text),
  spawn: optional("CMD", "start the target in this way", text),
  case: optional("ID", "the case, of a history", text),
  timeout: withDefault("S", "longest wait for one answer", "5", seconds),
  "tls-ca": optional("FILE", "certificate to trust, PEM", text),
  json: flag("one object per line"),
  ...COMMON,
};

/** Options of `prove`. */
export const PROVE_OPTIONS = {
  seed: withDefault("N", "seed of all that is random", "1", wholeNumber(0, 2 ** 32 - 1)),
  checks: list("NAME,…", "only these checks, such as closure", globs),
  json: flag("one object per line"),
  ...COMMON,
};

/** Options of `list` and `explain`. */
export const BOOK_OPTIONS = { json: flag("one object per line"), ...COMMON };

function globs(text: string): string[] {
  return text.split(",").map((glob) => glob.trim()).filter((glob) => glob !== "");
}
