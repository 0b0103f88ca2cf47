/**
 * What the Redis-like servers share: RESP requests `*2\r\n$3\r\nGET\r\n$1\r\nk\r\n`, and what is answered to them.
 * Not a server. Usage of the servers: node SERVER.mjs PORT [HOST], port 0 takes a free one.
 */
import { Buffer } from "node:buffer";
import { createServer } from "node:net";
import process from "node:process";

/** Gives each connection its own `take(bytes) -> answers`, until SIGTERM. */
export function serve(makeTake) {
  process.on("SIGTERM", () => process.exit(0));
  const [port, host = "127.0.0.1"] = process.argv.slice(2);
  const server = createServer({ allowHalfOpen: true, noDelay: true }, (socket) => {
    const take = makeTake();
    socket.on("error", () => {});
    socket.on("data", (bytes) => socket.write(take(bytes)));
    socket.on("end", () => socket.end());
  });
  server.listen(Number(port), host);
}

/**
 * The first command in `bytes` and how many bytes it takes; null while it is not whole. Line ends are looked for from
 * `scanned` on.
 */
export function readCommand(bytes, scanned = 0) {
  const lineEnd = (at) => bytes.indexOf("\r\n", Math.max(at, scanned));
  let at = lineEnd(0);
  if (at < 0) return null;
  const words = [];
  const count = Number(bytes.toString("latin1", 1, at));
  at += 2;
  while (words.length < count) {
    const end = lineEnd(at);
    if (end < 0) return null;
    const length = Number(bytes.toString("latin1", at + 1, end));
    if (!Number.isInteger(length)) return { words: [], length: bytes.length };
    const from = end + 2;
    if (bytes.length < from + length + 2) return null;
    words.push(bytes.subarray(from, from + length));
    at = from + length + 2;
  }
  return { words, length: at };
}

/** A store of one connection: what it answers to each command. */
export function store() {
  const values = new Map();
  return ([name, key, value]) => {
    switch (String(name).toUpperCase()) {
      case "PING":
        return "+PONG\r\n";
      case "SET":
        values.set(String(key), Buffer.from(value));
        return "+OK\r\n";
      case "GET": {
        const found = values.get(String(key));
        return found
          ? Buffer.concat([Buffer.from(`$${found.length}\r\n`), found, Buffer.from("\r\n")])
          : "$-1\r\n";
      }
      default:
        return "-ERR unknown command\r\n";
    }
  };
}
