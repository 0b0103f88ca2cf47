import { EdgeProbeError } from "../edge/edge_probe_error.ts";
import { Libc } from "../edge/libc.ts";

/** Memory of a process, in bytes (proc(5)). */
export interface ProcessMemory {
  /** What it holds now (`VmRSS`). */
  readonly now: number;
  /** The most it has held so far (`VmHWM`). */
  readonly peak: number;
}

/** The memory of a process; undefined where the system does not tell or we may not ask. */
export function processMemory(pid: number): ProcessMemory | undefined {
  try {
    using libc = Libc.open();
    const status = libc.readTextFile(`/proc/${pid}/status`);
    const bytes = (name: string) =>
      1024 * Number(new RegExp(`^${name}:\\s+(\\d+) kB$`, "m").exec(status)?.[1] ?? NaN);
    const memory = { now: bytes("VmRSS"), peak: bytes("VmHWM") };
    return Number.isNaN(memory.now + memory.peak) ? undefined : memory;
  } catch (error) {
    if (error instanceof EdgeProbeError) return undefined;
    throw error;
  }
}

/** By how many bytes a process has grown: what it took and kept, or took and gave back if that was a new peak. */
export function growth(before: ProcessMemory, after: ProcessMemory): number {
  return Math.max(0, after.now - before.now, after.peak - before.peak);
}
