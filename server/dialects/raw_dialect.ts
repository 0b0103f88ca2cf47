import { DeadlineError, type DeadlinePhase } from "../../protocol/session/mod.ts";
import type { Connection } from "../../protocol/transport/mod.ts";
import type { ConnectionHandler } from "../serve.ts";
import type { Service } from "../services/service.ts";
import type { Limits } from "./limits.ts";

/** Size of the read buffer in bytes: at first, for thousands of idle connections, and at most. */
const FIRST_READ = 1024, LARGEST_READ = 65_536;

/**
 * Says a service as the tutorials do: what one read returns is taken for one message. There is no framing, so where
 * messages begin and end is up to the network; that is what the conformance runner shows.
 */
export function rawDialect(service: Service, limits: Limits): ConnectionHandler {
  const { handshakeTimeoutMs, idleTimeoutMs, writeTimeoutMs } = limits;
  return async (connection) => {
    const write = (bytes: Uint8Array) => writeAll(connection, bytes, writeTimeoutMs);
    if (service.greeting) await write(service.greeting);
    let buffer = new Uint8Array(FIRST_READ);
    let phase: DeadlinePhase = "handshake", waitMs = handshakeTimeoutMs;
    for (;;) {
      const read = () => connection.read(buffer);
      const count = await before(waitMs, phase, connection, read);
      if (count === null) return;
      const message = buffer.subarray(0, count);
      service.rewrite?.(message, 0, count);
      const answer = service.reply ? service.reply(message) : message;
      if (answer === null) return;
      await write(answer);
      if (count === buffer.length && count < LARGEST_READ) buffer = new Uint8Array(4 * count);
      phase = "idle";
      waitMs = idleTimeoutMs;
    }
  };
}

async function writeAll(connection: Connection, bytes: Uint8Array, ms: number): Promise<void> {
  for (let at = 0; at < bytes.length;) {
    at += await before(ms, "write", connection, () => connection.write(bytes.subarray(at)));
  }
}

/** Does one read or write. Closing the connection is the only way to stop one that takes too long. */
async function before<Result>(
  ms: number,
  phase: DeadlinePhase,
  connection: Connection,
  work: () => Promise<Result>,
): Promise<Result> {
  let late = false;
  const timer = setTimeout(() => {
    late = true;
    connection.close();
  }, ms);
  try {
    return await work();
  } catch (error) {
    throw late ? new DeadlineError(phase, ms) : error;
  } finally {
    clearTimeout(timer);
  }
}
