/**
 * A server of `u32be` frames that keeps what has come of a frame in one buffer. With `again` it looks at all of that with each
 * chunk, as a search that begins anew does. A process of its own, so that its processor time is nobody else's.
 *
 * ```
 * collecting.ts PORT [again]
 * ```
 *
 * @module
 */

const [port, again] = Deno.args;

for await (const socket of Deno.listen({ hostname: "127.0.0.1", port: Number(port) })) {
  serve(socket).catch(() => {}).finally(() => socket.close());
}

async function serve(socket: Deno.TcpConn): Promise<void> {
  const buffer = new Uint8Array(1024 * 1024 + 65_536);
  let have = 0, sum = 0;
  const length = () => have < 4 ? Infinity : 4 + new DataView(buffer.buffer).getUint32(0);
  for (let count; (count = await socket.read(buffer.subarray(have))) !== null;) {
    have += count;
    for (let i = 0; again !== undefined && i < have; i++) {
      // What is summed up decides something, or a clever compiler would leave it out.
      sum = (sum + (buffer[i] ?? 0) * 31) % 65_521;
    }
    if (sum < 0) return;
    while (have >= length()) {
      const end = length(), whole = buffer.slice(0, end);
      for (let at = 0; at < end;) at += await socket.write(whole.subarray(at));
      buffer.copyWithin(0, end, have);
      have -= end;
    }
  }
}
