/**
 * Naive: takes each chunk of stdin for one whole message.
 *
 * Seen in: programs that parse JSON on every "data" event
 * Verdict: FAIL. Of two messages in one write, or one in two, none is right.
 */
import process from "node:process";

process.stdin.on("data", (chunk) => {
  const end = chunk.indexOf("\r\n\r\n"); // the mistake: the header may not be there yet, nor the body
  const body = chunk.subarray(end + 4);
  process.stdout.write(`Content-Length: ${body.length}\r\n\r\n`);
  process.stdout.write(body);
});
