/**
 * Right: echoes messages with a Content-Length header over stdin and stdout, as language servers get them.
 *
 *     Content-Length: 5\r\n\r\nhello
 * Verdict: PASS
 */
import { Buffer } from "node:buffer";
import process from "node:process";

const LIMIT = 65536; // bytes of a message
const MOST_HEADER = 4096;

let buffer = Buffer.alloc(0);

/** The length that a header tells; NaN when it tells none. */
function lengthOf(header) {
  const values = header.split("\r\n").map((line) =>
    /^content-length:\s*(\d+)\s*$/i.exec(line)?.[1]
  );
  const found = values.filter((value) => value !== undefined);
  return found.length === 1 ? Number(found[0]) : NaN;
}

process.stdin.on("data", (chunk) => {
  buffer = Buffer.concat([buffer, chunk]);
  for (;;) {
    const end = buffer.indexOf("\r\n\r\n");
    if (end < 0 && buffer.length <= MOST_HEADER) return;
    const length = end < 0 ? NaN : lengthOf(buffer.toString("latin1", 0, end));
    if (!(length <= LIMIT)) {
      process.stdin.pause();
      return process.stdout.end(() => process.exit(1));
    }
    const start = end + 4;
    if (buffer.length < start + length) return;
    process.stdout.write(`Content-Length: ${length}\r\n\r\n`);
    process.stdout.write(buffer.subarray(start, start + length));
    buffer = buffer.subarray(start + length);
  }
});
