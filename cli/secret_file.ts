/**
 * Tells when a file with a secret can be read by others than its owner. Windows has no such modes.
 */
export async function warnIfReadable(
  option: string,
  path: string,
  tell: (text: string) => void,
): Promise<void> {
  if (Deno.build.os === "windows") return;
  let mode: number | null;
  try {
    mode = (await Deno.stat(path)).mode;
  } catch {
    // Whoever reads it says so.
    return;
  }
  if (mode === null || (mode & 0o044) === 0) return;
  tell(`WARNING: others can read the file of ${option}; keep it to yourself: chmod 600 '${path}'`);
}
