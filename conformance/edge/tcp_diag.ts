// inet_diag: the kernel's answer to "how is this TCP socket?", by its exact address pair.
//
//   request | family u8 | protocol u8 | extensions u8 | 0 u8 | states u32 | id |
//   answer  | family u8 | state u8 | timer u8 | retrans u8 | id | expires u32 |
//           | rqueue u32 | wqueue u32 | uid u32 | inode u32 | attributes … |
//   id      | sport u16be | dport u16be | src 16 | dst 16 | interface u32 | cookie 8 |
//
// Layouts: linux/inet_diag.h; the attribute INET_DIAG_INFO is struct tcp_info of linux/tcp.h.

import type { DiagSocket } from "./diag_socket.ts";
import { isMappedIpv4 } from "./ip_address.ts";
import { attribute, netlinkRequest, requireLength, SOCK_DIAG_BY_FAMILY } from "./netlink.ts";
import type { TcpPair } from "./tcp_pair.ts";
import type { TcpLookup, TcpSocket, TcpTotals } from "./tcp_socket.ts";

const AF_INET = 2;
const AF_INET6 = 10;
const IPPROTO_TCP = 6;
const INET_DIAG_INFO = 2;
const ALL_STATES = 0xffff_ffff;
const ID = 8;
const ANSWER_LENGTH = 72;
// tcp_info grew over the years; every field that is read here is there from Linux 4.19 on.
const TCP_INFO_LENGTH = 216;

/**
 * The request for the socket that has this pair.
 *
 * @example
 * ```ts
 * import { tcpQuery } from "./tcp_diag.ts";
 * import { tcpPair } from "./tcp_pair.ts";
 *
 * const address = (port: number): Deno.NetAddr => ({ transport: "tcp", hostname: "::1", port });
 * console.log(tcpQuery(tcpPair(address(40000), address(7000))).length); // 72
 * ```
 */
export function tcpQuery(pair: TcpPair): Uint8Array<ArrayBuffer> {
  const ipv4 = isMappedIpv4(pair.localAddress) && isMappedIpv4(pair.remoteAddress);
  const body = new Uint8Array(56);
  const view = new DataView(body.buffer);
  view.setUint8(0, ipv4 ? AF_INET : AF_INET6);
  view.setUint8(1, IPPROTO_TCP);
  view.setUint8(2, 1 << (INET_DIAG_INFO - 1));
  view.setUint32(4, ALL_STATES, true);
  view.setUint16(ID, pair.localPort);
  view.setUint16(ID + 2, pair.remotePort);
  body.set(ipv4 ? pair.localAddress.subarray(12) : pair.localAddress, ID + 4);
  body.set(ipv4 ? pair.remoteAddress.subarray(12) : pair.remoteAddress, ID + 20);
  body.fill(0xff, ID + 40); // INET_DIAG_NOCOOKIE
  return netlinkRequest(SOCK_DIAG_BY_FAMILY, body);
}

/**
 * Reads the body of an answer to {@linkcode tcpQuery}. Undefined when it is about the listening
 * socket, which the kernel answers with when there is no connection with that pair.
 *
 * @throws {EdgeProbeError} when it is cut short.
 */
export function decodeTcpSocket(body: DataView): TcpSocket | undefined {
  requireLength(body, ANSWER_LENGTH, "TCP socket");
  const remotePort = body.getUint16(6);
  if (remotePort === 0) return undefined;
  const info = attribute(body, ANSWER_LENGTH, INET_DIAG_INFO);
  return {
    state: body.getUint8(1),
    unread: body.getUint32(56, true),
    unacknowledged: body.getUint32(60, true),
    inode: body.getUint32(68, true),
    totals: info && info.byteLength >= TCP_INFO_LENGTH ? decodeTotals(info) : undefined,
  };
}

/** Looks up the socket that has this pair through sock_diag. */
export function lookupByDiag(kernel: DiagSocket, pair: TcpPair): TcpLookup {
  const query = tcpQuery(pair);
  return () => {
    const body = kernel.ask(query);
    return body && decodeTcpSocket(body);
  };
}

function decodeTotals(info: DataView): TcpTotals {
  const notSent = info.getUint32(144, true); // tcpi_notsent_bytes
  const sent = getUint64(info, 200) - getUint64(info, 208); // tcpi_bytes_sent - tcpi_bytes_retrans
  return { received: getUint64(info, 128), written: sent + notSent }; // tcpi_bytes_received
}

// Exact below 2^53 bytes; no connection carries that much.
function getUint64(view: DataView, offset: number): number {
  return view.getUint32(offset, true) + view.getUint32(offset + 4, true) * 2 ** 32;
}
