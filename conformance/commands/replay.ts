import { messageOf } from "../../cli/message_of.ts";
import { readNamedFile } from "../../cli/named_file.ts";
import { type OptionValues, parseOptions, type Source, UsageError } from "../../cli/options.ts";
import { hexBytes } from "../../protocol/framing/hex.ts";
import type { CaseResult } from "../campaign/result.ts";
import { readHistoryFile } from "../history/history_file.ts";
import { HistoryError } from "../history/read_history.ts";
import {
  readReplayFile,
  type ReplayFile,
  ReplayFileError,
  replayFileOf,
} from "../replay/replay_file.ts";
import { picture } from "../report/picture.ts";
import { runConformance } from "../run_conformance.ts";
import type { RunOptions } from "../run_options.ts";
import type { Command } from "./command.ts";
import { EXIT_CODES } from "./exit_codes.ts";
import { Interrupt } from "./interrupt.ts";
import { REPLAY_OPTIONS } from "./options.ts";

type Settings = OptionValues<typeof REPLAY_OPTIONS>;

/** `replay FILE`: one failure again, byte for byte. */
export const REPLAY: Command = {
  name: "replay",
  summary: "play one failure again from its file",
  page: {
    text: {
      usage: [
        "nonstick-conformance replay FILE [--to URL] [--spawn CMD]",
        "nonstick-conformance replay HISTORY --case ID [--to URL] [--spawn CMD]",
      ],
      about:
        "Plays one failure again: the bytes, cuts and waits that are in the file, as --out wrote it to\n" +
        "failures/ID.json. Tells whether the target still fails.",
      tables: {
        "Exit codes": EXIT_CODES.map(([code, what]) =>
          code === "0"
            ? [code, "it does not fail any more"]
            : code === "1"
            ? [code, "it still fails"]
            : [code, what]
        ),
      },
      examples: [
        ["nonstick-conformance replay out/failures/1.1.json", "against the same target"],
        [
          "nonstick-conformance replay out/failures/1.1.json --to tcp://127.0.0.1:7001",
          "against one that runs elsewhere",
        ],
        ["nonstick-conformance replay out/history.jsonl --case 1.1", "from the history"],
      ],
    },
    options: REPLAY_OPTIONS,
  },
  run: replay,
};

async function replay(
  args: readonly string[],
  write: (line: string) => void,
  sources: readonly Source[] = [],
): Promise<number> {
  const { values, words } = parseOptions(REPLAY_OPTIONS, args, sources);
  const [path, ...more] = words;
  if (path === undefined) throw new UsageError("FILE is missing, such as out/failures/1.1.json.");
  if (more.length > 0) {
    throw new UsageError(`replay takes one FILE; ${more.join(" ")} is too much.`);
  }
  const file = values.case === undefined ? await replayFile(path) : fromHistory(path, values.case);
  using interrupt = new Interrupt();
  const { target, options } = await again(file, values);
  const result = await runConformance(target, { ...options, signal: interrupt.signal });
  const one = result.cases.find(({ id }) => id === "stream");
  write(
    values.json ? JSON.stringify({ type: "replay", was: file.cause, ...one }) : told(file, one),
  );
  return one?.cause !== undefined ? 1 : one?.verdict === "PASS" ? 0 : 3;
}

async function replayFile(path: string): Promise<ReplayFile> {
  try {
    return readReplayFile(await readNamedFile("replay", path));
  } catch (error) {
    if (!(error instanceof ReplayFileError)) throw error;
    throw new UsageError(
      `Cannot replay ${path}: ${error.message}. A history needs --case ID; what the proxy recorded ` +
        "is played by `proxy --replay`.",
    );
  }
}

function fromHistory(path: string, id: string): ReplayFile {
  const run = readRun(path);
  const one = run.cases.find((one) => one.id === id);
  const file = one && replayFileOf(run.about, one);
  if (file !== undefined) return file;
  const failed = run.cases.filter(({ counterexample }) => counterexample !== undefined);
  const ids = failed.map(({ id }) => id).join(", ");
  throw new UsageError(
    `Cannot replay ${id} of ${path}: it has no smallest failure; ${
      ids === "" ? "no case has one" : `those are in ${ids}`
    }.`,
  );
}

function readRun(path: string): ReturnType<typeof readHistoryFile> {
  try {
    return readHistoryFile(path);
  } catch (error) {
    if (!(error instanceof HistoryError || error instanceof Deno.errors.NotFound)) throw error;
    throw new UsageError(`Cannot replay ${path}: ${messageOf(error)}.`);
  }
}

async function again(
  file: ReplayFile,
  { to, spawn, timeout, "tls-ca": ca }: Settings,
): Promise<{ target: string; options: RunOptions }> {
  // Who says where the target is now says as well whether it has to be started.
  const command = spawn ?? (to === undefined ? file.spawn : undefined);
  const { framing, expect, scenario, maxFrame, overLimit, atEof, halfClose, mask } = file;
  const { side, codec, cuts, waits, end, sockets, expiryMs, answer, input, sends } = file;
  return {
    target: to ?? file.target,
    options: {
      // The framing of a scenario stands in it.
      ...(scenario === undefined ? { framing } : { scenario }),
      expect,
      timeoutMs: timeout,
      stream: {
        bytes: bytesOf(file.stream),
        cuts,
        waits,
        end,
        ...(sockets ? { sockets } : {}),
      },
      ...(expiryMs === undefined ? {} : { expiryMs }),
      ...(answer === undefined ? {} : { answer: bytesOf(answer) }),
      ...(input === undefined ? {} : { input: bytesOf(input) }),
      ...(sends === undefined ? {} : { sends: sends.map(bytesOf) }),
      ...(overLimit === undefined ? {} : { overLimit }),
      ...(atEof === undefined ? {} : { atEof }),
      ...(halfClose === undefined ? {} : { halfClose }),
      ...(mask === undefined ? {} : { mask }),
      ...(side === undefined ? {} : { side }),
      ...(codec === undefined ? {} : { codec }),
      ...(maxFrame === undefined ? {} : { maxFrame }),
      ...(command === undefined ? {} : { spawn: command }),
      ...(ca === undefined ? {} : { caCerts: [await readNamedFile("--tls-ca", ca)] }),
    },
  };
}

/** What the file has in hex; that it is hex was seen when it was read. */
function bytesOf(hex: string): Uint8Array {
  return hexBytes(hex) ?? new Uint8Array(0);
}

function told(file: ReplayFile, one: CaseResult | undefined): string {
  const was = `${file.case} ${file.cause ?? ""}`.trimEnd();
  if (one === undefined) return `${was}: not played`;
  if (one.cause === undefined) {
    return one.verdict === "PASS"
      ? `${was}: does not fail any more`
      : `${was}: ${one.verdict}, ${one.detail}`;
  }
  const how = one.cause === file.cause ? "still fails" : `fails with ${one.cause} now`;
  const drawn = one.counterexample === undefined ? [] : picture(one.counterexample);
  return [`${was}: ${how}`, `  ${one.detail}`, ...drawn.map((line) => `      ${line}`)].join("\n");
}
