/**
 * Where bytes come from and go to: endpoints, connections and listeners over TCP, TLS, Unix sockets, standard input
 * and output, and memory; datagrams over UDP, Unix sockets and memory. It knows nothing of frames.
 *
 * @example
 * ```ts
 * import { connect, listen } from "@nonstick/nonstick/transport";
 *
 * await using listener = await listen("tcp://127.0.0.1:0");
 * const client = await connect(listener.endpoint);
 * const server = await listener.accept();
 * await client.write(new TextEncoder().encode("hello"));
 * const buffer = new Uint8Array(16);
 * console.log(await server?.read(buffer)); // 5
 * client.close();
 * server?.close();
 * ```
 * @module
 */
export { connect, type ConnectOptions } from "./connect.ts";
export { type Connection, type ConnectionAddresses, connectionOf } from "./connection.ts";
export {
  type Datagram,
  type DatagramAddress,
  datagramAddressText,
  type DatagramChannel,
  MAX_DATAGRAM_PAYLOAD,
  type ReceiveOptions,
  sameDatagramAddress,
} from "./datagram.ts";
export { isOnThisMachine, resolveDatagramAddress } from "./datagram_address.ts";
export {
  DatagramError,
  type DatagramErrorReason,
  DatagramTooLargeError,
  TruncatedDatagramError,
} from "./datagram_errors.ts";
export {
  DATAGRAM_FORMS,
  type DatagramEndpoint,
  type Endpoint,
  ENDPOINT_FORMS,
  EndpointError,
  type EndpointOptions,
  type EndpointPart,
  formatEndpoint,
  isEncrypted,
  parseAnyEndpoint,
  parseDatagramEndpoint,
  parseEndpoint,
} from "./endpoint.ts";
export { ConnectError, ListenError, type TransportErrorReason } from "./errors.ts";
export { type DatagramFate, DatagramFaultModel, type DatagramFaults } from "./datagram_faults.ts";
export {
  type HostileCounts,
  HostileNetwork,
  type HostileNetworkOptions,
} from "./hostile_network.ts";
export { connectionsEnded } from "./quic.ts";
export { RandomStream } from "./random_stream.ts";
export { fingerprintOf, parseFingerprint } from "./fingerprint.ts";
export { listen, type Listener, type ListenOptions } from "./listen.ts";
export { type DatagramOptions, datagramsTo, openDatagrams } from "./open_datagrams.ts";
export { MemoryConnection, memoryPair, type MemoryPairOptions } from "./memory.ts";
export type { TlsIdentity } from "./tls_listener.ts";
export type { PeerCertificate, TlsClientOptions } from "./tls_trust.ts";
