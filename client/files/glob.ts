/**
 * A pattern of names: `*` and `?` within a part, `**` over parts, `[a-z]` one of some characters. Null when the text has none
 * of these and is just a name.
 */
export function globOf(
  text: string,
): { readonly base: string; matches(name: string): boolean } | null {
  if (!/[*?[]/.test(text)) return null;
  const parts = text.split("/");
  const first = parts.findIndex((part) => /[*?[]/.test(part));
  const pattern = new RegExp(
    `^${
      parts.map((part, i) => {
        const last = i === parts.length - 1;
        if (part === "**") return last ? ".*" : "(?:.*/)?";
        return partPattern(part) + (last ? "" : "/");
      }).join("")
    }$`,
    "su",
  );
  return { base: parts.slice(0, first).join("/"), matches: (name) => pattern.test(name) };
}

function partPattern(part: string): string {
  return part.replace(/\[!?[^\]]+\]|[\s\S]/gu, (piece) => {
    if (piece === "*") return "[^/]*";
    if (piece === "?") return "[^/]";
    if (piece.length > 2) {
      const inner = piece.slice(1, -1).replace(/^!/, "").replace(
        /[\\\]^&-]/g,
        (c) => c === "-" ? c : `\\${c}`,
      );
      return `(?!/)[${piece[1] === "!" ? "^" : ""}${inner}]`;
    }
    return piece.replace(/[\\^$.*+?()[\]{}|/-]/, "\\$&");
  });
}
