import type { Pressed } from "../player/unread_connection.ts";
import type { Finding } from "./verdict.ts";

/** More than the kernel's buffers of both sides hold, in bytes. */
export const KERNEL_BYTES: number = 24 * 1024 * 1024;

/** What was seen of a target that was sent frames and whose answers nobody read. */
export interface Unread {
  /** What it took. */
  readonly pressed: Pressed;
  /** Bytes of answers that came when they were read at last, as far as they were counted. */
  readonly kept: number;
  /** By how many bytes its process grew, where that is known. */
  readonly growth: number | undefined;
}

/**
 * Judges a target whose answers nobody read: it must stop reading, or close. If it took more than the kernels can hold,
 * and all of it comes back once it is read, then it was in its memory.
 */
export function judgeUnread({ pressed, kept, growth }: Unread): Finding | null {
  const { how, taken } = pressed;
  if (how === "stopped" || how === "closed" || taken <= KERNEL_BYTES) return null;
  const took = `it took ${mebibytes(taken)} while none of its answers was read`;
  if (kept <= KERNEL_BYTES) {
    return { cause: "LOST", detail: `${took}, and threw answers away` };
  }
  const grew = growth === undefined ? "" : `; its memory grew by ${mebibytes(growth)}`;
  return { cause: "LEAK", detail: `${took}, and kept them${grew}` };
}

/** What was seen, in words. */
export function describeUnread({ pressed: { how, taken }, growth }: Unread): string {
  const grew = growth === undefined ? "" : `; its memory grew by ${mebibytes(growth)}`;
  const took = `${mebibytes(taken)} with none of its answers read${grew}`;
  switch (how) {
    case "stopped":
      return `it stopped reading after ${took}`;
    case "closed":
      return `it closed the connection after ${took}`;
    case "all":
    case "time":
      return `it took ${took}`;
  }
}

function mebibytes(bytes: number): string {
  return `${(bytes / 2 ** 20).toFixed(1)} MiB`;
}
