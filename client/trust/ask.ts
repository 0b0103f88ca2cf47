import { printableLines } from "../../cli/printable.ts";

/** Longest answer that is read, in bytes. */
const LONGEST = 256;

/**
 * Asks on stderr, because stdout is for answers of the server, and reads a line of stdin: true for `yes`, false for `no` and
 * for the end. Asks again for anything else.
 */
export async function askYesNo(
  question: string,
  input: { read(target: Uint8Array): Promise<number | null> } = Deno.stdin,
  show: (text: string) => Promise<unknown> = (text) =>
    Deno.stderr.write(new TextEncoder().encode(text)),
): Promise<boolean> {
  const buffer = new Uint8Array(LONGEST);
  await show(printableLines(question));
  for (;;) {
    // A terminal gives whole lines.
    const count = await input.read(buffer);
    if (count === null) {
      await show("\n");
      return false;
    }
    const answer = new TextDecoder().decode(buffer.subarray(0, count)).trim().toLowerCase();
    if (answer === "yes") return true;
    if (answer === "no") return false;
    await show("yes or no? ");
  }
}
