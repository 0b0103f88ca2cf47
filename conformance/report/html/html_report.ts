import { createHash } from "node:crypto";
import type { RecordedRun } from "../../history/recorded.ts";
import { buildData } from "./build_data.ts";
import { PAGE_STYLE } from "./page_style.ts";
import { pageScript } from "./page_script.ts";

/**
 * The report of one or more runs as one HTML file. It needs nothing from outside and opens from disk. What a target
 * sent is only ever shown as text; a Content-Security-Policy allows this page's own script and style and nothing else.
 *
 * @example
 * ```ts ignore
 * import { readHistory } from "../../history/read_history.ts";
 *
 * const lines = Deno.readTextFileSync("out/history.jsonl").split("\n");
 * Deno.writeTextFileSync("report.html", htmlReport([readHistory(lines)]));
 * ```
 */
export function htmlReport(runs: readonly RecordedRun[]): string {
  const script = pageScript();
  const policy = `default-src 'none'; script-src '${hashOf(script)}'; style-src '${
    hashOf(PAGE_STYLE)
  }'; base-uri 'none'; form-action 'none'`;
  return `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<meta name="viewport" content="width=device-width,initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>Nonstick conformance report</title>
<style>${PAGE_STYLE}</style>
<header>
<div id="top"><h1>Nonstick conformance</h1><div id="tools"></div></div>
<div id="runs"></div>
</header>
<div id="bar" role="toolbar" aria-label="Filters">
<div id="chips"></div>
<input id="query" type="search" placeholder="Filter by words" aria-label="Filter by words">
<span id="shown" class="quiet" aria-live="polite"></span>
</div>
<main>
<div id="grid" role="grid" tabindex="0" aria-label="Cases and runs"><div id="columns" role="row"></div><div id="lines" role="rowgroup"></div></div>
<section id="detail" tabindex="-1" aria-label="The chosen case"></section>
</main>
<noscript><p>This report needs its script, which is part of this file.</p></noscript>
<script type="application/json" id="data">${embedded(buildData(runs))}</script>
<script>${script}</script>
</html>
`;
}

/** Data as JSON in which no markup can begin, whatever bytes are in it. */
function embedded(data: unknown): string {
  return JSON.stringify(data).replaceAll("<", "\\u003c");
}

/** The hash by which the policy allows a script or a style (CSP level 3, section 2.3.1). */
function hashOf(text: string): string {
  return `sha256-${createHash("sha256").update(text).digest("base64")}`;
}
