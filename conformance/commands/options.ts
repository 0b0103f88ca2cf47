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
import { hexBytes } from "../../protocol/framing/hex.ts";
import { MAX_FRAME_LENGTH_CEILING } from "../../protocol/framing/mod.ts";
import { risingPlaces } from "./rising_places.ts";

const COMMON = {
  help: flag("show this help", "h"),
  version: flag("show the version"),
};

/** A framing must be named; everything else has a default. */
function required(placeholder: string, help: string): Option<string | undefined> {
  return optional(placeholder, help, text);
}

/** Options of `run`. */
export const RUN_OPTIONS = {
  framing: required("SPEC", "how frames are marked, such as u32be, varint, line, netstring"),
  expect: withDefault(
    "WHAT",
    "what the target answers: echo, upper, hello, or none (liveness only)",
    "echo",
    oneOf("echo", "upper", "hello", "none"),
  ),
  "max-frame": optional(
    "BYTES",
    "the target's own limit; without it nothing is known to be too long",
    wholeNumber(0, MAX_FRAME_LENGTH_CEILING),
  ),
  spawn: optional(
    "CMD",
    "start the target; {host}, {port} and {path} are replaced, no shell is used",
    text,
  ),
  cases: list("GLOB,…", "only these cases, such as 1.* or 8.2; controls always run", globs),
  exclude: list("GLOB,…", "not these cases", globs),
  seed: optional("N", "repeat a run; by default a new seed each time", wholeNumber(0, 2 ** 32 - 1)),
  budget: withDefault("S", "about how long the run may take", "60", seconds),
  timeout: withDefault("S", "longest wait for one answer", "5", seconds),
  strict: flag("cases without proof for every edge, or played in part, are INCONCLUSIVE"),
  format: withDefault("FORMAT", "human or json", "human", oneOf("human", "json")),
  json: flag("the same as --format json: one object per line"),
  out: optional("DIR", "write history.jsonl there", text),
  "tls-ca": optional("FILE", "certificate to trust, PEM", text),
  "edge-method": withDefault(
    "METHOD",
    "best way to watch edges that may be used: sock_diag, proc or none",
    "sock_diag",
    oneOf("sock_diag", "proc", "none"),
  ),
  stream: optional("HEX", "play these bytes instead of the cases", bytes),
  cuts: optional("N,…", "where chunks of --stream end", risingPlaces),
  waits: optional("N,…", "where answers to --stream are awaited before going on", risingPlaces),
  end: withDefault(
    "EVENT",
    "what comes behind --stream: none, fin or reset",
    "none",
    oneOf("none", "fin", "reset"),
  ),
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

function bytes(text: string): Uint8Array {
  const found = hexBytes(text);
  if (found === undefined || found.length === 0) throw new Error("it is not bytes in hex");
  return found;
}
