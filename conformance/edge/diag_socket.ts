// The netlink socket on which the kernel answers questions about sockets.

import { EdgeProbeError } from "./edge_probe_error.ts";
import type { Libc } from "./libc.ts";
import { decodeNetlinkAnswer, sequenceOf, setSequence } from "./netlink.ts";

const AF_NETLINK = 16;
const SOCK_RAW = 3;
const SOCK_CLOEXEC = 0o2000000;
const NETLINK_SOCK_DIAG = 4;
const MSG_DONTWAIT = 0x40;
const ENOENT = 2;

/**
 * A sock_diag(7) socket. The kernel answers while the question is sent, so that asking is one call
 * of a few microseconds and never blocks.
 *
 * @example
 * ```ts
 * import { DiagSocket } from "./diag_socket.ts";
 * import { Libc } from "./libc.ts";
 * import { unixQuery } from "./unix_diag.ts";
 *
 * using libc = Libc.open();
 * using kernel = new DiagSocket(libc);
 * console.log(kernel.ask(unixQuery(4711)) === undefined); // no such socket
 * ```
 */
export class DiagSocket implements Disposable {
  readonly #libc: Libc;
  readonly #descriptor: number;
  readonly #buffer = new Uint8Array(8 * 1024);
  #sequence = 0;

  /**
   * Opens the socket.
   *
   * @throws {EdgeProbeError} when the kernel or a sandbox does not allow netlink sockets.
   */
  constructor(libc: Libc) {
    this.#libc = libc;
    this.#descriptor = libc.socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_SOCK_DIAG);
  }

  /**
   * Sends a request and returns the body of the answer, or undefined when there is no such socket.
   * The body is valid until the next question.
   *
   * @throws {EdgeProbeError} when the exchange fails or the kernel answers with another error.
   */
  ask(request: Uint8Array<ArrayBuffer>): DataView | undefined {
    this.#sequence = (this.#sequence + 1) >>> 0;
    setSequence(request, this.#sequence);
    this.#libc.send(this.#descriptor, request, MSG_DONTWAIT);
    let message: DataView;
    do {
      const length = this.#libc.receive(this.#descriptor, this.#buffer, MSG_DONTWAIT);
      message = new DataView(this.#buffer.buffer, 0, length);
    } while (sequenceOf(message) !== this.#sequence);
    const answer = decodeNetlinkAnswer(message);
    if ("body" in answer) return answer.body;
    if (answer.errno === ENOENT) return undefined;
    throw new EdgeProbeError(
      `Cannot ask the kernel: sock_diag answered errno ${answer.errno}`,
      answer.errno,
    );
  }

  /** Closes the socket. */
  [Symbol.dispose](): void {
    this.#libc.close(this.#descriptor);
  }
}
