import { EdgeProbeError } from "../edge/edge_probe_error.ts";
import { Libc } from "../edge/libc.ts";
import { ownTcpDescriptor } from "./own_tcp_descriptor.ts";

/**
 * Bounds what our kernel keeps of a TCP connection before it is read (`SO_RCVBUF`, socket(7)), and says whether that
 * could be done. It needs Linux and `--allow-ffi`. The kernel doubles `bytes` and has a least size of about 2 KiB; a
 * window that is already announced is not taken back.
 */
export function boundReceiveWindow(
  { local, remote }: { readonly local: Deno.Addr; readonly remote: Deno.Addr },
  bytes: number,
): boolean {
  if (local.transport !== "tcp" || remote.transport !== "tcp") return false;
  try {
    using libc = Libc.open();
    const descriptor = ownTcpDescriptor(libc, local.port, remote.port);
    return descriptor !== undefined && libc.setReceiveBuffer(descriptor, bytes);
  } catch (error) {
    if (error instanceof EdgeProbeError) return false; // not Linux, or not allowed
    throw error;
  }
}
