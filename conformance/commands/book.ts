import { nearest } from "../../cli/nearest.ts";
import { parseOptions, UsageError } from "../../cli/options.ts";
import { CASE_BOOK, findCase, selectCases } from "../cases/case_book.ts";
import { explainCase, listCase, manifestEntry } from "../report/explain.ts";
import type { Command } from "./command.ts";
import { BOOK_OPTIONS } from "./options.ts";

/** `list`: every case. */
export const LIST: Command = {
  name: "list",
  summary: "list the cases",
  page: {
    text: {
      usage: ["nonstick-conformance list [GLOB]... [OPTION]..."],
      about:
        "Lists the cases with their requirement, what they need, and where they are wrong on\n" +
        "purpose. GLOB is an id, a section, or a pattern such as '1.1?'.",
      examples: [
        ["nonstick-conformance list '8.*'", "the cases about the end of a connection"],
        ["nonstick-conformance list --json", "the whole book as a manifest, one object per line"],
      ],
    },
    options: BOOK_OPTIONS,
  },
  run(args, write, sources) {
    const { values, words } = parseOptions(BOOK_OPTIONS, args, sources);
    const cases = selectCases(words, []);
    if (cases.length === 0) throw new UsageError(`No case matches ${words.join(", ")}.`);
    for (const one of cases) {
      write(values.json ? JSON.stringify(manifestEntry(one)) : listCase(one));
    }
    return Promise.resolve(0);
  },
};

/** `explain CASE`: what a case is about and what to do when it fails. */
export const EXPLAIN: Command = {
  name: "explain",
  summary: "say what a case requires, why, where it was seen, and how to fix it",
  page: {
    text: {
      usage: ["nonstick-conformance explain CASE... [OPTION]..."],
      about:
        "Says what a case requires, why it matters, a real bug of its kind, and the likely fix.",
      examples: [["nonstick-conformance explain 1.2", "every pair of cuts"]],
    },
    options: BOOK_OPTIONS,
  },
  run(args, write, sources) {
    const { values, words } = parseOptions(BOOK_OPTIONS, args, sources);
    if (words.length === 0) throw new UsageError("CASE is missing, such as 1.2.");
    for (const [i, id] of words.entries()) {
      const one = findCase(id);
      if (one === undefined) {
        const near = nearest(id, CASE_BOOK.map((one) => one.id));
        throw new UsageError(`There is no case ${id}${near ? `; did you mean ${near}?` : "."}`);
      }
      if (i > 0 && !values.json) write("");
      write(values.json ? JSON.stringify(manifestEntry(one)) : explainCase(one));
    }
    return Promise.resolve(0);
  },
};
