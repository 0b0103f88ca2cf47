import { EdgeProbeError } from "../edge/edge_probe_error.ts";
import { Libc } from "../edge/libc.ts";
import { ownTcpDescriptor } from "./own_tcp_descriptor.ts";

/** `sockaddr` of no address family: connecting to it dissolves a connection, for TCP with RST (connect(2), AF_UNSPEC). */
const NOWHERE = new Uint8Array(16);

/**
 * Makes the kernel send RST on our TCP connection with these ports, and says whether it did. It needs Linux and
 * `--allow-ffi`. Afterwards the socket is only good for closing.
 */
export function sendReset(localPort: number, remotePort: number): boolean {
  try {
    using libc = Libc.open();
    const descriptor = ownTcpDescriptor(libc, localPort, remotePort);
    return descriptor !== undefined && libc.connect(descriptor, NOWHERE);
  } catch (error) {
    if (error instanceof EdgeProbeError) return false; // not Linux, or not allowed: the caller has another way
    throw error;
  }
}
