import type { Framing } from "../protocol/framing/mod.ts";
import { FramedConnection, type FramedConnectionOptions } from "../protocol/session/mod.ts";
import { HeldConnection } from "./held_connection.ts";
import type { ConnectionHandler } from "./serve.ts";
import type { HandlerContext } from "./server.ts";

/** Serves one connection of frames; when it ends, queued frames are sent and the connection is closed. */
export type FramedHandler = (
  frames: FramedConnection,
  context: HandlerContext,
) => void | Promise<void>;

/**
 * A handler of frames as a handler of connections. When it fails, for instance because the peer broke the framing,
 * the answers queued so far are still sent.
 *
 * @example
 * ```ts
 * import { framed, serve } from "@nonstick/nonstick/server";
 *
 * const echo = framed("u32be", async (frames) => {
 *   for await (const payload of frames) await frames.send(payload);
 * });
 * await using server = await serve(echo, { listen: "tcp://127.0.0.1:0" });
 * console.log(server.endpoint); // tcp://127.0.0.1:…
 * ```
 */
export function framed(
  framing: Framing | string,
  handler: FramedHandler,
  options: FramedConnectionOptions = {},
): ConnectionHandler {
  return async (connection, context) => {
    // Bad frames make the framed connection close at once, which could cost the peer the answers still under way.
    const frames = new FramedConnection(new HeldConnection(connection), framing, options);
    try {
      await handler(frames, context);
      await frames[Symbol.asyncDispose]();
    } catch (error) {
      // Good answers first; that they cannot be sent either adds nothing to the error.
      await frames[Symbol.asyncDispose]().catch(() => {});
      throw error;
    }
  };
}
