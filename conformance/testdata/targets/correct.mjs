/**
 * Right: echoes u32be frames, whatever the chunks. Every other Node target is this one, changed.
 *
 * Verdict: PASS
 */
import { Buffer } from "node:buffer";
import { encode, LIMIT, refuse, send, serve } from "./serve.mjs";

serve((socket) => {
  let chunks = []; // joined only when the bytes that are needed next are there
  let have = 0;
  let need = 4;

  socket.on("error", () => {}); // a reset ends this connection only
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
