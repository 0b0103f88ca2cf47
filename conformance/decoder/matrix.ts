import { padded, widthOf } from "../../cli/width.ts";
import type { InteropPair } from "./interop.ts";

/** What one adapter came to with one framing. */
export interface MatrixCell {
  /** The command that started the adapter. */
  readonly spawn: string;
  /** The framing. */
  readonly framing: string;
  /** As of a run: 0 pass, 1 fail, 3 inconclusive; null where the adapter does not have the codec. */
  readonly exitCode: number | null;
}

/**
 * Adapters and framings as a table.
 *
 * ```
 *                       u32be        line
 *   python3 adapter.py  pass         FAIL
 *   node adapter.mjs    unsupported  pass
 * ```
 */
export function matrixTable(cells: readonly MatrixCell[]): string {
  const spawns = [...new Set(cells.map(({ spawn }) => spawn))];
  const framings = [...new Set(cells.map(({ framing }) => framing))];
  return table([
    ["", ...framings],
    ...spawns.map((spawn) => [
      spawn,
      ...framings.map((framing) =>
        wordOf(cells.find((cell) => cell.spawn === spawn && cell.framing === framing)?.exitCode)
      ),
    ]),
  ]);
}

/**
 * Encoders and decoders, one line for each pair.
 *
 * ```
 *   u32be  python encodes, node decodes  13 of 13
 * ```
 */
export function interopTable(
  pairs: readonly (InteropPair & { readonly framing: string })[],
): string {
  if (pairs.length === 0) return "no adapter encodes any of these framings";
  return table(pairs.map(({ framing, encoder, decoder, passed, total, detail = "" }) => [
    framing,
    `${encoder} encodes, ${decoder} decodes`,
    `${passed === total ? "" : "FAIL "}${passed} of ${total}`,
    detail,
  ]));
}

function wordOf(exitCode: number | null | undefined): string {
  if (exitCode === null || exitCode === undefined) return "unsupported";
  return exitCode === 0 ? "pass" : exitCode === 1 ? "FAIL" : "unsure";
}

/** Rows with columns as wide as their widest cell, two spaces between them. */
function table(rows: readonly (readonly string[])[]): string {
  const columns = Math.max(...rows.map((row) => row.length));
  const widths = Array.from(
    { length: columns },
    (_, at) => Math.max(...rows.map((row) => widthOf(row[at] ?? ""))),
  );
  return rows
    .map((row) => row.map((cell, at) => padded(cell, widths[at] ?? 0)).join("  ").trimEnd())
    .join("\n");
}
