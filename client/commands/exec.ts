import type { Exchange } from "../../protocol/native/mod.ts";
import { UsageError } from "../../cli/options.ts";
import { shellLine } from "../../cli/command_words.ts";
import { EXEC_DIALECTS, execOver } from "../dialects/exec.ts";
import { RemoteError } from "../errors.ts";
import { chunksOf, linesOf } from "../input.ts";
import type { CommandContext, ServerCommand } from "./command.ts";

/** The exit code when the program did not run, or not to its end, as with ssh. */
const NOT_RUN = 255;

/** `nonstick exec -- PROG ARGS...` */
export const EXEC: ServerCommand = {
  name: "exec",
  form: "-- PROG ARGS...",
  words: [0, Infinity],
  summary: "run a program on the server, with this stdin, and exit as it does",
  service: "exec",
  speaks: Object.keys(EXEC_DIALECTS),
  options: ["encoding"],
  failureCode: NOT_RUN,
  examples: [
    ["nonstick exec -- uname -a", "the server was started with --allow-exec uname"],
    [
      "nonstick --to 'tcp://127.0.0.1:8080?speak=exec-i32le' exec < commands",
      "a tutorial's server: each line of the input is a command",
    ],
    ["tar c . | nonstick exec -- tar x -C /srv/copy", "input and output are streamed"],
  ],
  run: async (context) => {
    if (context.native === null) return await execOver(context, commandsOf(context));
    if (context.words.length === 0) throw new UsageError("exec lacks -- PROG ARGS...");
    const exchange = await context.native.open("exec", { argv: context.words });
    return await withInterrupt(exchange, () => relay(exchange, context));
  },
};

/** What the dialects run: the words as one command, or each line of the input. */
async function* commandsOf({ words, input }: CommandContext): AsyncGenerator<string, void> {
  if (words.length > 0) return yield shellLine(words);
  for await (const lines of linesOf(input)) {
    for (const line of lines) {
      const command = new TextDecoder().decode(line);
      if (command.trim() !== "") yield command;
    }
  }
}

async function relay(exchange: Exchange, context: CommandContext): Promise<number> {
  const { output, errors, settings, input } = context;
  void sendInput(exchange, input);
  for await (const { bytes, about } of exchange) {
    const stream = about?.["stream"] === "err" ? "err" : "out";
    // As JSON both come on stdout, so that their order is kept.
    const target = stream === "err" && !settings.json ? errors : output;
    await target.piece(bytes, { stream });
  }
  const { code, truncated } = await exchange.result();
  if (truncated === true) {
    throw new RemoteError("The program was ended: it wrote more than the server allows");
  }
  return typeof code === "number" && code >= 0 && code < 256 ? code : NOT_RUN;
}

/** Sends the input beside everything else: a program may end without it. */
async function sendInput(exchange: Exchange, input: CommandContext["input"]): Promise<void> {
  try {
    for await (const chunk of chunksOf(input)) await exchange.send(chunk);
    await exchange.end();
  } catch {
    // The program has ended, or the connection has: both are told by the other direction.
    await exchange.end().catch(() => {});
  }
}

/** Cancels the exchange at the first SIGINT, so that the program on the server ends too. */
async function withInterrupt(exchange: Exchange, work: () => Promise<number>): Promise<number> {
  let interrupted = false;
  const onInterrupt = () => {
    if (interrupted) Deno.exit(130);
    interrupted = true;
    exchange.cancel().catch(() => {});
  };
  Deno.addSignalListener("SIGINT", onInterrupt);
  try {
    return await work();
  } catch (error) {
    if (interrupted) return 130;
    throw error;
  } finally {
    Deno.removeSignalListener("SIGINT", onInterrupt);
  }
}
