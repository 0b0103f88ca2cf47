// /proc/net/tcp and /proc/net/tcp6: every TCP socket of this machine, one line each.
//
//   sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode
//    0: 0100007F:1B58 00000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 31048 …
//
// Addresses are 32-bit words in host order, in hex; ports are plain hex. See
// networking/proc_net_tcp in the kernel's documentation.

import { mapIpv4 } from "./ip_address.ts";
import type { Libc } from "./libc.ts";
import type { TcpPair } from "./tcp_pair.ts";
import type { TcpLookup, TcpSocket } from "./tcp_socket.ts";

const ADDRESS = "([0-9A-F]{8}|[0-9A-F]{32}):([0-9A-F]{4})";
const LINE = new RegExp(
  `^ *\\d+: ${ADDRESS} ${ADDRESS} ([0-9A-F]{2}) ([0-9A-F]{8}):([0-9A-F]{8}) \\S+ \\S+ +\\d+ +\\d+ (\\d+)`,
);

/**
 * Reads the text of /proc/net/tcp or /proc/net/tcp6. Lines that are no socket are left out.
 *
 * @example
 * ```ts
 * import { parseProcNetTcp } from "./proc_net_tcp.ts";
 *
 * const line = "0: 0100007F:1B58 00000000:0000 0A 00000000:00000000 00:0 0 0 0 31048 1";
 * console.log([...parseProcNetTcp(line)][0]?.localPort); // 7000
 * ```
 */
export function* parseProcNetTcp(text: string): Generator<TcpPair & TcpSocket> {
  for (const line of text.split("\n")) {
    const [, local, localPort, remote, remotePort, state, tx, rx, inode] = LINE.exec(line) ?? [];
    if (local === undefined || remote === undefined) continue;
    yield {
      localAddress: parseAddress(local),
      localPort: Number(`0x${localPort}`),
      remoteAddress: parseAddress(remote),
      remotePort: Number(`0x${remotePort}`),
      state: Number(`0x${state}`),
      unacknowledged: Number(`0x${tx}`),
      unread: Number(`0x${rx}`),
      inode: Number(inode),
      totals: undefined,
    };
  }
}

/** Looks up the socket that has this pair in /proc/net/tcp and /proc/net/tcp6. */
export function lookupInProc(libc: Libc, pair: TcpPair): TcpLookup {
  const wanted = key(pair);
  return () => {
    for (const path of ["/proc/net/tcp", "/proc/net/tcp6"]) {
      for (const socket of parseProcNetTcp(libc.readTextFile(path))) {
        if (key(socket) === wanted) return socket;
      }
    }
    return undefined;
  };
}

function key(pair: TcpPair): string {
  return `${pair.localAddress}:${pair.localPort} ${pair.remoteAddress}:${pair.remotePort}`;
}

function parseAddress(hex: string): Uint8Array {
  const words = hex.match(/.{8}/g) ?? [];
  const bytes = words.flatMap((word) => (word.match(/../g) ?? []).reverse());
  const numbers = bytes.map((byte) => parseInt(byte, 16));
  return numbers.length === 4 ? mapIpv4(numbers) : Uint8Array.from(numbers);
}
