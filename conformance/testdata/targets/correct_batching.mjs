/**
 * Right but unusual: collects its answers and writes them merged, once per turn of the event loop.
 *
 * Verdict: PASS (whoever takes one read for one answer blames it wrongly)
 */
import { Buffer } from "node:buffer";
import { encode, LIMIT, refuse, send, serve } from "./serve.mjs";

serve((socket) => {
  let chunks = [];
  let have = 0;
  let need = 4;
  let answers = [];

  function flush() {
    if (answers.length > 0 && !socket.destroyed) send(socket, Buffer.concat(answers));
    answers = [];
  }

  socket.on("error", () => {});
  socket.on("end", () => {
    flush();
    socket.end();
  });
  socket.on("data", (chunk) => {
    chunks.push(chunk);
    have += chunk.length;
    if (have < need) return;
    let buffer = Buffer.concat(chunks);
    for (need = 4; buffer.length >= need; need = 4) {
      const length = buffer.readUInt32BE(0);
      if (length > LIMIT) {
        flush();
        return refuse(socket);
      }
      need = 4 + length;
      if (buffer.length < need) break;
      if (answers.length === 0) setImmediate(flush);
      answers.push(encode(buffer.subarray(4, need)));
      buffer = buffer.subarray(need);
    }
    chunks = [buffer];
    have = buffer.length;
  });
});
