import { ProgressBar } from "@std/cli/unstable-progress-bar";
import { printable, printableJson } from "../../cli/printable.ts";
import { fitted, widthOf } from "../../cli/width.ts";
import type { TransferProgress, TransferResult } from "../../protocol/files/mod.ts";
import type { CommandContext } from "../commands/command.ts";

/** Pause between two lines of progress as JSON, and two looks at the bar, in ms. */
const PAUSE_MS = 200;
/** A transfer that has not moved for so long is said to be stalled, in ms. */
const STALL_MS = 5000;
/** Columns that a name has at least. */
const LEAST_NAME = 8;

/** Tells how a transfer goes: a bar on a terminal, events as JSON, or nothing. */
export class TransferReport {
  readonly #context: CommandContext;
  readonly #name: string;
  readonly #onTerminal: boolean;
  readonly #startedMs = performance.now();
  #bar: ProgressBar | null = null;
  #latest: TransferProgress | null = null;
  #toldMs = -Infinity;
  #movedMs = performance.now();
  #bytesMoved = 0;
  readonly #timer: ReturnType<typeof setInterval>;

  /** Begins with the file of this name. */
  constructor(context: CommandContext, name: string) {
    this.#context = context;
    this.#name = name;
    const { json, quiet } = context.settings;
    this.#onTerminal = !json && !quiet && Deno.stderr.isTerminal();
    this.#timer = setInterval(() => this.#look(), 1000);
  }

  /** How far it is, in bytes. */
  get bytes(): number {
    return this.#latest?.bytes ?? 0;
  }

  /** To be given to a transfer. */
  readonly onProgress = (progress: TransferProgress): void => {
    this.#latest = progress;
    const now = performance.now();
    this.#movedMs = now;
    if (this.#onTerminal) this.#show(progress);
    if (this.#context.settings.json && now - this.#toldMs >= PAUSE_MS) {
      this.#toldMs = now;
      this.#event("progress", { ...progress });
    }
  };

  /** Says that it is tried again. */
  readonly onRetry = (why: string, ms: number): void => {
    this.#event("retry", { why, inMs: ms });
    this.#say(`${why}; trying again in ${ms / 1000} s`);
  };

  /** Ends, and tells what came of it. */
  async done(kept: TransferResult): Promise<void> {
    await this.end();
    const seconds = (performance.now() - this.#startedMs) / 1000;
    const { name, size, root, resumedAt } = kept;
    this.#event("kept", { as: name, size, root, resumedAt });
    const before = resumedAt === 0 ? "" : `, ${sizeText(resumedAt)} of it from before`;
    this.#say(`${this.#name}: ${sizeText(size)} in ${seconds.toFixed(1)} s${before}`);
  }

  /** Ends without a result. */
  async end(): Promise<void> {
    clearInterval(this.#timer);
    await this.#bar?.stop();
    this.#bar = null;
  }

  #show({ bytes, total, phase }: TransferProgress): void {
    this.#bar ??= new ProgressBar({
      max: total ?? Infinity,
      value: bytes,
      barLength: Deno.consoleSize().columns < 100 ? 12 : 24,
      clear: true,
      interval: PAUSE_MS,
      formatter: ({ value, max, time, progressBar }) =>
        barLine({
          ...{ value, max, time, progressBar },
          doing: this.#latest?.phase === "checking" ? "checking " : "",
          name: this.#name,
          stalledMs: performance.now() - this.#movedMs,
        }, Deno.consoleSize().columns),
    });
    this.#bar.value = bytes;
    if (phase === "sending" && total !== undefined) this.#bar.max = total;
  }

  #look(): void {
    // Progress comes part by part, and on a slow line a part takes long.
    const { bytesMoved = 0 } = this.#context.native ?? {};
    if (bytesMoved !== this.#bytesMoved) this.#movedMs = performance.now();
    this.#bytesMoved = bytesMoved;
    const quietMs = performance.now() - this.#movedMs;
    if (quietMs >= STALL_MS) this.#event("stalled", { ms: Math.round(quietMs) });
  }

  #event(event: string, facts: Readonly<Record<string, string | number | undefined>>): void {
    if (!this.#context.settings.json) return;
    console.log(printableJson({ event, file: this.#name, ...facts }));
  }

  #say(text: string): void {
    if (this.#onTerminal) console.error(printable(text));
  }
}

/** What the line with the bar tells. */
export interface BarState {
  /** What is done, of how much, in how many ms; the bar that shows it. */
  readonly value: number;
  readonly max: number;
  readonly time: number;
  readonly progressBar: string;
  /** A word in front of it. */
  readonly doing: string;
  /** The file. */
  readonly name: string;
  /** How long nothing has moved, in ms. */
  readonly stalledMs: number;
}

/** The line with the bar. It has to fit into the `columns` of the terminal: one that goes on below cannot be taken back. */
export function barLine(state: BarState, columns: number): string {
  const { value, max, time, progressBar, doing, name, stalledMs } = state;
  const rate = value / Math.max(time, 1) * 1000;
  const parts = max === Infinity ? [sizeText(value)] : [
    progressBar,
    `${Math.floor(100 * value / Math.max(max, 1))} %`,
    `${sizeText(value)} of ${sizeText(max)}`,
  ];
  const left = max === Infinity || rate === 0 ? "" : `, ${timeText((max - value) / rate)} left`;
  const pace = stalledMs > STALL_MS
    ? `stalled for ${timeText(stalledMs / 1000)}`
    : `${sizeText(rate)}/s${left}`;
  const rest = ` ${parts.join(" ")} ${pace}`;
  // The last column stays free: some terminals go on below as soon as it is full.
  const room = columns - 1 - widthOf(doing + rest);
  return fitted(doing + fitted(printable(name), Math.max(room, LEAST_NAME)) + rest, columns - 1);
}

/** Bytes for people: `12.3 MiB`. */
export function sizeText(bytes: number): string {
  const units = ["B", "KiB", "MiB", "GiB", "TiB"];
  let value = bytes, unit = 0;
  while (value >= 1024 && unit < units.length - 1) {
    value /= 1024;
    unit++;
  }
  return `${unit === 0 ? Math.round(value) : value.toFixed(1)} ${units[unit]}`;
}

function timeText(seconds: number): string {
  if (seconds < 60) return `${Math.ceil(seconds)} s`;
  const minutes = Math.floor(seconds / 60);
  return minutes < 60
    ? `${minutes} min ${Math.ceil(seconds % 60)} s`
    : `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
}
