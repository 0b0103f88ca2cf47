/**
 * Right, with one habit that a harness may take for a mistake; the third argument names it.
 *
 * Verdict: PASS for each (see HABITS in targets.ts for what they are)
 */
import { Buffer } from "node:buffer";
import process from "node:process";
import { encode, LIMIT, refuse, send, serve } from "./serve.mjs";

const habit = process.argv[4] ?? "merged-replies";
const WORK_MS = 1, LINGER_MS = 200, IDLE_MS = 1000;

serve((socket) => {
  let chunks = []; // joined only when the bytes that are needed next are there
  let have = 0;
  let need = 4;
  let answers = [];
  let idle;
  let working = Promise.resolve();

  function flush() {
    if (answers.length > 0 && !socket.destroyed) send(socket, Buffer.concat(answers));
    answers = [];
  }

  async function answer(wire) {
    if (habit === "slow") await new Promise((resolve) => setTimeout(resolve, WORK_MS));
    if (habit === "logs") console.log(`answered ${wire.length - 4} bytes`);
    answers.push(wire);
    if (habit !== "merged-replies") flush();
  }

  /** Answers the frames that a chunk completes; false when a length is over the limit. */
  async function take(chunk) {
    chunks.push(chunk);
    have += chunk.length;
    if (have < need) return true;
    let buffer = Buffer.concat(chunks);
    for (need = 4; buffer.length >= need; need = 4) {
      const length = buffer.readUInt32BE(0);
      if (length > LIMIT) return false;
      need = 4 + length;
      if (buffer.length < need) break;
      await answer(encode(buffer.subarray(4, need)));
      buffer = buffer.subarray(need);
    }
    chunks = [buffer];
    have = buffer.length;
    return true;
  }

  async function receive(chunk) {
    clearTimeout(idle);
    const size = habit === "tiny-reads" ? 3 : chunk.length;
    for (let at = 0; at < chunk.length; at += size) {
      if (await take(chunk.subarray(at, at + size))) continue;
      flush();
      return refuse(socket);
    }
    flush();
    if (habit === "closes-early" && have === 0) idle = setTimeout(() => socket.end(), IDLE_MS);
    if (!socket.destroyed && !socket.writableNeedDrain) socket.resume();
  }

  socket.on("error", () => clearTimeout(idle));
  socket.on("close", () => clearTimeout(idle));
  socket.on("data", (chunk) => {
    socket.pause();
    working = working.then(() => receive(chunk));
  });
  socket.on("end", () => {
    working = working.then(() => {
      flush();
      if (habit === "never-closes") setTimeout(() => socket.end(), LINGER_MS);
      else socket.end();
    });
  });
});
