/**
 * A raw echo server for tests, in a process of its own. It prints its endpoint, then the name of each error that `accept`
 * meets.
 */
import { listen } from "../mod.ts";

const listener = await listen("tcp://127.0.0.1:0", {
  onAcceptError: (error) => console.log(error instanceof Error ? error.message : error),
});
console.log(listener.endpoint);
for await (const connection of listener.connections()) echo(connection);

async function echo(connection: import("../mod.ts").Connection): Promise<void> {
  const buffer = new Uint8Array(1024);
  for (let n = await connection.read(buffer); n !== null; n = await connection.read(buffer)) {
    await connection.write(buffer.subarray(0, n));
  }
  connection.close();
}
