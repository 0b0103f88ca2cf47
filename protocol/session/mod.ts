/**
 * Framed connections: a byte stream of `protocol/transport` and a framing of `protocol/framing`, joined.
 *
 * @example
 * ```ts
 * import { FramedConnection } from "@nonstick/nonstick";
 * import { memoryPair } from "@nonstick/nonstick/transport";
 *
 * const [here, there] = memoryPair();
 * await using client = new FramedConnection(here, "line");
 * await using server = new FramedConnection(there, "line");
 * await client.send(new TextEncoder().encode("hello"));
 * for await (const line of server) {
 *   console.log(new TextDecoder().decode(line)); // hello
 *   break;
 * }
 * ```
 * @module
 */
export type { DeadlineOptions } from "./deadlines.ts";
export {
  ConnectionClosedError,
  ConnectionLostError,
  DeadlineError,
  type DeadlinePhase,
} from "./errors.ts";
export { FragmentedChannel, type FragmentedChannelOptions } from "./fragmented_channel.ts";
export { FramedConnection, type FramedConnectionOptions } from "./framed_connection.ts";
