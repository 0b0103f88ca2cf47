import { printable } from "../cli/printable.ts";
import type { Operator } from "./dialects/chat_raw_dialect.ts";

/** Whoever sits at the terminal: standard output shows, standard input is read once somebody wants to hear of it. */
export function terminalOperator(): Operator {
  const listeners = new Set<(line: string) => void>();
  let reading = false;
  const read = async () => {
    const lines = Deno.stdin.readable.pipeThrough(new TextDecoderStream());
    let rest = "";
    for await (const text of lines) {
      const [...whole] = (rest + text).split("\n");
      rest = whole.pop() ?? "";
      for (const line of whole) for (const listener of listeners) listener(line);
    }
  };
  return {
    show: (peer, text) => console.log(`${printable(peer)}: ${text}`),
    onLine(listener) {
      listeners.add(listener);
      if (!reading) {
        reading = true;
        // The end of the input is no end of the chat.
        void read().catch(() => {});
      }
      return { [Symbol.dispose]: () => void listeners.delete(listener) };
    },
  };
}
