import { commandWords, shellLine } from "../../cli/command_words.ts";
import {
  list,
  optional,
  type OptionValues,
  parseOptions,
  type Source,
  text,
  UsageError,
} from "../../cli/options.ts";
import { framing } from "../../protocol/framing/mod.ts";
import { UnsupportedCodecError } from "../decoder/decoder_target.ts";
import { interoperate, type InteropPair } from "../decoder/interop.ts";
import { interopTable, type MatrixCell, matrixTable } from "../decoder/matrix.ts";
import type { Command } from "./command.ts";
import { EXIT_CODES, OUT_FILES } from "./exit_codes.ts";
import { RUN_OPTIONS } from "./options.ts";
import { runAndReport } from "./run_and_report.ts";
import { commandLine, type RunSettings } from "./run_settings.ts";

const TARGET = "stdio:";

/** Options of `decoder`: adapters and framings, and what of `run` makes sense without connections. */
export const DECODER_OPTIONS = {
  spawn: list("CMD", "start the adapter; no shell is used", text),
  framing: list("SPEC", "how frames are marked, such as u32be, varint, line, netstring", text),
  codec: optional("NAME", "what the adapter calls it; by default the SPEC", text),
  "max-frame": {
    ...RUN_OPTIONS["max-frame"],
    help: "the limit that decoders are opened with, in payload bytes (65536)",
  },
  "over-limit": RUN_OPTIONS["over-limit"],
  "at-eof": {
    ...RUN_OPTIONS["at-eof"],
    help: "what it does with an incomplete frame at the end: drop, error or any (both are right)",
  },
  cases: RUN_OPTIONS.cases,
  exclude: RUN_OPTIONS.exclude,
  seed: RUN_OPTIONS.seed,
  budget: RUN_OPTIONS.budget,
  timeout: RUN_OPTIONS.timeout,
  pairs: RUN_OPTIONS.pairs,
  strict: RUN_OPTIONS.strict,
  format: RUN_OPTIONS.format,
  json: RUN_OPTIONS.json,
  out: RUN_OPTIONS.out,
  baseline: RUN_OPTIONS.baseline,
  "known-failing": RUN_OPTIONS["known-failing"],
  "known-flaky": RUN_OPTIONS["known-flaky"],
  shard: RUN_OPTIONS.shard,
  "debug-attach": RUN_OPTIONS["debug-attach"],
  stream: { ...RUN_OPTIONS.stream, help: "play these bytes" },
  cuts: RUN_OPTIONS.cuts,
  waits: RUN_OPTIONS.waits,
  end: RUN_OPTIONS.end,
  config: RUN_OPTIONS.config,
  help: RUN_OPTIONS.help,
  version: RUN_OPTIONS.version,
};

type Settings = OptionValues<typeof DECODER_OPTIONS>;

/** `decoder --spawn CMD --framing SPEC`: the case book against decoders behind an adapter. */
export const DECODER: Command = {
  name: "decoder",
  summary: "run the case book against a decoder, behind an adapter",
  page: {
    text: {
      usage: ["nonstick-conformance decoder --spawn CMD --framing SPEC [OPTION]..."],
      about:
        "Runs the case book against a decoder in any language. CMD starts its adapter, a small program\n" +
        "that takes requests on standard input: see docs/ADAPTER.md and conformance/adapters/.\n" +
        "With several --spawn or --framing each pair is a run, with a table at the end; what one adapter\n" +
        "encodes the others then have to decode.",
      tables: { "Exit codes": EXIT_CODES, "Files of --out DIR": OUT_FILES },
      examples: [
        [
          "nonstick-conformance decoder --spawn 'python3 adapter.py' --framing netstring",
          "one decoder",
        ],
        [
          "nonstick-conformance decoder --spawn 'python3 adapter.py' --spawn 'node adapter.mjs' \\\n" +
          "      --framing u32be --framing line",
          "two adapters, two framings, and how they understand each other",
        ],
        [
          "nonstick-conformance decoder --spawn ./adapter --framing u32be --stream 0000000161 --cuts 3",
          "play one stream again, cut as a report says",
        ],
      ],
    },
    options: DECODER_OPTIONS,
  },
  run: runDecoders,
};

async function runDecoders(
  args: readonly string[],
  write: (line: string) => void,
  sources: readonly Source[] = [],
): Promise<number> {
  const { values, words } = parseOptions(DECODER_OPTIONS, args, sources);
  if (words.length > 0) {
    throw new UsageError(`decoder takes options only; ${words.join(" ")} is too much.`);
  }
  if (values.spawn.length === 0) {
    throw new UsageError("--spawn CMD is missing, which starts the adapter.");
  }
  if (values.framing.length === 0) {
    throw new UsageError("--framing SPEC is missing, such as --framing u32be.");
  }
  for (const spec of values.framing) framing(spec);
  const [spawn = "", ...others] = values.spawn, [spec = "", ...more] = values.framing;
  return others.length === 0 && more.length === 0
    ? await runOne(values, spawn, spec, values.out, write)
    : await runAll(values, write);
}

async function runOne(
  values: Settings,
  spawn: string,
  spec: string,
  out: string | undefined,
  write: (line: string) => void,
): Promise<number> {
  const { codec } = values;
  const settings: RunSettings = {
    ...parseOptions(RUN_OPTIONS, []).values,
    ...values,
    spawn,
    framing: spec,
    out,
  };
  const line = commandLine("decoder", TARGET, settings).replace(` ${TARGET}`, "");
  return await runAndReport("decoder", TARGET, settings, write, {
    side: "decoder",
    command: codec === undefined ? line : `${line} ${shellLine(["--codec", codec])}`,
    ...(codec === undefined ? {} : { codec }),
  });
}

/** Every adapter with every framing, then what they encode for each other. */
async function runAll(values: Settings, write: (line: string) => void): Promise<number> {
  const json = values.json || values.format === "json";
  const cells: MatrixCell[] = [];
  const interop: (InteropPair & { readonly framing: string })[] = [];
  for (const spec of values.framing) {
    for (const [i, spawn] of values.spawn.entries()) {
      const out = values.out && `${values.out}/${fileName(spec)}-${i + 1}`;
      if (!json) write(`\n${spawn}, ${spec}`);
      cells.push({ spawn, framing: spec, exitCode: await codeOf(values, spawn, spec, out, write) });
    }
    const pairs = await interoperate({
      framing: framing(spec),
      spawns: values.spawn.map(commandWords),
      deadlineMs: values.timeout,
      ...(values.codec === undefined ? {} : { codec: values.codec }),
      ...(values["max-frame"] === undefined ? {} : { maxFrame: values["max-frame"] }),
    });
    interop.push(...pairs.map((pair) => ({ framing: spec, ...pair })));
  }
  write(
    json
      ? JSON.stringify({ type: "matrix", cells, interop })
      : `\n${matrixTable(cells)}\n\n${interopTable(interop)}`,
  );
  const codes = cells.flatMap(({ exitCode }) => exitCode ?? []);
  if (codes.length === 0) {
    throw new UnsupportedCodecError("No adapter has any of these codecs: nothing was run");
  }
  if (codes.includes(1) || interop.some(({ passed, total }) => passed < total)) return 1;
  return Math.max(...codes);
}

/** The exit code of one pair; null where the adapter does not have the codec. */
async function codeOf(
  values: Settings,
  spawn: string,
  spec: string,
  out: string | undefined,
  write: (line: string) => void,
): Promise<number | null> {
  try {
    return await runOne(values, spawn, spec, out, write);
  } catch (error) {
    if (!(error instanceof UnsupportedCodecError)) throw error;
    if (!values.json && values.format !== "json") write(error.message);
    return null;
  }
}

/** A framing as part of a file name. */
function fileName(spec: string): string {
  return spec.replace(/[^A-Za-z0-9]+/g, "_");
}
