/**
 * All commands of `nonstick-conformance`, and what is to be known of it. A new command is one new file and one line here.
 * @module
 */
import type { Manual } from "../cli/manual.ts";
import { flag } from "../cli/options.ts";
import { EXPLAIN, LIST } from "./commands/book.ts";
import { CLIENT } from "./commands/client.ts";
import type { Command } from "./commands/command.ts";
import { COMPLETIONS } from "./commands/completions.ts";
import { DECODER } from "./commands/decoder.ts";
import { PROVE } from "./commands/prove.ts";
import { PROXY } from "./commands/proxy.ts";
import { REPLAY } from "./commands/replay.ts";
import { REPORT } from "./commands/report.ts";
import { RUN } from "./commands/run.ts";

/** Every command there is, in the order of the help. */
export const COMMANDS: readonly Command[] = [
  RUN,
  CLIENT,
  DECODER,
  PROXY,
  REPLAY,
  REPORT,
  PROVE,
  LIST,
  EXPLAIN,
  COMPLETIONS,
];

/** Variables, config files, completions and the man page come from this. */
export const MANUAL: Manual = {
  name: "nonstick-conformance",
  summary: "prove that a framed server or client receives every frame cleanly",
  page: {
    text: {
      usage: ["nonstick-conformance COMMAND [ARGUMENT]... [OPTION]..."],
      about:
        `Proves that a framed server receives every frame cleanly, however its bytes are cut, or prints the
smallest cutting that breaks it.`,
      tables: { Commands: COMMANDS.map(({ name, summary }) => [name, summary] as const) },
      examples: [
        [
          "nonstick-conformance run tcp://127.0.0.1:0 --framing u32be --spawn 'python3 server.py {port}'",
          "a server of yours that echoes frames with a 32-bit length",
        ],
        ["nonstick-conformance run --help", "the options of a command"],
      ],
    },
    options: { help: flag("show this help", "h"), version: flag("show the version") },
  },
  commands: COMMANDS.map(({ name, summary, page, words }) => ({
    ...{ name, summary, page },
    ...(words === undefined ? {} : { words }),
  })),
};
