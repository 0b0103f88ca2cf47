import { kindOf } from "./root.ts";

/** Longest wait for a lock where the runtime can only wait for one, in ms. */
const LOCK_WAIT_MS = 200;

/**
 * Opens a file that is ours alone, or makes it: no link, nothing with a second name, nothing that was put there for us to
 * follow. It is locked against other programs for as long as it is open; null when one of them has it.
 */
export async function openOwn(path: string): Promise<Deno.FsFile | null> {
  const options = { read: true, write: true };
  const kind = kindOf(path);
  if (kind === "file") {
    const file = await Deno.open(path, options);
    const found = await tryLock(file) ? await standingOf(file, path) : "taken";
    if (found === "ours") return file;
    file.close();
    if (found === "taken") return null;
  }
  if (kind !== "missing") await Deno.remove(path);
  const file = await Deno.open(path, { ...options, createNew: true, mode: 0o644 });
  if (await tryLock(file)) return file;
  file.close();
  return null;
}

/** Whether a locked file is still the one at its path. */
async function standingOf(file: Deno.FsFile, path: string): Promise<"ours" | "foreign" | "taken"> {
  try {
    const [opened, named] = [await file.stat(), await Deno.lstat(path)];
    if (opened.ino !== named.ino || opened.dev !== named.dev) return "taken";
    // A second name means that it was published and its first one not removed any more: it must not be written to.
    return (named.nlink ?? 1) === 1 ? "ours" : "foreign";
  } catch (error) {
    // Who had it before us has just published it.
    if (error instanceof Deno.errors.NotFound) return "taken";
    throw error;
  }
}

async function tryLock(file: Deno.FsFile): Promise<boolean> {
  // Older runtimes can only wait. What still waits ends with the file's other user, and changes nothing.
  if (typeof file.tryLock === "function") return await file.tryLock(true);
  let timer: ReturnType<typeof setTimeout> | undefined;
  const late = new Promise<boolean>((resolve) => {
    timer = setTimeout(() => resolve(false), LOCK_WAIT_MS);
  });
  try {
    return await Promise.race([file.lock(true).then(() => true), late]);
  } finally {
    clearTimeout(timer);
  }
}

/** Writes all of it. */
export async function writeAll(file: Deno.FsFile, bytes: Uint8Array): Promise<void> {
  for (let at = 0; at < bytes.length;) at += await file.write(bytes.subarray(at));
}

/** Fills `target` as far as the file goes; resolves to how far. */
export async function readAll(file: Deno.FsFile, target: Uint8Array): Promise<number> {
  let have = 0;
  while (have < target.length) {
    const count = await file.read(target.subarray(have));
    if (count === null) break;
    have += count;
  }
  return have;
}

/** Removes a file that may be there. */
export async function removeIfThere(path: string): Promise<void> {
  try {
    await Deno.remove(path);
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
  }
}
