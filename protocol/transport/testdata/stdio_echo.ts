/** Echoes standard input to standard output through `stdio:`, for tests. `close` closes it while a read waits. */
import { listen } from "../mod.ts";

const listener = await listen("stdio:");
for await (const connection of listener.connections()) {
  const buffer = new Uint8Array(1024);
  if (Deno.args[0] === "close") setTimeout(() => connection.close(), 10);
  try {
    for (let n = await connection.read(buffer); n !== null; n = await connection.read(buffer)) {
      await connection.write(buffer.subarray(0, n));
    }
    await connection.closeWrite();
  } catch (error) {
    console.error(error instanceof Error ? error.name : error);
  }
  connection.close();
}
// A waiting read of stdin cannot be called off.
Deno.exit();
