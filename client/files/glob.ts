/** Says whether one item, a character or a part of a name, fits. */
type Fits<Item> = (item: Item) => boolean;

/** Any number of items, none included. */
const MANY = "many";

/**
 * A pattern of names: `*` and `?` within a part, `**` over parts, `[a-z]` one of some characters. Null when the text has none
 * of these and is just a name. The names come from a server, so matching takes no longer than pattern × name, however
 * many stars there are.
 */
export function globOf(
  text: string,
): { readonly base: string; matches(name: string): boolean } | null {
  if (!/[*?[]/.test(text)) return null;
  const parts = text.split("/");
  const first = parts.findIndex((part) => /[*?[]/.test(part));
  const pattern = parts.flatMap((part, i): (Fits<string> | typeof MANY)[] => {
    if (part === "**") return i === parts.length - 1 ? [MANY, () => true] : [MANY];
    const characters = charactersOf(part);
    return [(name) => fits(characters, Array.from(name))];
  });
  return {
    base: parts.slice(0, first).join("/"),
    matches: (name) => fits(pattern, name.split("/")),
  };
}

/** Takes as few items for each {@linkcode MANY} as will do; only the last one can ever need more. */
function fits<Item>(
  pattern: readonly (Fits<Item> | typeof MANY)[],
  items: readonly Item[],
): boolean {
  let at = 0, many = -1, from = 0;
  for (let i = 0; i < items.length;) {
    const one = pattern[at], item = items[i];
    if (one === MANY) {
      many = at++;
      from = i;
    } else if (one !== undefined && item !== undefined && one(item)) {
      at++;
      i++;
    } else if (many >= 0) {
      at = many + 1;
      i = ++from;
    } else return false;
  }
  while (pattern[at] === MANY) at++;
  return at === pattern.length;
}

function charactersOf(part: string): (Fits<string> | typeof MANY)[] {
  const pieces = part.match(/\[!?[^\]]+\]|[\s\S]/gu) ?? [];
  return pieces.map((piece) => {
    if (piece === "*") return MANY;
    if (piece === "?") return () => true;
    if ([...piece].length > 1) return oneOf(piece.slice(1, -1));
    return (character) => character === piece;
  });
}

/** The inside of brackets; a range that runs backwards has no character, as in a shell. */
function oneOf(inside: string): Fits<string> {
  const isNot = inside.startsWith("!");
  const ranges = [...inside.slice(isNot ? 1 : 0).matchAll(/([\s\S])-([\s\S])|([\s\S])/gu)]
    .map(([, from, to, one]) => [from ?? one, to ?? one].map((text) => text?.codePointAt(0) ?? 0));
  return (character) => {
    const code = character.codePointAt(0) ?? 0;
    return ranges.some(([from = 0, to = 0]) => from <= code && code <= to) !== isNot;
  };
}
