import { equals } from "@std/bytes/equals";
import type { Play } from "../player/play.ts";
import { describeEnd, type ProcessEnd } from "../player/spawned_process.ts";

/** What a client made of a stream. */
export interface Output {
  /** What it printed, up to 1 MiB. */
  readonly stdout: Uint8Array;
  /** How many bytes it printed. */
  readonly length: number;
  /** How it ended; undefined when it did not in time. */
  readonly end: ProcessEnd | undefined;
}

/** A play with what the client made of it. */
export interface OutputPlay extends Play {
  /** What the client made of it. */
  readonly output: Output;
  /** Whether it dialled once more. */
  readonly redialled: boolean;
}

/** The cuts of a play, and how many are proven. Those behind the place where the client had all it needs do not count. */
export function edgesOfOutput({ delivery, chunks }: OutputPlay): {
  proven: number;
  requested: number;
} {
  const { stimulus: { bytes: { length } }, end } = delivery;
  // Where the connection breaks off behind the last byte, it matters that this one was read.
  const matters = chunks.filter((chunk) =>
    chunk.edge !== "gone" && (chunk.end < length || end === "reset")
  );
  const proven = matters.filter(({ edge }) => edge === "proven").length;
  return { proven, requested: matters.length };
}

/** Whether two clients printed the same. */
export function printedSame(a: Output, b: Output): boolean {
  return a.length === b.length && equals(a.stdout, b.stdout);
}

/** Whether two clients ended the same. */
export function endedSame(a: Output, b: Output): boolean {
  return a.end?.code === b.end?.code && a.end?.signal === b.end?.signal;
}

/** An output in words. */
export function describeOutput({ stdout, length, end }: Output): string {
  const how = end === undefined ? "no end" : describeEnd(end);
  return `${showText(stdout, length)} and ${how}`;
}

/** Characters of an output that are shown. */
const SHOWN = 60;

function showText(stdout: Uint8Array, length: number): string {
  if (length === 0) return "nothing";
  const text = JSON.stringify(new TextDecoder().decode(stdout.subarray(0, SHOWN)));
  return length > SHOWN ? `${text.slice(0, -1)}…" (${length} bytes)` : text;
}
