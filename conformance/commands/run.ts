import { parseOptions, type Source, UsageError } from "../../cli/options.ts";
import type { Command } from "./command.ts";
import { isDatagramTarget } from "../datagrams/run_datagrams.ts";
import { dryRun, dryRunDatagrams } from "./dry_run.ts";
import { EXIT_CODES, OUT_FILES } from "./exit_codes.ts";
import { RUN_OPTIONS } from "./options.ts";
import { runAndReport } from "./run_and_report.ts";
import { runOptions } from "./run_settings.ts";

/** `run TARGET`: the case book against a server. */
export const RUN: Command = {
  name: "run",
  summary: "run the case book against a server",
  page: {
    text: {
      usage: ["nonstick-conformance run TARGET --framing SPEC [OPTION]..."],
      about: "Runs the case book against a server, in any language, that listens on TARGET:\n" +
        "tcp://HOST:PORT, tls://HOST:PORT, unix:///PATH, or with --spawn stdio:, and over datagrams\n" +
        "udp://HOST:PORT or unixgram:///PATH. With --spawn, port 0 takes a free port.",
      tables: { "Exit codes": EXIT_CODES, "Files of --out DIR": OUT_FILES },
      examples: [
        [
          "nonstick-conformance run tcp://127.0.0.1:7000 --framing u32be",
          "a server that echoes frames with a 32-bit length",
        ],
        [
          "nonstick-conformance run tcp://127.0.0.1:0 --framing line --expect upper --max-frame 4096 \\\n" +
          "      --spawn 'python3 server.py {port}'",
          "start the server first, and end it afterwards",
        ],
        [
          "nonstick-conformance run udp://127.0.0.1:0 --expect upper --spawn 'python3 server.py {port}'",
          "a server of datagrams, each of which is a message",
        ],
        [
          "nonstick-conformance run tcp://127.0.0.1:7000 --framing u32be --stream 0000000161 --cuts 3",
          "play one stream again, cut as a report says",
        ],
        [
          "nonstick-conformance run tcp://127.0.0.1:7000 --framing u32be --seed 1 --shard 2/4 --out shard2",
          "one of four machines; `report shard*` puts them together",
        ],
      ],
    },
    options: RUN_OPTIONS,
  },
  run: runTarget,
};

async function runTarget(
  args: readonly string[],
  write: (line: string) => void,
  sources: readonly Source[] = [],
): Promise<number> {
  const { values, words } = parseOptions(RUN_OPTIONS, args, sources);
  const [target, ...more] = words;
  if (target === undefined) {
    throw new UsageError("TARGET is missing, such as tcp://127.0.0.1:7000.");
  }
  if (more.length > 0) throw new UsageError(`run takes one TARGET; ${more.join(" ")} is too much.`);
  if (values.framing === undefined && !isExchange(values.expect) && !isDatagramTarget(target)) {
    throw new UsageError("--framing SPEC is missing, such as --framing u32be.");
  }
  if (!values["dry-run"]) return await runAndReport("run", target, values, write);
  return isDatagramTarget(target)
    ? dryRunDatagrams(target, values, await runOptions(values), write)
    : dryRun(target, values, write);
}

/** Whether the answers are told by a recording or a scenario, which may do without a framing. */
function isExchange(expect: string): boolean {
  return expect === "invariance" || expect.startsWith("scenario:");
}
