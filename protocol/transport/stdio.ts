import type { Connection } from "./connection.ts";

/** Where a {@linkcode stdioConnection} reads from. */
export interface StdioInput {
  /** Reads at least one byte; null at the end. */
  read(target: Uint8Array): Promise<number | null>;
  /** Gives the file back. */
  close(): void;
}

/** Where a {@linkcode stdioConnection} writes to. */
export interface StdioOutput {
  /** Writes one byte or more. */
  write(source: Uint8Array): Promise<number>;
  /** Gives the file back; a reader at the other end of the pipe sees the end. */
  close(): void;
}

/**
 * Standard input and output of this process as one connection: reads take from stdin, writes go to stdout. Use it once;
 * nothing else may read or write them.
 */
export function stdioConnection(
  input: StdioInput = Deno.stdin,
  output: StdioOutput = Deno.stdout,
): Connection {
  return new StdioConnection(input, output);
}

class StdioConnection implements Connection {
  readonly local = "stdio:";
  readonly remote = "stdio:";
  readonly #input: StdioInput;
  readonly #output: StdioOutput;
  /** Reject the read and the write that wait. */
  #endRead: ((reason: Error) => void) | null = null;
  #endWrite: ((reason: Error) => void) | null = null;
  #reading = true;
  #writing = true;

  constructor(input: StdioInput, output: StdioOutput) {
    this.#input = input;
    this.#output = output;
  }

  /** A read of stdin cannot be called off, so closing only ends the waiting. */
  read(target: Uint8Array): Promise<number | null> {
    return new Promise((resolve, reject) => {
      this.#endRead = reject;
      this.#input.read(target).then(resolve, reject);
    });
  }

  /** A write that is under way when the connection is closed may still reach the other side. */
  write(source: Uint8Array): Promise<number> {
    return new Promise((resolve, reject) => {
      this.#endWrite = reject;
      this.#output.write(source).then(resolve, reject);
    });
  }

  closeWrite(): Promise<void> {
    if (this.#writing) this.#output.close();
    this.#writing = false;
    return Promise.resolve();
  }

  close(): void {
    if (this.#reading) this.#input.close();
    this.#reading = false;
    this.closeWrite();
    const closed = new Deno.errors.Interrupted("The connection was closed");
    this.#endRead?.(closed);
    this.#endWrite?.(closed);
  }
}
