// A pipe to the standard input of a process that we started. Deno does not tell the descriptor of our
// end, but the kernel shows which pipe it is: both ends link to the same `pipe:[inode]`.

import { EdgeProbeError } from "./edge_probe_error.ts";
import type { Libc } from "./libc.ts";

/** What the kernel knows of a pipe that we write to. */
export interface PipeState {
  /** Bytes that were written and not read. */
  readonly unread: number;
  /** Whether a program holds the reading end. */
  readonly held: boolean;
}

/** Looks at a pipe, now. Undefined when our end is closed. */
export type PipeLookup = () => PipeState | undefined;

/**
 * Looks at the pipe that is the standard input of process `pid`, through our own end of it.
 *
 * @throws {EdgeProbeError} when its input is no pipe, or not one of ours.
 */
export function lookupPipe(libc: Libc, pid: number): PipeLookup {
  const pipe = libc.readLink(`/proc/${pid}/fd/0`);
  if (pipe === undefined || !pipe.startsWith("pipe:")) {
    throw new EdgeProbeError(`Cannot observe process ${pid}: its standard input is no pipe`);
  }
  const slots = /^FDSize:\s*(\d+)/m.exec(libc.readTextFile("/proc/self/status"))?.[1];
  for (let descriptor = 0; descriptor < Number(slots ?? 0); descriptor++) {
    // Each look makes sure that the descriptor was not given to something else meanwhile.
    const isOurs = () => libc.readLink(`/proc/self/fd/${descriptor}`) === pipe;
    if (isOurs()) return () => isOurs() ? libc.pipeState(descriptor) : undefined;
  }
  throw new EdgeProbeError(`Cannot observe process ${pid}: its standard input is no pipe of ours`);
}
