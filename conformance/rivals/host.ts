/**
 * The process in which mutants are served, one at a time, so that one that crashes or runs for ever takes nothing else
 * along. It reads commands from standard input and answers each with one line:
 *
 * ```
 *   start NAME    →  listening PORT
 *   stop          →  stopped
 * ```
 *
 * @module
 */
import { type RunningEcho, serveEcho } from "./echo_server.ts";
import { specimenNamed } from "./specimens.ts";

// Mutants throw by the thousand, and nobody looks at where.
Error.stackTraceLimit = 0;

let running: RunningEcho | undefined;

async function stop(): Promise<void> {
  await running?.[Symbol.asyncDispose]();
  running = undefined;
}

async function obey(command: string): Promise<string> {
  await stop();
  if (command === "stop") return "stopped";
  running = serveEcho(specimenNamed(command.replace(/^start /, "")).plan);
  return `listening ${running.port}`;
}

let text = "";
for await (const part of Deno.stdin.readable.pipeThrough(new TextDecoderStream())) {
  const lines = (text + part).split("\n");
  text = lines.pop() ?? "";
  for (const line of lines) console.log(await obey(line));
}
await stop();
