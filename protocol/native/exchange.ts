import type { ErrorCode } from "./errors.ts";
import type { JsonObject } from "./message.ts";

/** A message that came in an exchange: whole, wherever the network cut it. */
export interface Received {
  /** What the sender says of it; undefined for plain bytes. */
  readonly about?: JsonObject;
  /**
   * The bytes, which are the receiver's own. What the sender sends at once is one message, if it is no longer than the part
   * that the receiver takes; otherwise several, each with the same `about`.
   */
  readonly bytes: Uint8Array;
}

/**
 * One request to a service and everything said in it, full duplex: `data` either way, then an `end` or an `error` from each
 * side.
 *
 * ```
 * client   open ─ data ─ data ─────────── end
 * server              data ─ data ─ data ────── end
 * ```
 *
 * @example
 * ```ts
 * import { NativeClient, serveNative } from "@nonstick/nonstick/native";
 * import { memoryPair } from "@nonstick/nonstick/transport";
 *
 * const [here, there] = memoryPair();
 * const serving = serveNative(there, {
 *   services: {
 *     async count(exchange) {
 *       let bytes = 0;
 *       for await (const part of exchange) bytes += part.bytes.length;
 *       return { bytes };
 *     },
 *   },
 * });
 * const client = await NativeClient.over(here);
 * const exchange = await client.open("count");
 * await exchange.send(new Uint8Array(1000));
 * await exchange.end();
 * console.log(await exchange.result()); // { bytes: 1000 }
 * client.close();
 * await serving.catch(() => {});
 * ```
 */
export interface Exchange extends AsyncIterable<Received> {
  /** Number of the exchange on its connection, from 1 on. */
  readonly id: number;
  /** The service that was asked for. */
  readonly service: string;
  /** What it was asked. */
  readonly args: JsonObject;
  /** Aborted when the exchange came to nothing: the peer cancelled or failed, or the connection is gone. */
  readonly signal: AbortSignal;
  /** Bytes of bodies sent so far. */
  readonly bytesSent: number;
  /** Bytes of bodies received so far. */
  readonly bytesReceived: number;
  /** Whether this side has said its last word. */
  readonly ended: boolean;
  /** Whether both sides have said their last word. */
  readonly isOver: boolean;
  /** For how long something has been waiting to be sent because the peer takes no more, in ms. */
  readonly stalledMs: number;
  /**
   * Sends bytes, in as many messages as it takes. Resolves when the bytes may be used again; it waits while the peer takes
   * no more. `about` says what they are; with no bytes it is the message.
   *
   * @throws {ExchangeError} if the peer has given up.
   * @throws {ConnectionLostError} if the connection broke off.
   */
  send(bytes: Uint8Array, about?: JsonObject): Promise<void>;
  /** Sends a message without bytes. */
  tell(about: JsonObject): Promise<void>;
  /**
   * What comes next; null once the peer has ended. What is received makes room for more.
   *
   * @throws {ExchangeError} if the peer has given up, or this side has.
   * @throws {ConnectionLostError} if the connection broke off; what had come before was received first.
   */
  receive(): Promise<Received | null>;
  /** Takes back the memory of bytes that were received, for what comes next; nobody may look at them any more. */
  reuse(bytes: Uint8Array): void;
  /**
   * What the peer said with its end, once it came.
   *
   * @throws {ExchangeError} if it gave up instead.
   * @throws {ConnectionLostError} if the connection broke off.
   */
  result(): Promise<JsonObject>;
  /** Says that this side is done; `result` is what it has to say in the end. Once ended, nothing changes it. */
  end(result?: JsonObject): Promise<void>;
  /** Gives up, and says why; whatever waits here gets the same. */
  fail(code: ErrorCode, message: string, info?: JsonObject): Promise<void>;
  /** Asks the peer to stop and gives up. */
  cancel(): Promise<void>;
}
