/**
 * A reader that records where its reads ended, in a process of its own: `slow_reader.ts WORK_MS`. It prints its port,
 * takes one connection, works WORK_MS after each read, and at the end of the stream prints the sizes of all reads.
 * @module
 */
const workMs = Number(Deno.args[0] ?? 0);
const bench = new Int32Array(new SharedArrayBuffer(4));

using listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
console.log(listener.addr.port);
using socket = await listener.accept();
const buffer = new Uint8Array(64 * 1024);
const sizes: number[] = [];
for (let count; (count = await socket.read(buffer)) !== null;) {
  sizes.push(count);
  // The thread is kept busy, as by work, and reads nothing meanwhile.
  if (workMs > 0) Atomics.wait(bench, 0, 0, workMs);
}
console.log(JSON.stringify(sizes));
