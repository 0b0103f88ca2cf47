/**
 * Headers of `Name: value` lines that must be refused, that a tolerant reader may take, or that are unusual and right:
 * as data. The rules are those of RFC 9110 (8.6) and RFC 9112 (2.2, 5.2), and of the LSP base protocol.
 * @module
 */
import { badPart, reading, utf8 } from "./bad_part.ts";
import type { Contract } from "./contract.ts";
import type { Part } from "./stimulus.ts";

type Bad = Part & { kind: "bad" };

const BODY = "hello";
const CRLF = "\r\n";

/** Header lines, the blank line, and the body. */
function message(lines: readonly string[], body = BODY): string {
  return lines.map((line) => line + CRLF).join("") + CRLF + body;
}

/** Lines in front of a body of five bytes that say all that is needed, and more. */
const UNUSUAL: readonly (readonly string[])[] = [
  ["Content-Type: application/json", "Content-Length: 5"],
  ["Content-Length: 5", "Content-Type: application/json"],
  ["X-One: 1", "X-Two: a:b:c", "Content-Length: 5", "X-Three:"],
  ["content-length: 5"],
  ["CONTENT-LENGTH: 5"],
  ["Content-Length:5"],
  ["Content-Length: \t 5 \t"],
];

/** Names of a character set that mean UTF-8; the length counts bytes under each. */
const CHARSETS: readonly (readonly string[])[] = [
  ["Content-Length: 5", "Content-Type: application/vscode-jsonrpc; charset=utf-8"],
  ["Content-Type: application/vscode-jsonrpc; charset=utf8", "Content-Length: 5"],
  ["Content-Type: text/plain; charset=UTF-8; x=y", "Content-Length: 5"],
];

function frames(headers: readonly (readonly string[])[]): (Part & { kind: "frame" })[] {
  return headers.map((lines) => {
    const wire = utf8(message(lines));
    return { kind: "frame", wire, payload: utf8(BODY), bodyAt: wire.length - BODY.length };
  });
}

/** Several headers, in any order, in any case, with any blanks around the value. */
export const UNUSUAL_HEADERS: readonly (Part & { kind: "frame" })[] = frames(UNUSUAL);

/** Headers that name the character set of the body. */
export const CHARSET_HEADERS: readonly (Part & { kind: "frame" })[] = frames(CHARSETS);

/** A header folded over two lines (RFC 9112, 5.2): it may be refused or read. */
export const FOLDED_HEADERS: readonly Bad[] = [
  badPart(message(["X-Long: one", " two", "Content-Length: 5"]), "a folded header line", {
    readings: [reading("MAY", BODY)],
  }),
  badPart(message(["Content-Length:", " 5"]), "a Content-Length on a folded line", {
    readings: [reading("SHOULD", BODY)],
  }),
];

/** A length that says something else than a whole number of bytes once. */
function length(
  value: string,
  what: string,
  level?: "SHOULD" | "MAY",
  body: string = BODY,
): Bad {
  const more = level === undefined ? {} : { readings: [reading(level, body)] };
  return badPart(message([`Content-Length: ${value}`], body), what, more);
}

/** Lengths that are repeated, missing, or no plain numbers. */
export const MALFORMED_LENGTHS: readonly Bad[] = [
  badPart(message(["Content-Length: 5", "Content-Length: 3"]), "two Content-Lengths that differ"),
  badPart(message(["Content-Length: 3", "Content-Length: 5"]), "two Content-Lengths that differ"),
  badPart(message(["Content-Length: 5", "Content-Length: 5"]), "the same Content-Length twice", {
    readings: [reading("MAY", BODY)],
  }),
  badPart(message(["X-Only: 1"], ""), "a header without Content-Length", {
    readings: [reading("SHOULD", "")],
  }),
  length("", "an empty Content-Length", undefined, ""),
  length("-1", "a Content-Length of -1", undefined, ""),
  length("five", "a Content-Length of letters"),
  length("+5", "a Content-Length with a sign", "SHOULD"),
  length("05", "a Content-Length with a leading zero", "MAY"),
  length("00000000000000000005", "a Content-Length of 20 digits that is 5", "MAY"),
  length("0x5", "a Content-Length in hex", "SHOULD"),
  length("5.0", "a Content-Length with a fraction", "SHOULD"),
  length("5;6", "a Content-Length with something behind it", "SHOULD"),
  length("1_0", "a Content-Length with an underscore", "SHOULD", "helloworld"),
];

/** A length that no body can have; known to be too long only where the target's limit is. */
export function hugeLength({ maxFrame }: Contract): Bad[] {
  if (maxFrame === undefined) return [];
  return [length("99999999999999999999", "a Content-Length of 20 digits", undefined, "")];
}

/** Lines that do not end with CR LF. */
export const MALFORMED_LINE_ENDS: readonly Bad[] = [
  badPart(`Content-Length: 5\n\n${BODY}`, "header lines that end with LF alone", {
    readings: [reading("SHOULD", BODY)],
  }),
  badPart(`Content-Length: 5\r\n\n${BODY}`, "a blank line of LF alone", {
    readings: [reading("SHOULD", BODY)],
  }),
  badPart(`Content-Length: 5\n\r\n${BODY}`, "a header line that ends with LF alone", {
    readings: [reading("SHOULD", BODY)],
  }),
  badPart(`Content-Length: 5\r\r\n\r\n${BODY}`, "a header line that ends with CR CR LF", {
    readings: [reading("SHOULD", BODY)],
  }),
  badPart(`X-One: a\rb\r\nContent-Length: 5\r\n\r\n${BODY}`, "a header line with a bare CR", {
    readings: [reading("SHOULD", BODY)],
  }),
];

/** Bytes in front of a header that are none: the log of a program that shares the stream. */
export const STRAY_LOG: readonly Bad[] = [
  badPart("starting server\r\n", "a line of log text", { silence: "SHOULD" }),
  badPart("warning\n", "a line of log text that ends with LF", { silence: "SHOULD" }),
];

/** `length` bytes of one header line, or of many, that never come to the blank line. */
export function unendingHeaders(length: number): Bad[] {
  const many = "X-Fill: 0123456789abcdef0123456789abcdef0123456789abcdef\r\n";
  const more = { silence: "SHOULD" } as const;
  return [
    badPart(`X-Fill: ${"a".repeat(length)}`, `a header line of ${length} bytes`, more),
    badPart(
      many.repeat(Math.ceil(length / many.length)),
      `header lines of ${length} bytes without a blank one`,
      more,
    ),
  ];
}
