/**
 * Where bytes come from and go to: endpoints, connections and listeners over TCP, TLS, Unix sockets, standard input
 * and output, and memory. It knows nothing of frames.
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
  type Endpoint,
  ENDPOINT_FORMS,
  EndpointError,
  type EndpointOptions,
  type EndpointPart,
  formatEndpoint,
  parseEndpoint,
} from "./endpoint.ts";
export { ConnectError, ListenError, type TransportErrorReason } from "./errors.ts";
export { listen, type Listener, type ListenOptions } from "./listen.ts";
export { MemoryConnection, memoryPair, type MemoryPairOptions } from "./memory.ts";
