import { askProc } from "./ask_proc.ts";

/** Memory of a process, in bytes (proc(5)). */
export interface ProcessMemory {
  /** What it holds now (`VmRSS`). */
  readonly now: number;
  /** The most it has held so far, or since {@linkcode resetPeak} (`VmHWM`). */
  readonly peak: number;
}

/** Makes the process forget its peak, so that the next one is what comes from now on. False where we may not. */
export function resetPeak(pid: number): boolean {
  return askProc((libc) => {
    libc.writeTextFile(`/proc/${pid}/clear_refs`, "5");
    return true;
  }) ?? false;
}

/** The memory of a process; undefined where the system does not tell or we may not ask. */
export function processMemory(pid: number): ProcessMemory | undefined {
  const status = askProc((libc) => libc.readTextFile(`/proc/${pid}/status`));
  if (status === undefined) return undefined;
  const bytes = (name: string) =>
    1024 * Number(new RegExp(`^${name}:\\s+(\\d+) kB$`, "m").exec(status)?.[1] ?? NaN);
  const memory = { now: bytes("VmRSS"), peak: bytes("VmHWM") };
  return Number.isNaN(memory.now + memory.peak) ? undefined : memory;
}

/**
 * By how many bytes a process has grown at most: what it took and kept, or took and gave back. When its peak could not
 * be reset, what it gave back shows only if it was a new peak.
 */
export function growth(before: ProcessMemory, after: ProcessMemory, wasReset = false): number {
  const base = wasReset ? before.now : before.peak;
  return Math.max(0, after.now - before.now, after.peak - base);
}
