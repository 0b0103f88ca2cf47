import { RemoteError } from "../errors.ts";
import type { RawStream } from "./raw_stream.ts";

/** Largest header that is taken, in bytes. */
const LONGEST = 65_536;

/** A length as Python's `struct.pack("i", length)` writes it. */
export async function readLength(stream: RawStream): Promise<number> {
  const bytes = await stream.exactly(4);
  const length = new DataView(bytes.buffer, bytes.byteOffset).getInt32(0, true);
  if (length < 0) throw new RemoteError(`The server says that ${length} bytes come`);
  return length;
}

/** A JSON object behind its length. */
export async function readHeader(stream: RawStream): Promise<{ readonly [name: string]: unknown }> {
  const length = await readLength(stream);
  if (length > LONGEST) throw new RemoteError(`The header of the answer has ${length} bytes`);
  const bytes = await stream.exactly(length);
  try {
    const header: unknown = JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(bytes));
    if (typeof header === "object" && header !== null) return { ...header };
  } catch {
    // Told below, as for what is JSON and no object.
  }
  throw new RemoteError("The header of the answer is no JSON object");
}

/** The length of what follows, as a header tells it. */
export function lengthIn(header: { readonly [name: string]: unknown }, name: string): number {
  const length = header[name];
  if (typeof length === "number" && Number.isSafeInteger(length) && length >= 0) return length;
  throw new RemoteError(`"${name}" of the header is not a length`);
}
