/**
 * How the timeline looks: the same for the page and for a picture of its own. What colours say is also said in words,
 * strokes and marks.
 * @module
 */

/** Colours for light and dark as CSS variables. */
const LIGHT =
  `--ink:#1c2024;--muted:#5d6470;--line:#d5d9e0;--paper:#ffffff;--good:#18794e;--bad:#c62a2f;
--header:#d9e8fd;--header-line:#2f6fc4;--body:#d9f2e2;--body-line:#23845a;--delimiter:#e8e1fb;
--delimiter-line:#6f55b5;--refuse:#fddcdc;--refuse-line:#c62a2f;--tail:#ffeccb;--tail-line:#9a6700;
--bytes:#eceef2;--bytes-line:#6b7280;`;
const DARK =
  `--ink:#e8eaed;--muted:#a2a9b4;--line:#363c46;--paper:#12151a;--good:#4cc38a;--bad:#ff7378;
--header:#1a3355;--header-line:#78b2f5;--body:#163a29;--body-line:#57c793;--delimiter:#30265a;
--delimiter-line:#b09af0;--refuse:#4d1b1f;--refuse-line:#ff7378;--tail:#463310;--tail-line:#e8b04f;
--bytes:#252a32;--bytes-line:#969eab;`;

/** The colours of both themes: what the system prefers, unless `data-theme` on the root says otherwise. */
export const THEME: string = `:root{${LIGHT}color-scheme:light}
@media (prefers-color-scheme:dark){:root:not([data-theme=light]){${DARK}color-scheme:dark}}
:root[data-theme=dark]{${DARK}color-scheme:dark}`;

/** The look of the drawing. */
export const WIRE_STYLE: string = `
.wire{font:11px/1 system-ui,-apple-system,"Segoe UI",sans-serif;font-variant-numeric:tabular-nums}
.wire text{fill:var(--ink)}
.wire .row,.wire .small,.wire .kind,.wire .char,.wire .note,.wire .offset{fill:var(--muted)}
.wire .row{font-weight:600}
.wire .title{font-weight:600;font-size:12px}
.wire .hex{font:13px ui-monospace,"DejaVu Sans Mono",Menlo,Consolas,monospace;text-anchor:middle}
.wire .char{font:11px ui-monospace,"DejaVu Sans Mono",Menlo,Consolas,monospace;text-anchor:middle}
.wire .kind{font-size:10px;text-anchor:middle}
.wire .offset,.wire .proof{text-anchor:middle}
.wire path,.wire line{fill:none;stroke:var(--muted)}
.wire .cell rect{fill:var(--bytes);stroke:var(--bytes-line)}
.wire .header rect{fill:var(--header);stroke:var(--header-line)}
.wire .body rect,.wire .frame rect{fill:var(--body);stroke:var(--body-line)}
.wire .delimiter rect{fill:var(--delimiter);stroke:var(--delimiter-line)}
.wire .bad rect{fill:var(--refuse);stroke:var(--refuse-line)}
.wire .tail rect{fill:var(--tail);stroke:var(--tail-line);stroke-dasharray:3 2}
.wire .unsent .cell{opacity:.45}
.wire .span{stroke:var(--ink);stroke-width:2}
.wire .reach{stroke:var(--line);stroke-dasharray:1 4}
.wire .edge line{stroke:var(--good);stroke-width:2}
.wire .edge .proof{fill:var(--good)}
.wire .edge.assumed line,.wire .edge.gone line,.wire .edge.unneeded line,.wire .edge.unsent line
{stroke:var(--muted);stroke-dasharray:4 4}
.wire .edge.assumed .proof,.wire .edge.gone .proof,.wire .edge.unneeded .proof,.wire .edge.unsent .proof
{fill:var(--muted)}
.wire .edge.timeout line{stroke:var(--bad);stroke-dasharray:2 3}
.wire .edge.breaks line{stroke:var(--bad);stroke-width:3}
.wire .edge.breaks .mark{fill:var(--bad);stroke:none}
.wire .edge.breaks .proof,.wire .edge.timeout .proof,.wire .wrong .name{fill:var(--bad);font-weight:600}
.wire .wrong path{stroke:var(--bad)}
.wire .right .name{fill:var(--good)}
.wire .right path{stroke:var(--good)}
.wire .due rect{fill:none;stroke:var(--muted);stroke-dasharray:3 3}
.wire .missing rect{stroke:var(--bad)}
.wire .missing .small{fill:var(--bad)}
.wire .then{stroke:var(--line)}
.wire .base{stroke:var(--ink);stroke-width:1.5}
.wire circle{fill:var(--muted)}
.wire .sent circle{fill:var(--header-line)}
.wire .came circle{fill:var(--body-line)}
.wire .breaks circle{fill:var(--bad)}
.wire .breaks line{stroke:var(--bad)}
`;
