import { createHash } from "node:crypto";
import { concat } from "@std/bytes/concat";
import { commandWords } from "../../cli/command_words.ts";
import { printable } from "../../cli/printable.ts";
import { framing } from "../../protocol/framing/mod.ts";
import { ExchangeError } from "../../protocol/native/mod.ts";
import { type ExecGrant, runProgram } from "../exec/run_program.ts";
import type { ConnectionHandler } from "../serve.ts";
import type { Limits } from "./limits.ts";
import { RawTalk } from "./raw_talk.ts";

/** How the output of a command goes back. */
interface ExecForm {
  /** Said on connect. */
  readonly greeting?: string;
  /** What is sent, piece by piece, for the whole output. */
  readonly pieces: (output: Uint8Array) => readonly Uint8Array[];
  /** How long to wait between two pieces, in ms, where nothing but time keeps them apart. */
  readonly pauseMs?: number;
}

const utf8 = (text: string) => new TextEncoder().encode(text);
/** Python's `struct.pack("i", length)` on the usual machines. */
const I32LE = framing("i32le");

/** Header and output are apart for a reader that reads at once; nothing can make that sure. */
const APART_MS = 50;

/** The four ways in which the tutorials do it (docs/DIALECTS.md). */
export const EXEC_FORMS: Readonly<Record<string, ExecForm>> = {
  // | output, or "no output!" |
  "exec-raw": { pieces: (output) => [output.length > 0 ? output : utf8("no output!")] },
  // | i32 little-endian length | output |
  "exec-i32le": { pieces: (output) => [encodeI32(output)] },
  // | i32 little-endian length | JSON header | output |
  "exec-json": {
    pieces: (output) => {
      const md5 = createHash("md5").update(output).digest("hex");
      const header = { filename: "a.txt", total_size: output.length, md5 };
      return [concat([encodeI32(utf8(JSON.stringify(header))), output])];
    },
  },
  // | info|N |   and a little later   | output |
  "exec-info": {
    greeting: "欢迎登录",
    pieces: (output) => [utf8(`info|${output.length}`), output],
    pauseMs: APART_MS,
  },
};

/**
 * Runs what one read returns as a command, split into words as a shell would; no shell sees it, unless `shell` says so.
 * `exit` ends the conversation.
 */
export function execDialect(
  form: ExecForm,
  grant: ExecGrant & { readonly shell: boolean },
  limits: Limits,
): ConnectionHandler {
  return async (connection, context) => {
    const talk = new RawTalk(connection, limits, context);
    if (form.greeting !== undefined) await talk.write(utf8(form.greeting));
    for (let request = await talk.read(); request !== null; request = await talk.read()) {
      const line = new TextDecoder().decode(request).trim();
      if (line === "exit") return;
      const output = await outputOf(line, grant, context.signal);
      for (const [i, piece] of form.pieces(output).entries()) {
        if (i > 0 && form.pauseMs !== undefined) {
          await new Promise((resolve) => setTimeout(resolve, form.pauseMs));
        }
        await talk.write(piece);
      }
    }
  };
}

/** Standard output, then standard error, of a command; why there is none is told as its error. */
async function outputOf(
  line: string,
  grant: ExecGrant & { readonly shell: boolean },
  signal: AbortSignal,
): Promise<Uint8Array> {
  const written: Record<"out" | "err", Uint8Array[]> = { out: [], err: [] };
  try {
    const argv = grant.shell ? ["/bin/sh", "-c", line] : wordsOf(line);
    await runProgram(argv, grant.shell ? { ...grant, programs: "any" } : grant, {
      onOutput: (stream, bytes) => {
        written[stream].push(bytes.slice());
        return Promise.resolve();
      },
      signal,
    });
  } catch (error) {
    if (!(error instanceof ExchangeError)) throw error;
    written.err.push(utf8(`nonstick-server: ${printable(error.message)}\n`));
  }
  return concat([...written.out, ...written.err]);
}

function wordsOf(line: string): string[] {
  try {
    return commandWords(line);
  } catch (error) {
    if (error instanceof SyntaxError) throw new ExchangeError("invalid", error.message);
    throw error;
  }
}

function encodeI32(payload: Uint8Array): Uint8Array {
  return I32LE.createEncoder({ maxFrameLength: 2 ** 30 }).encode(payload);
}
