/**
 * What attackers do: bytes of the tutorials' formats, whole, broken off or untrue.
 * @module
 */
import { assert } from "@std/assert";
import { concat } from "@std/bytes/concat";

/** Longest wait for an answer that should come, in ms, and for one that should not. */
const DEADLINE_MS = 20_000, QUIET_MS = 3_000;

/** UTF-8. */
export function utf8(text: string): Uint8Array<ArrayBuffer> {
  return new TextEncoder().encode(text);
}

/** `struct.pack("i", number)` */
export function int32(number: number): Uint8Array {
  return new Uint8Array(Int32Array.of(number).buffer);
}

/** A length and a JSON text, as the lesson "files" has it. */
export function header(json: string): Uint8Array {
  return concat([int32(utf8(json).length), utf8(json)]);
}

/** A file to be put. */
export function putting(
  filename: string,
  body: string | Uint8Array,
  filesize?: number,
): Uint8Array {
  const bytes = typeof body === "string" ? utf8(body) : body;
  const json = JSON.stringify({ cmd: "put", filename, filesize: filesize ?? bytes.length });
  return concat([header(json), bytes]);
}

/** A connection that texts are looked for in. */
export interface TextConnection extends AsyncDisposable {
  say(bytes: string | Uint8Array): Promise<void>;
  /** Waits for text that fits, and forgets all up to it; rejects at the end, or when it does not come. */
  until(pattern: RegExp): Promise<string>;
  /** What has come until the other side ends, or until it has been quiet for long; null in the second case. */
  end(): Promise<string | null>;
  /** Says that nothing more will come. */
  closeWrite(): Promise<void>;
}

/** Connects to a port of this machine. */
export async function textConnection(port: number): Promise<TextConnection> {
  const conn = await Deno.connect({ hostname: "127.0.0.1", port });
  conn.setNoDelay();
  const decoder = new TextDecoder("latin1"), buffer = new Uint8Array(65_536);
  let text = "", ended = false, grown = Promise.withResolvers<void>();
  const reading = (async () => {
    try {
      for (let n = await conn.read(buffer); n !== null; n = await conn.read(buffer)) {
        text += decoder.decode(buffer.subarray(0, n));
        grown.resolve();
        grown = Promise.withResolvers();
      }
    } catch {
      // Closed, by either side.
    }
    ended = true;
    grown.resolve();
  })();
  const within = async (ms: number, met: () => boolean) => {
    const late = Promise.withResolvers<boolean>();
    const timer = setTimeout(() => late.resolve(false), ms);
    let intime = true;
    while (!met() && !ended && intime) {
      intime = await Promise.race([grown.promise.then(() => true), late.promise]);
    }
    clearTimeout(timer);
  };
  return {
    async say(bytes) {
      const all = typeof bytes === "string" ? utf8(bytes) : bytes;
      for (let at = 0; at < all.length;) at += await conn.write(all.subarray(at));
    },
    async until(pattern) {
      await within(DEADLINE_MS, () => pattern.test(text));
      const found = pattern.exec(text);
      assert(found !== null, `nothing fits ${pattern} in: ${text.slice(0, 200)}`);
      text = text.slice(found.index + found[0].length);
      return found[0];
    },
    async end() {
      await within(QUIET_MS, () => false);
      return ended ? text : null;
    },
    closeWrite: () => conn.closeWrite(),
    async [Symbol.asyncDispose]() {
      try {
        conn.close();
      } catch (error) {
        if (!(error instanceof Deno.errors.BadResource)) throw error;
      }
      await reading;
    },
  };
}

/** Sends a request of the lesson "files" and nothing behind it, and gives what comes back until the server closes. */
export async function exchange(port: number, request: Uint8Array): Promise<string> {
  await using conn = await textConnection(port);
  await conn.say(request).catch(() => {});
  await conn.closeWrite().catch(() => {});
  return await conn.end() ?? "";
}

/** Whether a good client still gets its answer from the lesson "echo". */
export async function stillAnswers(port: number): Promise<boolean> {
  try {
    await using conn = await textConnection(port);
    await conn.say(concat([int32(5), utf8("hello")]));
    await conn.until(/hello/);
    return true;
  } catch {
    return false;
  }
}

/** A server of one's own, for clients to fall for. */
export function hostileServer(
  talk: (conn: Deno.Conn) => Promise<void>,
): { readonly port: number } & AsyncDisposable {
  const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const open = new Set<Deno.Conn>();
  const serving = (async () => {
    for await (const conn of listener) {
      open.add(conn);
      talk(conn).catch(() => {}).finally(() => {
        if (open.delete(conn)) conn.close();
      });
    }
  })();
  return {
    port: listener.addr.port,
    async [Symbol.asyncDispose]() {
      listener.close();
      for (const conn of open) {
        open.delete(conn);
        conn.close();
      }
      await serving;
    },
  };
}

/** Reads a text that exists, or null. */
export async function read(path: string): Promise<string | null> {
  try {
    return await Deno.readTextFile(path);
  } catch {
    return null;
  }
}

/** Waits until something is true; false when it does not become so. */
export async function becomes(met: () => Promise<boolean>, ms = QUIET_MS): Promise<boolean> {
  const late = AbortSignal.timeout(ms);
  while (!late.aborted) {
    if (await met()) return true;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  return false;
}
