import { promptSecret } from "@std/cli/prompt-secret";
import { readNamedFile } from "./named_file.ts";
import { UsageError } from "./options.ts";
import { warnIfReadable } from "./secret_file.ts";

/** Least characters of a token: fewer are guessed. */
const SHORTEST = 16;

/** The variable with the token. It is for programs that start us: others of the same user can read it there, too. */
export const TOKEN_VARIABLE = "NONSTICK_TOKEN";

/** Where the token may come from, the first one that is there. Never from the command line: everybody can read those. */
export interface TokenSources {
  /** Ask whoever sits at the terminal, unseen. */
  readonly ask: boolean;
  /** The file of `--token-file`. */
  readonly file: string | undefined;
  /** Tells of a file that others can read. */
  readonly tell: (text: string) => void;
  /** A variable of the environment. */
  readonly variable?: (name: string) => string | undefined;
  /** Asks; null where nobody could answer. */
  readonly prompt?: (question: string) => string | null;
}

/**
 * The token from a terminal, a file or the environment; undefined if there is none.
 *
 * @throws {UsageError} if it cannot be had, or is too short to be a secret; the message does not show it.
 */
export async function readToken(
  { ask, file, tell, variable = (name) => Deno.env.get(name), prompt = promptSecret }: TokenSources,
): Promise<Uint8Array | undefined> {
  if (ask) {
    const said = prompt("Token:");
    if (said === null) {
      throw new UsageError(
        `Nobody can be asked for the token here; use --token-file or ${TOKEN_VARIABLE}.`,
      );
    }
    return tokenOf(said);
  }
  if (file !== undefined) {
    await warnIfReadable("--token-file", file, tell);
    return tokenOf(await readNamedFile("--token-file", file));
  }
  const said = variable(TOKEN_VARIABLE);
  return said === undefined || said === "" ? undefined : tokenOf(said);
}

/**
 * The token in the text of its file: all of it but the line ends behind it.
 *
 * @throws {UsageError} if it is too short to be a secret.
 */
export function tokenOf(text: string): Uint8Array {
  const token = text.replace(/[\r\n]+$/, "");
  if (token.length >= SHORTEST) return new TextEncoder().encode(token);
  throw new UsageError(
    `The token has ${token.length} characters and needs ${SHORTEST}. A good one is made by: ` +
      "openssl rand -hex 32 > FILE",
  );
}
