/**
 * Naive: a connection that is reset takes the whole process down.
 *
 * Seen in: evs-broadcast/node-emberplus#23, nodejs/help#1807 (unhandled 'error' event, ECONNRESET)
 * Verdict: FAIL CRASH. After one RST nobody is served any more.
 */
import { Buffer } from "node:buffer";
import { encode, LIMIT, refuse, send, serve } from "./serve.mjs";

serve((socket) => {
  let chunks = [];
  let have = 0;
  let need = 4;

  // the mistake: no listener for "error", which Node then throws
  socket.on("end", () => socket.end());
  socket.on("data", (chunk) => {
    chunks.push(chunk);
    have += chunk.length;
    if (have < need) return;
    let buffer = Buffer.concat(chunks);
    for (need = 4; buffer.length >= need; need = 4) {
      const length = buffer.readUInt32BE(0);
      if (length > LIMIT) return refuse(socket);
      need = 4 + length;
      if (buffer.length < need) break;
      send(socket, encode(buffer.subarray(4, need)));
      buffer = buffer.subarray(need);
    }
    chunks = [buffer];
    have = buffer.length;
  });
});
