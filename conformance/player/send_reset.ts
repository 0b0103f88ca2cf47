import { Libc } from "../edge/libc.ts";

/** `sockaddr` of no address family: connecting to it dissolves a connection, for TCP with RST (connect(2), AF_UNSPEC). */
const NOWHERE = new Uint8Array(16);
/** Descriptors that are looked at. */
const MOST_DESCRIPTORS = 65_536;

/**
 * Makes the kernel send RST on our TCP connection with these ports, and says whether it did. It needs Linux and
 * `--allow-ffi`. Afterwards the socket is only good for closing.
 */
export function sendReset(localPort: number, remotePort: number): boolean {
  let libc: Libc;
  try {
    libc = Libc.open();
  } catch {
    return false; // not Linux, or not allowed: the caller has another way
  }
  try {
    for (let descriptor = 0; descriptor < MOST_DESCRIPTORS; descriptor++) {
      const peer = libc.peerName(descriptor);
      if (peer === undefined || portOf(peer) !== remotePort) continue;
      const own = libc.ownName(descriptor);
      if (own === undefined || portOf(own) !== localPort) continue;
      return libc.connect(descriptor, NOWHERE);
    }
    return false;
  } finally {
    libc[Symbol.dispose]();
  }
}

/**
 * The port in a raw IP address.
 *
 *   sockaddr_in, sockaddr_in6 | family u16 | port u16, big-endian | …
 */
function portOf(address: Uint8Array): number {
  const [, , high = 0, low = 0] = address;
  return high << 8 | low;
}
