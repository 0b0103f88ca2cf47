/**
 * nonstick/1: requests to services over one connection, each a full-duplex exchange with flow control, a result or an error,
 * and a proof that both sides know a token. docs/PROTOCOL.md writes it down, clause by clause.
 *
 * @example
 * ```ts
 * import { NativeClient, serveNative } from "@nonstick/nonstick/native";
 * import { memoryPair } from "@nonstick/nonstick/transport";
 *
 * const [here, there] = memoryPair();
 * const serving = serveNative(there, {
 *   services: {
 *     async echo(exchange) {
 *       for await (const { bytes } of exchange) await exchange.send(bytes);
 *     },
 *   },
 * });
 * const client = await NativeClient.over(here);
 * const exchange = await client.open("echo");
 * await exchange.send(new TextEncoder().encode("hello"));
 * await exchange.end();
 * for await (const { bytes } of exchange) console.log(new TextDecoder().decode(bytes)); // hello
 * client.close();
 * await serving.catch(() => {});
 * ```
 * @module
 */
export { NativeClient, type NativeClientOptions, RefusedError } from "./client.ts";
export { ERROR_CODES, type ErrorCode, ExchangeError, ProtocolError } from "./errors.ts";
export type { Exchange, Received } from "./exchange.ts";
export type { JsonObject, NativeLimits } from "./message.ts";
export { type Stranger, StrangerError } from "./opening.ts";
export {
  type NativeContext,
  type NativeServerOptions,
  type NativeService,
  serveNative,
} from "./server.ts";
export { type NativeOptions, PROTOCOL_VERSION } from "./settings.ts";
