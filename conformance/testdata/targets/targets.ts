/**
 * The planted programs of this folder and the verdict that each deserves. All echo `u32be` frames of at most
 * 65,536 payload bytes; the head comment of each file says what it is and where its mistake was seen.
 *
 * @module
 */

/** Why a target fails. */
export type TargetCause = "CORRUPT" | "CRASH" | "DESYNC" | "LATE" | "LEAK" | "LOST" | "PHANTOM";

/** Right habits that a harness may take for mistakes, and what they are. */
export const HABITS = {
  "none": "answers each frame with a write of its own",
  "batching": "holds its answers until 64 KiB wait or nothing has come for 2 ms",
  "tiny-reads": "reads three bytes at a time",
  "slow": "works 1 ms on every frame before it answers",
  "never-closes": "keeps the connection open for 0.2 s after the peer has ended its side",
  "closes-early": "closes when nothing has come for a second between two frames",
  "merged-replies": "answers all frames of a read in one write",
  "logs": "prints a line to standard output for every frame",
} as const;

/** One of {@linkcode HABITS}. */
export type Habit = keyof typeof HABITS;

/** One planted program. */
export interface Target {
  /** File name in this folder. */
  readonly file: string;
  /** Its habit, when it has to be told which. */
  readonly habit?: Habit;
  /** Why it must be failed; null when it must pass. */
  readonly cause: TargetCause | null;
  /** Case of the case book that shows it best; null when every case must pass. */
  readonly shownBy: string | null;
}

/** Every program of this folder, right ones first. */
export const TARGETS: readonly Target[] = [
  { file: "correct.py", cause: null, shownBy: null },
  { file: "correct.mjs", cause: null, shownBy: null },
  { file: "correct_tiny_reads.py", cause: null, shownBy: null },
  { file: "correct_batching.mjs", cause: null, shownBy: null },
  { file: "correct_slow.py", cause: null, shownBy: null },
  { file: "correct_never_closes.py", cause: null, shownBy: null },
  ...variants("variants.py", ["batching", "closes-early", "merged-replies", "logs"]),
  ...variants("variants.mjs", ["tiny-reads", "slow", "never-closes", "closes-early", "logs"]),
  ...variants("variants.mjs", ["merged-replies"]),
  ...variants("variants.ts", ["none", "batching", "tiny-reads", "slow", "never-closes"]),
  ...variants("variants.ts", ["closes-early", "merged-replies", "logs"]),
  { file: "recv_as_frame.py", cause: "CORRUPT", shownBy: "1.1" },
  { file: "recv4_whole.py", cause: "PHANTOM", shownBy: "1.1" },
  { file: "drops_after_frame.mjs", cause: "LOST", shownBy: "2.1" },
  { file: "one_frame_per_read.mjs", cause: "LATE", shownBy: "2.1" },
  { file: "unlimited_length.py", cause: "LEAK", shownBy: "3.4" },
  { file: "partial_at_eof.mjs", cause: "PHANTOM", shownBy: "8.2" },
  { file: "body_single_recv.py", cause: "CORRUPT", shownBy: "1.1" },
  { file: "signed_length.mjs", cause: "PHANTOM", shownBy: "3.6" },
  { file: "shared_buffer.mjs", cause: "DESYNC", shownBy: "8.7" },
  { file: "empty_frame_lost.py", cause: "LOST", shownBy: "3.1" },
  { file: "off_by_one_limit.py", cause: "LOST", shownBy: "3.3" },
  { file: "rst_crash.mjs", cause: "CRASH", shownBy: "8.4" },
];

/** A right program with each of these habits. */
function variants(file: string, habits: readonly Habit[]): Target[] {
  return habits.map((habit) => ({ file, habit, cause: null, shownBy: null }));
}

/** A program that runs targets. */
export type Interpreter = "python3" | "node" | "deno";

/** The program that runs `file`. */
export function interpreterOf(file: string): Interpreter {
  return file.endsWith(".py") ? "python3" : file.endsWith(".ts") ? "deno" : "node";
}

/** The words of the command that runs the file at `path`. */
export function commandOf(path: string): string[] {
  const interpreter = interpreterOf(path);
  return interpreter === "deno"
    ? [Deno.execPath(), "run", "--quiet", "--no-config", "--allow-net", path]
    : [interpreter, path];
}
