/**
 * The lesson "upload and download": a JSON header, then the file.
 * @module
 */
import { type Header, readHeader, writeHeader } from "./wire.ts";

/** Takes and gives files for as long as the client stays. */
export async function files(conn: Deno.Conn, root: string): Promise<void> {
  for (let header = await readHeader(conn); header; header = await readHeader(conn)) {
    console.log(`${header.cmd} ${header.filename}`);
    await commands[header.cmd]?.(conn, `${root}/${header.filename}`, header);
  }
}

const commands: Record<string, typeof put> = { put, get };

async function put(conn: Deno.Conn, path: string, header: Header): Promise<void> {
  using file = await Deno.create(path);
  const parts: Uint8Array[] = [];
  for (let left = header.filesize; left > 0;) {
    const buffer = new Uint8Array(65536);
    const read = await conn.read(buffer);
    if (read === null) break;
    parts.push(buffer.subarray(0, read));
    await file.write(buffer.subarray(0, read));
    left -= read;
  }
  console.log(`got ${header.filename} in ${parts.length} parts`);
}

async function get(conn: Deno.Conn, path: string, header: Header): Promise<void> {
  const bytes = await Deno.readFile(path);
  await writeHeader(conn, { isfile: true, filesize: bytes.length });
  for (let at = header.offset ?? 0; at < bytes.length;) {
    at += await conn.write(bytes.subarray(at, at + 65536));
  }
}
