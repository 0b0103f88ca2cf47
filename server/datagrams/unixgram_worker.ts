/**
 * A thread that has a Unix datagram socket. Its first message brings the line to who uses the socket, see `unixgram_socket.ts`.
 * @module
 */
import {
  type Datagram,
  type DatagramAddress,
  type DatagramChannel,
  DatagramError,
  openDatagrams,
  TruncatedDatagramError,
} from "../../protocol/transport/mod.ts";
import { Calls } from "../workers/calls.ts";

/** What came: a datagram, who sent one that was too long, or why nothing can be received. */
export type Arrival =
  | Datagram
  | { readonly truncatedFrom: DatagramAddress }
  | { readonly fault: string };

/** What the thread does for who uses the socket. */
export interface SocketService {
  /**
   * Opens the socket.
   *
   * @throws {ListenError} if that cannot be.
   */
  open(endpoint: string): Promise<void>;
  /** Receives one datagram, and tells it. */
  next(): Promise<void>;
  /**
   * Sends one; resolves to why it could not be sent, null if it was. After `late` it is still being sent, and the socket of no more
   * use. The time is taken here: who waits for the answer may be held up itself.
   */
  send(
    bytes: Uint8Array,
    to: DatagramAddress,
    withinMs: number,
  ): Promise<Pick<DatagramError, "reason" | "message"> | "late" | null>;
  /** Closes the socket. */
  close(): Promise<void>;
}

/** What who uses the socket does for the thread. */
export interface SocketUser {
  /** Takes what came, once for each {@linkcode SocketService.next}. */
  came(arrival: Arrival): void;
}

function socketService(tell: (arrival: Arrival) => void): SocketService {
  let channel: DatagramChannel | null = null;
  const opened = (): DatagramChannel => {
    if (channel === null) throw new TypeError("The socket is not open");
    return channel;
  };
  return {
    async open(endpoint) {
      channel = await openDatagrams(endpoint);
    },
    async next() {
      try {
        const datagram = await opened().receive();
        if (datagram !== null) tell(datagram);
      } catch (error) {
        if (error instanceof TruncatedDatagramError) tell({ truncatedFrom: error.from });
        else tell({ fault: error instanceof Error ? error.message : String(error) });
      }
    },
    async send(bytes, to, withinMs) {
      const late = Promise.withResolvers<"late">();
      const timer = setTimeout(() => late.resolve("late"), withinMs);
      try {
        return await Promise.race([opened().send(bytes, to).then(() => null), late.promise]);
      } catch (error) {
        if (!(error instanceof DatagramError)) throw error;
        return { reason: error.reason, message: error.message };
      } finally {
        clearTimeout(timer);
      }
    },
    close: () => opened().close(),
  };
}

addEventListener("message", (event) => {
  const port = event instanceof MessageEvent ? event.ports[0] : undefined;
  if (port === undefined) return;
  const user: Calls<SocketUser> = new Calls(
    port,
    socketService((arrival) => user.tell("came", arrival)),
  );
}, { once: true });
