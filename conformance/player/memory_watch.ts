import { growth, processMemory, resetPeak } from "./process_memory.ts";

/** Tells by how many bytes the target has grown since the watch began; undefined if that cannot be told. */
export type Growth = () => number | undefined;

/**
 * Watches the memory of a process, one that we started or any other one on this machine: the peak counts from here on. Our
 * own memory says nothing of a target in the same process.
 */
export function watchMemory(pid: number | undefined): Growth {
  if (pid === undefined || pid === Deno.pid) return () => undefined;
  const wasReset = resetPeak(pid);
  const before = processMemory(pid);
  return () => {
    const after = processMemory(pid);
    return before && after && growth(before, after, wasReset);
  };
}
