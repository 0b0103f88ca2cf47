import { createHash } from "node:crypto";
import type { CommandContext } from "../commands/command.ts";
import { IntegrityError, RemoteError } from "../errors.ts";
import { lengthIn, readHeader, readLength } from "./json_header.ts";
import { RawStream } from "./raw_stream.ts";

/** How long a raw answer may pause, in ms: nothing but silence ends it. */
const QUIET_MS = 400;

/** How a dialect answers one command: the output, piece by piece. */
type Answer = (stream: RawStream) => AsyncIterable<Uint8Array>;

/** What the server says on connect, if it does, and how it answers (docs/DIALECTS.md). */
interface ExecDialect {
  readonly greeting?: string;
  readonly answer: Answer;
}

/** The dialects in which commands are run. */
export const EXEC_DIALECTS: Readonly<Record<string, ExecDialect>> = {
  "exec-raw": { answer: (stream) => stream.untilQuiet(QUIET_MS) },
  "exec-i32le": {
    async *answer(stream) {
      yield* stream.pieces(await readLength(stream));
    },
  },
  "exec-json": {
    async *answer(stream) {
      const header = await readHeader(stream);
      const { md5 } = header;
      const hash = createHash("md5");
      for await (const piece of stream.pieces(lengthIn(header, "total_size"))) {
        hash.update(piece);
        yield piece;
      }
      if (typeof md5 === "string" && md5 !== "" && hash.digest("hex") !== md5.toLowerCase()) {
        throw new IntegrityError("The output is not what the header says: its MD5 is another one");
      }
    },
  },
  "exec-info": {
    greeting: "欢迎登录",
    async *answer(stream) {
      const head = new TextDecoder().decode(await stream.some() ?? new Uint8Array(0));
      const found = /^info\|(\d{1,15})/.exec(head);
      if (found === null) throw new RemoteError("The answer does not begin with info|N");
      // What is behind the digits in the same read belongs to the output: digits of it were lost in N.
      const stuck = new TextEncoder().encode(head.slice(found[0].length));
      if (stuck.length > 0) yield stuck;
      yield* stream.pieces(Math.max(0, Number(found[1]) - stuck.length));
    },
  },
};

/** Runs one command after the other on one connection, and prints what each gives. */
export async function execOver(
  context: CommandContext,
  commands: AsyncIterable<string>,
): Promise<void> {
  const dialect = EXEC_DIALECTS[context.speak];
  if (dialect === undefined) throw new RemoteError(`exec cannot speak ${context.speak}`);
  const stream = new RawStream(context);
  if (dialect.greeting !== undefined) {
    await stream.exactly(new TextEncoder().encode(dialect.greeting).length);
  }
  for await (const command of commands) {
    await stream.write(new TextEncoder().encode(command));
    if (command.trim() === "exit") return;
    for await (const piece of dialect.answer(stream)) await context.output.bytes(piece);
  }
}
