import type { Connection } from "../protocol/transport/mod.ts";

/** Where bytes are read to that nobody wants; shared, because nobody reads it. */
const WASTE = new Uint8Array(65_536);

/**
 * Ends a connection so that everything sent arrives. Closing a socket with unread bytes makes the kernel send RST,
 * which destroys answers still under way (RFC 9293, 3.10.4; RFC 1122, 4.2.2.13). So: say the end, read what still
 * comes until the peer's end, then close; after `timeoutMs` close anyway.
 */
export async function closeGently(connection: Connection, timeoutMs: number): Promise<void> {
  const timer = setTimeout(() => connection.close(), timeoutMs);
  try {
    await connection.closeWrite();
    while (await connection.read(WASTE) !== null);
  } catch {
    // The peer is gone or the time is up: there is nothing left to save.
  } finally {
    clearTimeout(timer);
    connection.close();
  }
}
