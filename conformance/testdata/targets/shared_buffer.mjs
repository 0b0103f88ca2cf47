/**
 * Naive: one buffer for all connections.
 *
 * Seen in: ystreet/turn-proto#71, BrandonPotter/SimpleTCP#54 (parts of two clients are merged)
 * Verdict: FAIL DESYNC. What one connection left unfinished is prefixed to what the next one sends.
 */
import { Buffer } from "node:buffer";
import { encode, LIMIT, refuse, send, serve } from "./serve.mjs";

let chunks = []; // the mistake: these three belong to a connection
let have = 0;
let need = 4;

serve((socket) => {
  socket.on("error", () => {});
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
