// The edge proof for pipes. The kernel counts what is in the pipe under the lock that a `read` holds
// from its first byte to its last (pipe_ioctl and pipe_read in the kernel's fs/pipe.c). So when the
// pipe is empty, the `read` that took the last byte is over, and what is written next meets another.

import type { EdgeObserver, Look } from "./edge_observer.ts";
import type { PipeLookup } from "./pipe.ts";

/** Observes the pipe to a process that we started. */
export class PipeObserver implements EdgeObserver {
  /** A pipe has no socket. */
  readonly targetInode = 0;
  /** How much was written in all is not known here. */
  readonly taken = undefined;
  readonly #look: PipeLookup;

  /** Begins to observe. */
  constructor(look: PipeLookup) {
    this.#look = look;
  }

  begin(): Look {
    return () => {
      const pipe = this.#look();
      if (pipe === undefined) return "gone";
      // What is in a pipe stays there as long as we hold our end: an empty one was read.
      if (pipe.unread === 0) return "proven";
      return pipe.held ? undefined : "gone";
    };
  }
}
