import { messageOf } from "./message_of.ts";
import { UsageError } from "./options.ts";

/**
 * Reads the text file that an option names.
 *
 * @throws {UsageError} if that cannot be done.
 */
export async function readNamedFile(option: string, path: string): Promise<string> {
  try {
    return await Deno.readTextFile(path);
  } catch (error) {
    throw new UsageError(`Cannot read the file of ${option}, ${path}: ${messageOf(error)}.`);
  }
}
