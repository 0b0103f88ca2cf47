/**
 * The lessons "echo, with a length" and "UDP".
 * @module
 */
import { readFrame, writeFrame } from "./wire.ts";

/** Answers each message with itself. */
export async function echo(conn: Deno.Conn): Promise<void> {
  for (let frame = await readFrame(conn); frame; frame = await readFrame(conn)) {
    await writeFrame(conn, frame);
  }
}

/** Answers each datagram with itself. */
export async function echoDatagrams(socket: Deno.DatagramConn): Promise<void> {
  for await (const [bytes, from] of socket) await socket.send(bytes, from);
}
