import { ExchangeError } from "../../protocol/native/mod.ts";

/** Longest name, in characters as people count them. */
const LONGEST = 32;

/** Letters, marks and numbers of any script; between them blanks, `.`, `_`, `-` and `'`. */
const NAME =
  /^[\p{L}\p{N}\p{M}\p{Emoji_Presentation}][\p{L}\p{N}\p{M}\p{Emoji_Presentation} ._'-]*$/u;

/** Scripts that may stand together in one name: what people who write them do (UTS #39, 5.2, highly restrictive). */
const COMPANIES: readonly RegExp[] = [
  ["Latin"],
  ["Latin", "Han", "Hiragana", "Katakana"],
  ["Latin", "Han", "Bopomofo"],
  ["Latin", "Han", "Hangul"],
].map((scripts) => {
  const classes = ["Common", "Inherited", ...scripts].map((one) => `\\p{Script=${one}}`);
  return new RegExp(`^[${classes.join("")}]*$`, "u");
});
/** One other script alone. */
const ALONE: readonly RegExp[] = [
  ...["Cyrillic", "Greek", "Arabic", "Hebrew", "Devanagari", "Thai", "Armenian", "Georgian"],
  ...["Bengali", "Tamil", "Telugu", "Ethiopic", "Khmer", "Lao", "Tibetan", "Sinhala", "Myanmar"],
].map((script) =>
  new RegExp(`^[\\p{Script=Common}\\p{Script=Inherited}\\p{Script=${script}}]*$`, "u")
);

/**
 * Letters that look like a Latin one, by the Latin one (UTS #39, confusables.txt): a whole name of them, such as Cyrillic
 * "соса", would pass for another.
 */
const LOOKALIKES: ReadonlyMap<string, string> = new Map(
  Object.entries({
    a: "аα",
    b: "ьβвϐ",
    c: "сϲ",
    d: "ԁ",
    e: "еҽ",
    f: "ϝ",
    g: "ԍ",
    h: "һнη",
    i: "іιı",
    j: "јϳ",
    k: "кκ",
    l: "ӏǀ1|",
    m: "мμ",
    n: "пν",
    o: "оοσ0",
    p: "рρ",
    q: "ԛ",
    r: "г",
    s: "ѕ",
    t: "тτ",
    u: "υս",
    v: "ѵ",
    w: "ԝωѡ",
    x: "хχ",
    y: "уγү",
    z: "ζ",
  }).flatMap(([latin, others]) => [...others].map((other) => [other, latin] as const)),
);

/**
 * What tells a name apart from others: two names with the same key look alike.
 *
 * @throws {ExchangeError} `invalid` for what is no name.
 */
export function nameKey(name: string): string {
  const wrong = wrongName(name);
  if (wrong !== null) throw new ExchangeError("invalid", `The name ${wrong}`);
  // Small and capital letters, full width forms, ligatures, and marks that hardly show are the same.
  const plain = name.normalize("NFKC").toLowerCase().normalize("NFD").replace(/\p{M}/gu, "");
  const looks = [...plain].map((letter) => LOOKALIKES.get(letter) ?? letter).join("");
  return looks.replace(/[ ._'-]+/g, "").replaceAll("rn", "m").replaceAll("vv", "w");
}

/** The name of a room as it is looked up. Rooms have no faces to be mistaken for. */
export function roomKey(room: string): string {
  const wrong = wrongName(room);
  if (wrong !== null) throw new ExchangeError("invalid", `The name of the room ${wrong}`);
  return room.normalize("NFKC").toLowerCase();
}

function wrongName(name: string): string | null {
  const length = [...new Intl.Segmenter().segment(name)].length;
  if (length === 0 || length > LONGEST || name.length > 8 * LONGEST) {
    return `has ${length} characters, 1 to ${LONGEST} are allowed`;
  }
  if (!NAME.test(name)) return "has other characters than letters, numbers, blanks and ._'-";
  const together = [...COMPANIES, ...ALONE].some((company) => company.test(name));
  return together ? null : "mixes scripts that nobody writes together";
}
