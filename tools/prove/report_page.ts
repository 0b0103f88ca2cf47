import type { CaseResult } from "../../conformance/mod.ts";
import { closureOf, type Proof, type Spoken, tally } from "./proof.ts";

/** The whole proof as one HTML page without any outside resource, readable in light and dark. */
export function reportPage(
  proofs: readonly Proof[],
  datagrams: readonly Spoken[],
  seed: number,
): string {
  const spoken = proofs.flatMap(({ spec, legs }) => legs.map((leg) => ({ spec, ...leg })));
  const kinds = spoken.filter(({ transport }) => transport === "tcp");
  const cases = kinds.toSorted((a, b) => b.run.cases.length - a.run.cases.length)[0]?.run.cases ??
    [];
  return `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>Nonstick: what was proved</title>
<style>${STYLE}</style>
<h1>What was proved</h1>
<p>Seed ${seed}. In process, all 2<sup>n−1</sup> ways to cut a stream of n bytes are covered by n(n+1)/2 feeds. Over
sockets, a chunk counts as delivered only when the kernel says that the server has read it.</p>
<h2>In process</h2>
<table><thead><tr><th>framing<th>laws<th>closure: feeds<th>covers</thead><tbody>
${proofs.map(processRow).join("\n")}
</tbody></table>
<h2>Over sockets, against nonstick-server</h2>
<table><thead><tr><th>framing<th>verdict<th>transport<th>deliveries<th>edges proven<th>seconds</thead><tbody>
${[...spoken, ...datagrams].map(socketRow).join("\n")}
</tbody></table>
<h2>Case by case, over TCP</h2>
<div class="wide"><table><thead><tr><th>case<th>${
    kinds.map(({ spec }) => `<span class="up">${escape(spec)}</span>`).join("<th>")
  }</thead><tbody>
${cases.map((one) => caseRow(one, kinds)).join("\n")}
</tbody></table></div>
<p>✓ pass · ✗ fail · ? inconclusive · i for information · – does not apply. Hover a mark for its numbers.</p>
</html>
`;
}

function processRow(proof: Proof): string {
  const { passed, total, note } = closureOf(proof);
  const broken = proof.verification.laws.filter(({ verdict }) => verdict === "broken");
  const laws = broken.length === 0
    ? "all held"
    : `broken: ${broken.map(({ law }) => law).join(", ")}`;
  return row(proof.verification.ok, [proof.spec, laws, `${passed} of ${total}`, note]);
}

function socketRow({ spec, transport, run }: Spoken): string {
  const { deliveries, proven, edges } = tally(run);
  const seconds = (run.ms / 1000).toFixed(1);
  return row(run.verdict === "PASS", [
    spec,
    run.verdict,
    transport.toUpperCase(),
    String(deliveries),
    `${proven} of ${edges}`,
    seconds,
  ]);
}

function row(good: boolean, cells: readonly string[]): string {
  return `<tr class="${good ? "good" : "bad"}"><td>${cells.map(escape).join("<td>")}`;
}

const MARKS: Readonly<Record<CaseResult["verdict"], string>> = {
  PASS: "✓",
  NONSTRICT: "≈",
  FAIL: "✗",
  INFO: "i",
  UNSUPPORTED: "–",
  INCONCLUSIVE: "?",
};

function caseRow({ id, title }: CaseResult, spoken: readonly Spoken[]): string {
  const cells = spoken.map(({ run }) => {
    const one = run.cases.find((other) => other.id === id);
    if (one === undefined) return "<td>";
    const { verdict, detail, deliveries, edges } = one;
    const about =
      `${verdict}: ${deliveries.played} of ${deliveries.total} deliveries, ${edges.proven} of ${edges.requested} edges proven. ${detail}`;
    return `<td class="${verdict.toLowerCase()}" title="${escape(about)}">${MARKS[verdict]}`;
  });
  return `<tr><th>${escape(`${id} ${title}`)}${cells.join("")}`;
}

function escape(text: string): string {
  const named: Readonly<Record<string, string>> = {
    "&": "&amp;",
    "<": "&lt;",
    ">": "&gt;",
    '"': "&quot;",
  };
  return text.replace(/[&<>"]/g, (char) => named[char] ?? char);
}

const STYLE = `
:root { color-scheme: light dark; --good: #18794e; --bad: #c62a2f; --soft: #8884; }
@media (prefers-color-scheme: dark) { :root { --good: #4cc38a; --bad: #ff6369; } }
body { font: 15px/1.5 system-ui, sans-serif; max-width: 70rem; margin: 2rem auto; padding: 0 1rem; }
table { border-collapse: collapse; font-variant-numeric: tabular-nums; }
th, td { text-align: left; padding: .2rem .7rem; border-bottom: 1px solid var(--soft); font-weight: normal; }
thead th { font-weight: 600; vertical-align: bottom; }
.good td:nth-child(2), .pass { color: var(--good); }
.bad td:nth-child(2), .fail, .inconclusive { color: var(--bad); font-weight: 700; }
.wide { overflow-x: auto; }
.wide td { text-align: center; padding: .2rem .4rem; }
.wide tbody th { white-space: nowrap; }
.up { writing-mode: vertical-rl; transform: rotate(180deg); }
`;
