import { VERSION } from "../../cli/version.ts";
import { serveNative } from "../../protocol/native/mod.ts";
import type { Grants } from "../grants.ts";
import { HeldConnection } from "../held_connection.ts";
import type { ConnectionHandler } from "../serve.ts";

/** Speaks nonstick/1: every service that was granted, on each connection. */
export function nativeDialect(grants: Grants): ConnectionHandler {
  const { limits, token, services, onFault, onExchange } = grants;
  return (connection, { signal, admit }) =>
    serveNative(new HeldConnection(connection), {
      services,
      ...(token === undefined ? {} : { token }),
      software: `nonstick-server/${VERSION}`,
      handshakeTimeoutMs: limits.handshakeTimeoutMs,
      idleTimeoutMs: limits.idleTimeoutMs,
      writeTimeoutMs: limits.writeTimeoutMs,
      messageTimeoutMs: limits.frameTimeoutMs,
      minRate: limits.minRate,
      ...(limits.maxFrameRate === undefined ? {} : { maxMessageRate: limits.maxFrameRate }),
      onReady: admit,
      signal,
      onFault,
      ...(onExchange === undefined ? {} : { onExchange }),
    });
}
