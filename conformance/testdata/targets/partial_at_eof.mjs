/**
 * Naive: at the end of the stream it takes the part of a payload that has come for a frame.
 *
 * Seen in: ben-challis/greenlight#281 (partial frame taken at peer EOF), apache/arrow-go#991 (truncated
 * message read as a clean end); Node's own readable.read(n) returns fewer than n bytes at the end
 * Verdict: FAIL PHANTOM. FIN inside a payload is answered with a frame that nobody sent.
 */
import { Buffer } from "node:buffer";
import { encode, LIMIT, refuse, send, serve } from "./serve.mjs";

serve((socket) => {
  let chunks = [];
  let have = 0;
  let need = 4;

  socket.on("error", () => {});
  socket.on("end", () => {
    if (have > 4) send(socket, encode(Buffer.concat(chunks).subarray(4))); // the mistake: no frame
    socket.end();
  });
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
