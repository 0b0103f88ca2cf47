import { envelope } from "../../protocol/framing/mod.ts";
import {
  type FileSink,
  fileSource,
  type SendSource,
  streamSource,
} from "../../protocol/files/mod.ts";
import type { CommandContext } from "../commands/command.ts";
import { InputError, RemoteError } from "../errors.ts";
import { lengthIn, readHeader } from "./json_header.ts";
import { RawStream } from "./raw_stream.ts";

/** Bytes read from a file at once. */
const PART = 262_144;
/** How long `files-pipe` waits behind its header, in ms: nothing but time keeps header and file apart. */
const APART_MS = 100;

/** | i32 little-endian length | JSON header | bytes | */
const LAYOUT = envelope("json+i32le?size=filesize");

/** Sends a file in `files-json` or `files-pipe`. Neither answers: that it arrived is not known. */
export async function putOver(context: CommandContext, path: string, name: string): Promise<void> {
  const stream = new RawStream(context);
  using source = await sourceOf(context, path, name);
  const { size } = source;
  if (size === undefined) {
    throw new InputError(`${context.speak} needs to know how long ${name} is.`);
  }
  if (context.speak === "files-json") {
    await stream.write(LAYOUT.encodeHeader({ cmd: "put", filename: name, filesize: size }));
  } else {
    await stream.write(new TextEncoder().encode(`post|${size}|${name}`));
    await new Promise((resolve) => setTimeout(resolve, APART_MS));
  }
  const buffer = new Uint8Array(PART);
  let sent = 0;
  for (;;) {
    const count = await source.read(buffer.subarray(0, Math.min(PART, size - sent)));
    if (count === null || count === 0) break;
    await stream.write(buffer.subarray(0, count));
    sent += count;
  }
  if (sent < size || await source.changed()) {
    throw new InputError(`${path} changed while it was sent.`);
  }
}

/** Fetches a file in `files-json`; the length is all that tells whether it is whole. */
export async function getOver(
  context: CommandContext,
  name: string,
  open: (size: number) => Promise<FileSink>,
): Promise<void> {
  const stream = new RawStream(context);
  await stream.write(LAYOUT.encodeHeader({ cmd: "get", filename: name }));
  const header = await readHeader(stream);
  if (header["isfile"] !== true) throw new RemoteError(`There is no ${name}`);
  const filesize = lengthIn(header, "filesize");
  const sink = await open(filesize);
  try {
    await sink.cut(0);
    for await (const piece of stream.pieces(filesize)) await sink.write(piece);
    await sink.commit();
  } catch (error) {
    await sink.discard();
    throw error;
  }
}

async function sourceOf(
  { input }: CommandContext,
  path: string,
  name: string,
): Promise<SendSource> {
  if (path === "-") return streamSource(input, name);
  return await fileSource(await Deno.open(path), name);
}
