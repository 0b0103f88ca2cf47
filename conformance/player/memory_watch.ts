import type { EdgeWatch } from "../edge/edge_probe.ts";
import { growth, processMemory, resetPeak } from "./process_memory.ts";
import { SocketOwners } from "./socket_owner.ts";

/** Tells by how many bytes the target has grown since the watch began; undefined if that cannot be told. */
export type Growth = () => number | undefined;

/** Watches the memory of the process behind a connection: one that we started, or any other one on this machine. */
export class MemoryWatch {
  readonly #owners = new SocketOwners();

  /**
   * The process at the other end of a connection; undefined when it is not to be seen, or is ourselves: our own memory
   * says nothing of a target in the same process.
   */
  processOf(edge: EdgeWatch): number | undefined {
    const pid = this.#owners.find(edge.targetInode);
    return pid === Deno.pid ? undefined : pid;
  }

  /** Begins to watch: the peak counts from here on. */
  begin(pid: number | undefined): Growth {
    if (pid === undefined) return () => undefined;
    const wasReset = resetPeak(pid);
    const before = processMemory(pid);
    return () => {
      const after = processMemory(pid);
      return before && after && growth(before, after, wasReset);
    };
  }
}
