import { ExchangeError } from "../native/mod.ts";
import { UNPRINTABLE } from "./unprintable.ts";

/** Most bytes of a whole name, and of one component of it (what Linux file systems take). */
const LONGEST_NAME = 4096, LONGEST_COMPONENT = 255;

/** What partial files and their block lists end with; nobody can name them. */
export const PARTIAL_SUFFIX = ".nonstick-part";

/** Names of devices on Windows, whatever stands behind a dot. */
const DEVICE =
  /^(con|prn|aux|nul|conin\$|conout\$|com[0-9\u00b9\u00b2\u00b3]|lpt[0-9\u00b9\u00b2\u00b3])(\.|$)/i;

/**
 * The components of the name of a file, relative to a root and with `/` between them. What is not the same file name on
 * every system, or is none on some, is refused, and so is whatever could lead out of the root. Both sides check: a client
 * trusts the names of a server no more than a server those of a client.
 *
 * @example
 * ```ts
 * import { nameParts } from "./name.ts";
 *
 * console.log(nameParts("notes/2026/may.txt")); // ["notes", "2026", "may.txt"]
 * ```
 *
 * @throws {ExchangeError} with the code `invalid` for anything else.
 */
export function nameParts(name: string): string[] {
  const parts = name.split("/");
  const why = parts.map(wrongPart).find((why) => why !== null) ?? wrongLength(name);
  if (why === null) return parts;
  throw new ExchangeError("invalid", `The name ${JSON.stringify(name.slice(0, 200))} ${why}`);
}

/** Why a component is refused; null if it is not. */
function wrongPart(part: string): string | null {
  if (part === "") return "is empty or absolute, or has an empty part";
  if (part === "." || part === "..") return `has the part ${part}`;
  if (/[\\:]/.test(part)) return "has a backslash or a colon";
  if (UNPRINTABLE.test(part)) return "has a control or invisible character";
  if (!part.isWellFormed()) return "is not Unicode";
  if (/[. ]$/.test(part)) return "has a part that ends with a dot or a space";
  if (DEVICE.test(part)) return "is a device on some systems";
  if (part.toLowerCase().endsWith(PARTIAL_SUFFIX)) return "is kept for unfinished files";
  if (bytes(part) > LONGEST_COMPONENT) return `has a part of more than ${LONGEST_COMPONENT} bytes`;
  return null;
}

function wrongLength(name: string): string | null {
  return bytes(name) > LONGEST_NAME ? `has more than ${LONGEST_NAME} bytes` : null;
}

function bytes(text: string): number {
  return new TextEncoder().encode(text).length;
}
