/** Listens on `fd://3`, reads one connection to its end, says so, and answers only when standard input ends; for tests. */
import { listen } from "../../protocol/transport/mod.ts";

await using listener = await listen("fd://3");
console.log(listener.endpoint);
const connection = await listener.accept();
if (connection !== null) {
  const buffer = new Uint8Array(1024);
  let asked = 0;
  for (let n = await connection.read(buffer); n !== null; n = await connection.read(buffer)) {
    asked += n;
  }
  console.log("read to the end");
  for await (const _ of Deno.stdin.readable);
  await connection.write(new TextEncoder().encode(`${asked} bytes`));
  await connection.closeWrite();
  connection.close();
}
