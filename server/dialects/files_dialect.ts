import { envelope, type EnvelopeHeader } from "../../protocol/framing/mod.ts";
import { PartialFile } from "../../protocol/files/mod.ts";
import { ExchangeError } from "../../protocol/native/mod.ts";
import type { FilesGrant } from "../native/files.ts";
import { keepPace, type Patience } from "../native/keep_pace.ts";
import type { ConnectionHandler } from "../serve.ts";
import type { Limits } from "./limits.ts";
import { RawTalk } from "./raw_talk.ts";

/** Bytes read from a file at once. */
const PART = 262_144;

/**
 * | i32 little-endian length | `{"cmd":"put","filename","filesize"}` | bytes |, or `{"cmd":"get","filename"}`, which is answered
 * by | length | `{"isfile":true,"filesize":N}` | bytes |, or `{"isfile":false}`.
 */
const LAYOUT = envelope("json+i32le?size=filesize");

/** The file transfer of the tutorials with a JSON header, as many requests as one likes. A file that is there is kept beside. */
export function filesJsonDialect(grant: FilesGrant, limits: Limits): ConnectionHandler {
  return async (connection, context) => {
    const talk = new RawTalk(connection, limits, context);
    const decoder = LAYOUT.createDecoder();
    let incoming: Incoming | null = null;
    try {
      for (let bytes = await talk.read(); bytes !== null; bytes = await talk.read()) {
        for (const event of decoder.push(bytes)) {
          if (event.type === "header") {
            const { cmd } = event.header;
            if (cmd === "put") {
              incoming = await Incoming.open(grant, nameOf(event.header), event.size);
            } else if (cmd === "get") await give(talk, grant, nameOf(event.header));
            else throw new ExchangeError("invalid", '"cmd" is neither put nor get');
          } else if (event.type === "body") await incoming?.write(event.bytes);
          else {
            await incoming?.keep();
            incoming = null;
          }
        }
      }
      // The stream may end between two requests only.
      decoder.end();
    } finally {
      await incoming?.drop();
    }
  };
}

/**
 * `post|SIZE|NAME` in one read, then SIZE bytes. Nothing ends NAME, so this works only for a peer that waits between the two,
 * and a network that does not join them.
 */
export function filesPipeDialect(grant: FilesGrant, limits: Limits): ConnectionHandler {
  return async (connection, context) => {
    const talk = new RawTalk(connection, limits, context);
    for (let bytes = await talk.read(); bytes !== null; bytes = await talk.read()) {
      const request = /^post\|(\d{1,15})\|(.+)$/s.exec(new TextDecoder().decode(bytes));
      if (request === null) {
        throw new ExchangeError("invalid", "The request is not post|SIZE|NAME");
      }
      const size = Number(request[1]);
      const incoming = await Incoming.open(grant, request[2] ?? "", size);
      try {
        for (let left = size; left > 0;) {
          const part = await talk.read();
          if (part === null) {
            throw new ExchangeError("integrity", `${left} of ${size} bytes are missing`);
          }
          if (part.length > left) {
            throw new ExchangeError("integrity", `More than ${size} bytes came`);
          }
          await incoming.write(part);
          left -= part.length;
        }
        await incoming.keep();
      } finally {
        await incoming.drop();
      }
    }
  };
}

/** A file on its way in, without digests: it is not resumed, and kept only when all of it has come. */
class Incoming {
  readonly #file: PartialFile;
  readonly #pace: ((bytes: number) => void) | undefined;
  #bytes = 0;
  #open = true;

  private constructor(file: PartialFile, patience: Patience | undefined) {
    this.#file = file;
    this.#pace = patience && keepPace(patience);
  }

  static async open(
    { root, write, patience }: FilesGrant,
    name: string,
    size: number,
  ): Promise<Incoming> {
    if (!write) throw new ExchangeError("denied", "Files can be read here, not written");
    const options = { whenExists: "rename", resumable: false } as const;
    const file = await PartialFile.open(root, name, { name, size }, options);
    await file.cut(0);
    return new Incoming(file, patience);
  }

  async write(bytes: Uint8Array): Promise<void> {
    this.#pace?.(this.#bytes += bytes.length);
    await this.#file.write(bytes);
  }

  async keep(): Promise<void> {
    await this.#file.commit();
    this.#open = false;
  }

  async drop(): Promise<void> {
    if (!this.#open) return;
    this.#open = false;
    await this.#file.discard();
  }
}

async function give(talk: RawTalk, { root }: FilesGrant, name: string): Promise<void> {
  let file: Deno.FsFile;
  try {
    file = await root.openSafely(name, (path) => Deno.open(path));
  } catch (error) {
    // A missing file and one that is not to be had look alike: there is only one answer for both.
    if (!(error instanceof ExchangeError || error instanceof Deno.errors.NotFound)) throw error;
    return await talk.write(LAYOUT.encodeHeader({ isfile: false }));
  }
  try {
    const { size, isFile } = await file.stat();
    if (!isFile) return await talk.write(LAYOUT.encodeHeader({ isfile: false }));
    await talk.write(LAYOUT.encodeHeader({ isfile: true, filesize: size }));
    const buffer = new Uint8Array(PART);
    for (let left = size; left > 0;) {
      const count = await file.read(buffer.subarray(0, Math.min(left, PART)));
      if (count === null) throw new ExchangeError("integrity", `${name} became shorter on the way`);
      await talk.write(buffer.subarray(0, count));
      left -= count;
    }
  } finally {
    file.close();
  }
}

function nameOf({ filename }: EnvelopeHeader): string {
  if (typeof filename === "string") return filename;
  throw new ExchangeError("invalid", '"filename" is not a text');
}
