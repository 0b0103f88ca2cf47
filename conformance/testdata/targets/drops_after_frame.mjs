/**
 * Naive: after a complete frame it throws away what follows in the same read.
 *
 * Seen in: NormB/sipnab#95, irontec/sngrep#466 (only the first message of a segment is parsed)
 * Verdict: FAIL LOST. Of two frames in one write only the first is answered.
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
    const buffer = Buffer.concat(chunks);
    const length = buffer.readUInt32BE(0);
    if (length > LIMIT) return refuse(socket);
    need = 4 + length;
    if (have < need) return;
    send(socket, encode(buffer.subarray(4, need)));
    chunks = []; // the mistake: the buffer may hold more than this frame
    have = 0;
    need = 4;
  });
});
