/**
 * Right: asks once, prints the body of the answer, and complains when the answer is cut off.
 * Usage: node get.mjs HOST PORT
 *
 *     Content-Length: 5\r\n\r\nhello
 * Verdict: PASS
 */
import { Buffer } from "node:buffer";
import { connect } from "node:net";
import process from "node:process";

const [host, port] = process.argv.slice(2);
let answer = Buffer.alloc(0);

const socket = connect({ host, port: Number(port) }, () => socket.write("GET\n"));
socket.on("error", () => process.exit(1));
socket.on("end", () => process.exit(1)); // before the body was there
socket.on("data", (chunk) => {
  answer = Buffer.concat([answer, chunk]);
  const end = answer.indexOf("\r\n\r\n");
  if (end < 0) return;
  const length = Number(/^content-length: *(\d+)/im.exec(answer.toString("latin1", 0, end))?.[1]);
  if (answer.length < end + 4 + length) return;
  console.log(answer.toString("utf8", end + 4, end + 4 + length));
  process.exit(0);
});
