/**
 * Naive: waits for the whole header, but takes what came behind it in the same read as the whole body.
 * Usage: node get_first_read.mjs HOST PORT
 *
 * Seen in: programs that were tested with small answers only
 * Verdict: FAIL LOST. Cut inside the body, the rest of it is missing.
 */
import { Buffer } from "node:buffer";
import { connect } from "node:net";
import process from "node:process";

const [host, port] = process.argv.slice(2);
let answer = Buffer.alloc(0);

const socket = connect({ host, port: Number(port) }, () => socket.write("GET\n"));
socket.on("error", () => process.exit(1));
socket.on("end", () => process.exit(1));
socket.on("data", (chunk) => {
  answer = Buffer.concat([answer, chunk]);
  const end = answer.indexOf("\r\n\r\n");
  if (end < 0 || answer.length === end + 4) return;
  console.log(answer.toString("utf8", end + 4)); // the mistake: the body may be longer
  process.exit(0);
});
