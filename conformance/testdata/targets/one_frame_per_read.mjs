/**
 * Naive: decodes at most one frame per read event; the rest waits in its buffer for more bytes.
 *
 * Seen in: snapview/tungstenite-rs#54 (one message taken per epoll event, the others stay hidden)
 * Verdict: FAIL LATE. Of two frames in one write the second is answered when a third one comes, or never.
 */
import { Buffer } from "node:buffer";
import { encode, LIMIT, refuse, send, serve } from "./serve.mjs";

serve((socket) => {
  let chunks = [];
  let have = 0;
  let need = 4;

  socket.on("error", () => {});
  socket.on("end", () => socket.end());
  socket.on("data", (chunk) => {
    chunks.push(chunk);
    have += chunk.length;
    if (have < need) return;
    let buffer = Buffer.concat(chunks);
    const length = buffer.readUInt32BE(0);
    if (length > LIMIT) return refuse(socket);
    need = 4 + length;
    if (buffer.length >= need) { // the mistake: once, where it must be a loop
      send(socket, encode(buffer.subarray(4, need)));
      buffer = buffer.subarray(need);
      need = 4;
    }
    chunks = [buffer];
    have = buffer.length;
  });
});
