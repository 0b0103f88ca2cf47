/**
 * Naive: reads the length as a signed number and takes a negative one for an empty frame.
 *
 * Seen in: davedoesdev/frame-stream#7 (signed frame length), moonbitlang/async#616 (negative length
 * accepted as an empty body), CVE-2026-75538 in Erlang/OTP
 * Verdict: FAIL PHANTOM. A claim of 2^31 or more is answered with an empty frame, not refused.
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
    for (need = 4; buffer.length >= need; need = 4) {
      const length = Math.max(0, buffer.readInt32BE(0)); // the mistake: Int32, where it is UInt32
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
