/** Whether the runtime is the one of that version, or a later one. */
export function isSince(
  [major, minor]: readonly [major: number, minor: number],
  version: string = Deno.version.deno,
): boolean {
  const [ours = 0, more = 0] = version.split(".").map(Number);
  return ours > major || ours === major && more >= minor;
}
