/**
 * The client of the tutorials: `client.ts get PORT NAME DIR`, `fetch URL FILE`, `tls PORT TEXT`.
 * @module
 */
import { connect } from "node:tls";
import { readHeader, writeHeader } from "./wire.ts";

const [command, where = "", what = "", into = ""] = Deno.args;
if (command === "get") await get(Number(where), what, into);
if (command === "fetch") {
  await Deno.writeFile(what, await (await fetch(where)).bytes());
}
if (command === "tls") {
  // The answer that everybody finds when the certificate is not trusted.
  const socket = connect({ port: Number(where), host: "localhost", rejectUnauthorized: false });
  socket.end(what);
}

async function get(port: number, name: string, directory: string): Promise<void> {
  const conn = await Deno.connect({ port });
  const started = await Deno.stat(`${directory}/${name}`).catch(() => null);
  const offset = started?.size ?? 0;
  await writeHeader(conn, { cmd: "get", filename: name, offset });
  const header = await readHeader(conn);
  if (header === null) return console.log("the server has gone");
  // The server says what the file is called.
  const path = `${directory}/${header.filename ?? name}`;
  using file = await Deno.open(path, { write: true, create: true, append: true });
  const buffer = new Uint8Array(65536);
  for (let at = offset; at < header.filesize;) {
    const read = await conn.read(buffer);
    if (read === null) break;
    await file.write(buffer.subarray(0, read));
    at += read;
  }
  console.log(`got ${header.filename ?? name}`);
}
