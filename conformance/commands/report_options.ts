import { flag, list, oneOf, optional, text, withDefault } from "../../cli/options.ts";
import { FORMATS } from "../report/formats.ts";
import { parseShard } from "../shard/shard.ts";

/** Options that say what is written where; of every command that reports a run. */
export const OUTPUT_OPTIONS = {
  format: withDefault("FORMAT", FORMATS.join(", "), "human", oneOf(...FORMATS)),
  json: flag("the same as --format json: one object per line"),
  out: optional(
    "DIR",
    "write all reports there, besides history.jsonl and a replay file for each failure",
    text,
  ),
  baseline: optional("FILE", "result.json of an earlier run; only new failures count", text),
};

/** Options of `run` and `client` that have to do with known failures and with several machines. */
export const CAMPAIGN_OPTIONS = {
  "known-failing": list("FILE", "failures that are known: lines of ID CAUSE  # why", text),
  "known-flaky": list("FILE", "the same, for failures that come and go", text),
  shard: optional("I/N", "play part I of N; `report` puts the parts together", parseShard),
  "dry-run": flag("say what would be played, and play nothing"),
  "debug-attach": flag("wait before playing until Enter is pressed, and never give up waiting"),
};

/** Options of `report`. */
export const REPORT_ONLY_OPTIONS = {
  compare: flag("compare two runs, the earlier one first; only new failures count"),
};
