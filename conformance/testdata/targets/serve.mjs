/**
 * What all Node targets share: they listen and print the port.
 * Not a target. Usage of every target: node TARGET.mjs PORT [HOST], port 0 takes a free one.
 *
 *     u32be:  | length (4, big-endian) | payload (length bytes, at most LIMIT) |
 */
import { Buffer } from "node:buffer";
import { createServer } from "node:net";
import process from "node:process";

/** Bytes of payload. */
export const LIMIT = 65536;

/** Calls `handle(socket)` for every connection, until SIGTERM. */
export function serve(handle) {
  process.on("SIGTERM", () => process.exit(0));
  const [port, host = "127.0.0.1"] = process.argv.slice(2);
  const server = createServer({ allowHalfOpen: true, noDelay: true }, (socket) => {
    socket.on("drain", () => socket.resume());
    handle(socket);
  });
  server.listen(Number(port), host, () => console.log(`listening ${server.address().port}`));
}

/** The bytes of one frame. */
export function encode(payload) {
  const header = Buffer.alloc(4);
  header.writeUInt32BE(payload.length);
  return Buffer.concat([header, payload]);
}

/** Sends bytes; reads nothing more while the peer does not take them. */
export function send(socket, bytes) {
  if (!socket.write(bytes)) socket.pause();
}

/** Closes at once, but not before the answers already given are out. */
export function refuse(socket) {
  socket.pause();
  socket.destroySoon();
}
