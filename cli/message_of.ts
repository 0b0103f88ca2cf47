/** What deno says at length about files, in the words of a user. */
const IN_SHORT: readonly (readonly [kind: new (message?: string) => Error, text: string])[] = [
  [Deno.errors.NotFound, "there is no such file"],
  [Deno.errors.AlreadyExists, "there is such a file already"],
  [Deno.errors.PermissionDenied, "the system does not permit it"],
  [
    Deno.errors.NotCapable,
    "this program may not touch it, nor anything below /dev, /proc and /sys",
  ],
  [Deno.errors.IsADirectory, "it is a directory"],
  [Deno.errors.NotADirectory, "a part of its path is no directory"],
];

/**
 * Why something about a file did not work: the message of whatever was thrown, in short where deno's own tells of system
 * calls and of how to compile programs.
 */
export function messageOf(error: unknown): string {
  const known = IN_SHORT.find(([kind]) => error instanceof kind);
  if (known !== undefined) return known[1];
  return error instanceof Error ? error.message : String(error);
}
