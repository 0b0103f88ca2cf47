import type { RunResult } from "../campaign/result.ts";

/** Width of a character of 11 px Verdana, on average, and the space left and right of a text, in px. */
const CHARACTER = 6.7, PADDING = 6;

const COLOURS = { PASS: "#2a7d2e", FAIL: "#c0392b", INCONCLUSIVE: "#8a6d00" } as const;

/**
 * A verdict as a badge, SVG: `framing u32be | 5,150 of 5,150 proven`. Of several runs the worst. The text has the width
 * that it is given (`textLength`), so that it fits with every font.
 */
export function badgeReport(results: readonly RunResult[]): string {
  const [worst] = [...results].sort((a, b) => rank(a) - rank(b));
  if (worst === undefined) return "";
  const left = `framing ${worst.framing}`, right = verdictText(worst);
  const leftWidth = widthOf(left), rightWidth = widthOf(right), width = leftWidth + rightWidth;
  const label = escaped(`${left}: ${right}`);
  return `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="20" role="img" aria-label="${label}">
<title>${label}</title>
<clipPath id="r"><rect width="${width}" height="20" rx="3"/></clipPath>
<g clip-path="url(#r)"><rect width="${leftWidth}" height="20" fill="#444"/><rect x="${leftWidth}" width="${rightWidth}" height="20" fill="${
    COLOURS[worst.verdict]
  }"/></g>
<g fill="#fff" font-family="Verdana,Geneva,DejaVu Sans,sans-serif" font-size="11">
${textAt(left, 0, leftWidth)}
${textAt(right, leftWidth, rightWidth)}
</g>
</svg>
`;
}

function rank({ verdict }: RunResult): number {
  return ["FAIL", "INCONCLUSIVE", "PASS"].indexOf(verdict);
}

/** What was proven, for a pass; else what is wrong. */
function verdictText({ verdict, certificate, cases, interrupted }: RunResult): string {
  if (interrupted !== undefined && verdict !== "FAIL") return "interrupted";
  if (verdict === "FAIL") {
    const failed = cases.filter((one) => one.verdict === "FAIL" && one.known === undefined).length;
    return failed === 0 ? "failing" : `${failed} failing`;
  }
  if (verdict === "INCONCLUSIVE") return "inconclusive";
  const proven = certificate.reduce((sum, line) => sum + line.proven, 0);
  const total = certificate.reduce((sum, line) => sum + line.total, 0);
  const grouped = (count: number) => count.toLocaleString("en-US");
  return total === 0 ? "passing" : `${grouped(proven)} of ${grouped(total)} proven`;
}

function widthOf(text: string): number {
  return Math.round(text.length * CHARACTER + 2 * PADDING);
}

function textAt(text: string, x: number, width: number): string {
  const length = width - 2 * PADDING;
  return `<text x="${x + PADDING}" y="14" textLength="${length}" lengthAdjust="spacingAndGlyphs">${
    escaped(text)
  }</text>`;
}

function escaped(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll('"', "&quot;");
}
