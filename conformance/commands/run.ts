import { helpText } from "../../cli/help.ts";
import { type OptionValues, parseOptions, UsageError } from "../../cli/options.ts";
import { runConformance } from "../run_conformance.ts";
import type { GivenStream, RunOptions } from "../run_options.ts";
import { formatCase, formatEnd, formatStart } from "../report/human.ts";
import { caseRecord, endRecord, startRecord } from "../report/json.ts";
import { painted, plain } from "../report/paint.ts";
import { shellLine } from "../report/replay.ts";
import type { Command } from "./command.ts";
import { Interrupt } from "./interrupt.ts";
import { RUN_OPTIONS } from "./options.ts";

type Settings = OptionValues<typeof RUN_OPTIONS>;

/** `run TARGET`: the case book against a server. */
export const RUN: Command = {
  name: "run",
  summary: "run the case book against a server",
  help: () =>
    helpText({
      usage: ["nonstick-conformance run TARGET --framing SPEC [OPTION]..."],
      about: "Runs the case book against a server, in any language, that listens on TARGET:\n" +
        "tcp://HOST:PORT, tls://HOST:PORT or unix:///PATH. With --spawn, port 0 takes a free port.",
      tables: { "Exit codes": EXIT_CODES },
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
          "nonstick-conformance run tcp://127.0.0.1:7000 --framing u32be --stream 0000000161 --cuts 3",
          "play one stream again, cut as a report says",
        ],
      ],
    }, RUN_OPTIONS),
  run: runTarget,
};

const EXIT_CODES = [
  ["0", "pass"],
  ["1", "the target fails"],
  ["2", "usage, or no case matches"],
  ["3", "inconclusive"],
  ["4", "the target did not start or is not there"],
  ["70", "fault in the harness"],
] as const;

async function runTarget(args: readonly string[], write: (line: string) => void): Promise<number> {
  const { values, words } = parseOptions(RUN_OPTIONS, args);
  const [target, ...more] = words;
  if (target === undefined) {
    throw new UsageError("TARGET is missing, such as tcp://127.0.0.1:7000.");
  }
  if (more.length > 0) throw new UsageError(`run takes one TARGET; ${more.join(" ")} is too much.`);
  if (values.framing === undefined) {
    throw new UsageError("--framing SPEC is missing, such as --framing u32be.");
  }
  const json = values.json || values.format === "json";
  const paint = !Deno.noColor && Deno.stdout.isTerminal() ? painted : plain;
  const about = `framing ${values.framing}, expecting ${values.expect}`;
  using history = await openHistory(values.out);
  using interrupt = new Interrupt();
  const result = await runConformance(target, {
    ...await runOptions(values, values.framing),
    signal: interrupt.signal,
    onStart: (start) => write(json ? startRecord(start) : formatStart(start, about)),
    onCase: (one) => write(json ? caseRecord(one) : formatCase(one, paint)),
    ...(history ? { onHistory: (line: string) => history.add(line) } : {}),
  });
  write(json ? endRecord(result) : formatEnd(result, commandLine(target, values), paint));
  return result.exitCode;
}

async function runOptions(values: Settings, framing: string): Promise<RunOptions> {
  const { spawn, seed, stream } = values;
  const maxFrame = values["max-frame"], ca = values["tls-ca"];
  return {
    framing,
    expect: values.expect,
    cases: values.cases.flat(),
    exclude: values.exclude.flat(),
    budgetMs: values.budget,
    timeoutMs: values.timeout,
    strict: values.strict,
    edgeMethod: values["edge-method"],
    ...(maxFrame === undefined ? {} : { maxFrame }),
    ...(spawn === undefined ? {} : { spawn }),
    ...(seed === undefined ? {} : { seed }),
    ...(ca === undefined ? {} : { caCerts: [await readCertificate(ca)] }),
    ...(stream === undefined ? {} : { stream: givenStream(stream, values) }),
  };
}

function givenStream(bytes: Uint8Array, { cuts, waits, end }: Settings): GivenStream {
  return { bytes, end, ...(cuts ? { cuts } : {}), ...(waits ? { waits } : {}) };
}

/** The command line of this run, without what a replay adds. */
function commandLine(target: string, values: Settings): string {
  const words = ["nonstick-conformance", "run", target, "--framing", values.framing ?? ""];
  if (values.expect !== "echo") words.push("--expect", values.expect);
  const options: [string, string | number | undefined][] = [
    ["--max-frame", values["max-frame"]],
    ["--spawn", values.spawn],
    ["--tls-ca", values["tls-ca"]],
  ];
  for (const [name, value] of options) {
    if (value !== undefined) words.push(name, String(value));
  }
  return shellLine(words);
}

async function readCertificate(path: string): Promise<string> {
  try {
    return await Deno.readTextFile(path);
  } catch (error) {
    throw new UsageError(`Cannot read the file of --tls-ca: ${messageOf(error)}.`);
  }
}

/** The history as a file, written while the run goes on, so that it outlives a harness that does not. */
async function openHistory(
  directory: string | undefined,
): Promise<{ add(line: string): void } & Disposable | null> {
  if (directory === undefined) return null;
  try {
    await Deno.mkdir(directory, { recursive: true });
    const file = await Deno.create(`${directory}/history.jsonl`);
    const encoder = new TextEncoder();
    return {
      add(line) {
        const bytes = encoder.encode(`${line}\n`);
        for (let at = 0; at < bytes.length;) at += file.writeSync(bytes.subarray(at));
      },
      [Symbol.dispose]: () => file.close(),
    };
  } catch (error) {
    throw new UsageError(`Cannot write to the directory of --out: ${messageOf(error)}.`);
  }
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
