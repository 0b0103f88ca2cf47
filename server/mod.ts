/**
 * A server framework shaped like Python's `socketserver`: a handler for each connection, raw or framed, and hooks
 * around it. docs/SERVER.md maps every member of `socketserver` to this module.
 *
 * @example
 * ```ts
 * import { framed, serve } from "@nonstick/nonstick/server";
 *
 * const upper = framed("line", async (frames) => {
 *   for await (const line of frames) {
 *     await frames.send(new TextEncoder().encode(new TextDecoder().decode(line).toUpperCase()));
 *   }
 * });
 * await using server = await serve(upper, { listen: "tcp://127.0.0.1:0" });
 * console.log(server.endpoint); // tcp://127.0.0.1:…
 * ```
 * @module
 */
export { ConnectionSlots, type Slots } from "./connection_slots.ts";
export {
  ANSWERING_PORTS,
  type AnswerRules,
  type DatagramRefusal,
} from "./datagrams/answer_guard.ts";
export {
  type AnsweringSocket,
  type DatagramHandler,
  DatagramServer,
  serveDatagrams,
  type ServeDatagramsOptions,
} from "./datagrams/serve_datagrams.ts";
export { framed, type FramedHandler } from "./framed.ts";
export { type ConnectionHandler, serve, type ServeOptions } from "./serve.ts";
export {
  DEFAULT_DRAIN_TIMEOUT_MS,
  DEFAULT_LINGER_TIMEOUT_MS,
  DEFAULT_MAX_CONNECTIONS,
  type HandlerContext,
  Server,
  type ServerContext,
  type ServerOptions,
} from "./server.ts";
