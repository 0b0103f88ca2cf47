import { join } from "node:path";
import { PARTIAL_SUFFIX } from "./name.ts";
import { removeIfThere } from "./own_file.ts";

/** Partial files that nobody has touched for so long are removed, in ms: a week. */
const STALE_MS = 7 * 24 * 3600 * 1000;
/** A directory is looked through again after so long, in ms: an hour. */
const AGAIN_MS = 3600 * 1000;
/** Most directories whose last look is remembered. */
const MOST_REMEMBERED = 1000;

const looked = new Map<string, number>();

/** Removes what transfers have left in a directory that nobody went on with. */
export async function removeStaleParts(directory: string, now: number = Date.now()): Promise<void> {
  if (now - (looked.get(directory) ?? -Infinity) < AGAIN_MS) return;
  if (looked.size >= MOST_REMEMBERED) looked.clear();
  looked.set(directory, now);
  for await (const { name, isFile } of Deno.readDir(directory)) {
    if (!isFile || !name.endsWith(PARTIAL_SUFFIX)) continue;
    const path = join(directory, name);
    const changed = (await Deno.lstat(path)).mtime?.getTime() ?? Infinity;
    if (changed < now - STALE_MS) await removeIfThere(path).catch(() => {});
  }
}
