/**
 * Stand-in for `@std/cli/prompt-secret` where JSR cannot be reached: asks on a terminal and shows nothing of the answer.
 *
 * @module
 */

const LF = 10, CR = 13, BACKSPACES: readonly number[] = [8, 127];

/** Asks for a secret; null if stdin is no terminal. */
export function promptSecret(message = "Secret"): string | null {
  const input = Deno.stdin;
  if (!input.isTerminal()) return null;
  Deno.stdout.writeSync(new TextEncoder().encode(`${message} `));
  input.setRaw(true, { cbreak: Deno.build.os !== "windows" });
  try {
    const byte = new Uint8Array(1), bytes: number[] = [];
    while (input.readSync(byte)) {
      const [code = LF] = byte;
      if (code === LF || code === CR) break;
      if (BACKSPACES.includes(code)) bytes.pop();
      else bytes.push(code);
    }
    return new TextDecoder().decode(new Uint8Array(bytes));
  } finally {
    input.setRaw(false);
    Deno.stdout.writeSync(new TextEncoder().encode("\n"));
  }
}
