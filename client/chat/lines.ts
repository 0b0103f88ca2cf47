import process from "node:process";
import { clearLine, createInterface, cursorTo } from "node:readline";
import { type ByteSource, linesOf } from "../input.ts";

/** Where lines come from, and where events are shown. */
export interface Lines {
  /** What is typed, line by line. */
  read(): AsyncIterable<string>;
  /** Shows a line, above what is being typed. */
  show(line: string): void;
  /** Ends. */
  close(): void;
}

/** Lines of a program or a file. */
export function plainLines(input: ByteSource): Lines {
  return {
    async *read() {
      for await (const batch of linesOf(input)) {
        for (const line of batch) yield new TextDecoder().decode(line);
      }
    },
    show: (line) => console.log(line),
    close: () => {},
  };
}

/** Lines of somebody at a terminal, who can edit them while others write. */
export function lineEditor(prompt: string): Lines {
  const { stdin: input, stdout: output } = process;
  const editor = createInterface({ input, output, prompt, historySize: 200 });
  editor.prompt();
  return {
    async *read() {
      for await (const line of editor) {
        yield line;
        editor.prompt();
      }
    },
    show(line) {
      cursorTo(output, 0);
      clearLine(output, 0);
      output.write(`${line}\n`);
      editor.prompt(true);
    },
    close: () => editor.close(),
  };
}
