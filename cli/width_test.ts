import { assert, assertEquals } from "@std/assert";
import { fitted, padded, widthOf } from "./width.ts";

/** Texts and the columns that terminals give them. */
const WIDTHS: Readonly<Record<string, number>> = {
  "": 0,
  abc: 3,
  粘包: 4,
  ﾊﾝ: 2,
  각: 2,
  // The same from parts: letters and marks, and a family of three persons.
  "\u1100\u1161\u11a8": 2,
  "cafe\u0301": 4,
  "\u{1f468}\u200d\u{1f469}\u200d\u{1f467}": 2,
  "👍🏽": 2,
  "🇩🇪": 2,
  "⚠\ufe0f": 2,
  "☎": 1,
};

Deno.test("a text takes the columns that a terminal gives it", () => {
  for (const [text, width] of Object.entries(WIDTHS)) assertEquals(widthOf(text), width, text);
});

Deno.test("padded texts stand below each other", () => {
  for (const text of Object.keys(WIDTHS)) assertEquals(widthOf(padded(text, 9)), 9, text);
  assertEquals(padded("粘包", 3), "粘包");
});

Deno.test("a fitted text is no wider than its place, begins the same, and has no half characters", () => {
  const all = Object.keys(WIDTHS).join("");
  const characters = [...new Intl.Segmenter().segment(all)].map(({ segment }) => segment);
  for (let columns = 0; columns <= widthOf(all) + 1; columns++) {
    const text = fitted(all, columns);
    assert(widthOf(text) <= columns, `${text} in ${columns}`);
    if (columns >= widthOf(all)) assertEquals(text, all);
    const kept = text.replace(/…$/, "");
    let whole = "";
    for (const character of characters) {
      if (whole === kept) break;
      whole += character;
    }
    assertEquals(whole, kept);
    // One more column than is left would have to be a character of two.
    if (columns > 0) assert(widthOf(text) >= Math.min(columns, widthOf(all)) - 1, text);
  }
});
