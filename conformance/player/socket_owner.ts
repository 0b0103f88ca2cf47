import type { Libc } from "../edge/libc.ts";
import { askProc } from "./ask_proc.ts";

/**
 * Finds the process that holds a socket, by the socket's inode, among all processes that we may look into (proc(5),
 * `/proc/PID/fd`). It remembers the last one, which mostly holds the next connection as well.
 *
 * @example
 * ```ts
 * import { SocketOwners } from "./socket_owner.ts";
 *
 * const owners = new SocketOwners();
 * console.log(owners.find(4711)); // undefined: nobody holds it, or it is not to be seen
 * ```
 */
export class SocketOwners {
  #last: string | undefined;

  /** The process id; undefined when it is not found, this is not Linux, or `--allow-ffi` is missing. */
  find(inode: number): number | undefined {
    if (inode === 0) return undefined;
    return askProc((libc) => {
      const holds = (pid: string) => holdsSocket(libc, pid, inode);
      if (this.#last === undefined || !holds(this.#last)) {
        this.#last = libc.listDirectory("/proc").filter((name) => /^\d+$/.test(name)).find(holds);
      }
      return this.#last === undefined ? undefined : Number(this.#last);
    });
  }
}

function holdsSocket(libc: Libc, pid: string, inode: number): boolean {
  const link = `socket:[${inode}]`;
  const folder = `/proc/${pid}/fd`;
  return libc.listDirectory(folder).some((name) => libc.readLink(`${folder}/${name}`) === link);
}
