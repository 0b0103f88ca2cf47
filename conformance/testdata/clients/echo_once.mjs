/**
 * Right: dials once, echoes u32be frames, whatever the chunks, and exits when the connection ends.
 * Usage: node echo_once.mjs HOST PORT
 *
 *     u32be:  | length (4, big-endian) | payload (length bytes, at most LIMIT) |
 * Verdict: PASS
 */
import { Buffer } from "node:buffer";
import { connect } from "node:net";
import process from "node:process";

const LIMIT = 65536; // bytes of payload
const [host, port] = process.argv.slice(2);

const socket = connect({ host, port: Number(port), noDelay: true, allowHalfOpen: true });
let chunks = []; // joined only when the bytes that are needed next are there
let have = 0;
let need = 4;

socket.on("error", () => {});
socket.on("end", () => socket.end());
socket.on("data", (chunk) => {
  chunks.push(chunk);
  have += chunk.length;
  if (have < need) return;
  let buffer = Buffer.concat(chunks);
  for (need = 4; buffer.length >= need; need = 4) {
    const length = buffer.readUInt32BE(0);
    if (length > LIMIT) return socket.destroySoon();
    need = 4 + length;
    if (buffer.length < need) break;
    socket.write(buffer.subarray(0, need));
    buffer = buffer.subarray(need);
  }
  chunks = [buffer];
  have = buffer.length;
});
