/** What a glob of case ids means: `1.*`, `3.4`, `8.?`; a section alone, `1`, is all of it. */
export function globPattern(glob: string): RegExp {
  const pattern = glob.replace(/[.+^${}()|[\]\\]/g, "\\$&").replace(/\*+/g, ".*").replaceAll(
    "?",
    ".",
  );
  return new RegExp(`^(${pattern})${/^\d+$/.test(glob) ? "(\\..*)?" : ""}$`);
}
