/**
 * What every lesson begins with: so many bytes, and a length in front of a JSON header.
 * @module
 */

/** A JSON header, as trusting code sees it. */
export interface Header {
  readonly cmd: string;
  readonly filename: string;
  readonly filesize: number;
  readonly offset?: number;
}

/** Reads so many bytes: `recv` may give fewer, says lesson one. Null when the peer has gone. */
export async function readExactly(conn: Deno.Conn, count: number): Promise<Uint8Array | null> {
  const bytes = new Uint8Array(count);
  for (let at = 0; at < count;) {
    const read = await conn.read(bytes.subarray(at));
    if (read === null) return null;
    at += read;
  }
  return bytes;
}

/** A message with its length in front: `struct.unpack("i", conn.recv(4))`, and so many bytes. */
export async function readFrame(conn: Deno.Conn): Promise<Uint8Array | null> {
  const prefix = await readExactly(conn, 4);
  return prefix && await readExactly(conn, new DataView(prefix.buffer).getInt32(0, true));
}

/** A JSON header in such a message. */
export async function readHeader(conn: Deno.Conn): Promise<Header | null> {
  const json = await readFrame(conn);
  return json && JSON.parse(new TextDecoder().decode(json));
}

/** `struct.pack("i", length)`, and the bytes. */
export async function writeFrame(conn: Deno.Conn, bytes: Uint8Array): Promise<void> {
  await conn.write(new Uint8Array(Int32Array.of(bytes.length).buffer));
  await conn.write(bytes);
}

/** A header, written. */
export async function writeHeader(conn: Deno.Conn, header: unknown): Promise<void> {
  await writeFrame(conn, new TextEncoder().encode(JSON.stringify(header)));
}
