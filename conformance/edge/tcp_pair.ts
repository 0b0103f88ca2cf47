// The two addresses that name a TCP connection.

import { parseIpAddress } from "./ip_address.ts";

/** One side's view of a TCP connection: its own address and port, then the other side's. */
export interface TcpPair {
  /** Its own address, 16 bytes as from {@linkcode parseIpAddress}. */
  readonly localAddress: Uint8Array;
  /** Its own port. */
  readonly localPort: number;
  /** The other side's address, 16 bytes. */
  readonly remoteAddress: Uint8Array;
  /** The other side's port; 0 where there is none. */
  readonly remotePort: number;
}

/**
 * The pair of a connection of ours.
 *
 * @throws {TypeError} when an address is no IP address.
 */
export function tcpPair(local: Deno.NetAddr, remote: Deno.NetAddr): TcpPair {
  return {
    localAddress: parseIpAddress(local.hostname),
    localPort: local.port,
    remoteAddress: parseIpAddress(remote.hostname),
    remotePort: remote.port,
  };
}

/** The same connection seen from the other side. */
export function otherSide(pair: TcpPair): TcpPair {
  return {
    localAddress: pair.remoteAddress,
    localPort: pair.remotePort,
    remoteAddress: pair.localAddress,
    remotePort: pair.localPort,
  };
}
