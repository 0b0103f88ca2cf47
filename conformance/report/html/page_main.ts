/**
 * Starts the page: the head, the filters, the matrix, the keys. Sent to the page as text; see `page_script.ts`.
 * @module
 */
import { showDetail } from "./page_detail.ts";
import { button, byId, el, type PageElement, thePage, verdictMark } from "./page_dom.ts";
import { type Grid, setLines, showLines, startGrid } from "./page_grid.ts";
import { chosenLines, makeModel, type Model, verdictCounts, worstPlace } from "./page_model.ts";
import { type ReportData, type RunCard, VERDICT_LETTERS } from "./report_data.ts";

/** Runs whose cards are open at once. */
export const OPEN_CARDS = 1;

/** Builds the page from the data that is embedded in it. */
export function startPage(): void {
  const data: ReportData = JSON.parse(byId("data").textContent ?? "");
  const model = makeModel(data);
  const place = worstPlace(model);
  const grid: Grid = { lines: [], line: 0, run: place?.run ?? 0, whole: false, made: "" };
  byId("runs").append(...data.runs.map((card) => runCard(card, data.runs.length <= OPEN_CARDS)));
  startGrid(model, grid, (row, run) => {
    showDetail(model, row, run);
    byId("detail").focus();
  });
  startFilters(model, grid, place?.row ?? 0);
  startKeys();
  startPrinting(model, grid);
  if (place !== undefined) showDetail(model, place.row, place.run);
  // Ready once the first picture is made; the time counts from when the file was opened.
  const { documentElement: root, defaultView: view } = thePage();
  view.requestAnimationFrame(() => {
    setTimeout(() => root.setAttribute("data-ready-ms", performance.now().toFixed(0)));
  });
}

/** One run: its verdict, what was tested, what was covered. */
export function runCard(card: RunCard, open: boolean): PageElement {
  const { name, verdict, facts, certificate, stderr } = card;
  const about = el(
    "dl",
    {},
    ...facts.flatMap(([what, value]) => [el("dt", {}, what), el("dd", {}, value)]),
  );
  const covered = certificate.map((line) => certificateBar(...line));
  return el(
    "details",
    { class: "card", ...(open ? { open: "" } : {}) },
    el(
      "summary",
      {},
      el("span", { class: `badge ${verdict.toLowerCase()}` }, verdict),
      el("strong", {}, name),
      el(
        "span",
        { class: "quiet" },
        facts.filter(([what]) => BRIEF.includes(what)).map(brief).join(" · "),
      ),
    ),
    el("div", { class: "about" }, about, el("div", { class: "bars" }, ...covered)),
    ...(stderr === ""
      ? []
      : [el("h3", {}, "Standard error of the target ends with"), el("pre", {}, stderr)]),
  );
}

/** Facts that are told of a run while its card is closed. */
export const BRIEF: readonly string[] = ["framing", "expects", "seed", "edges proven", "took"];

/** A fact in few words. */
export function brief([what, value]: readonly [string, string]): string {
  return what === "seed" ? `seed ${value}` : what === "edges proven" ? `edges ${value}` : value;
}

/** How much of something was covered: k of K, as a bar and in numbers. */
export function certificateBar(
  covers: string,
  proven: number,
  passed: number,
  total: number,
): PageElement {
  const fill = el("span", { class: proven === total ? "fill full" : "fill" });
  fill.style.setProperty("width", `${total === 0 ? 0 : 100 * proven / total}%`);
  const assumed = passed > proven ? `, ${passed - proven} more with assumed edges` : "";
  return el(
    "div",
    { class: "bar" },
    el("span", {}, covers),
    el("span", { class: "track", "aria-hidden": "true" }, fill),
    el("span", { class: "count" }, `${proven} of ${total} proven${assumed}`),
  );
}

/** The buttons for verdicts and the field for words. */
export function startFilters(model: Model, grid: Grid, first: number): void {
  const counts = verdictCounts(model);
  const query = byId("query");
  let wanted = 0;
  const apply = () => {
    const text = query.value ?? "";
    const row = grid.lines[grid.line]?.row ?? first;
    setLines(model, grid, chosenLines(model, wanted, text), row);
    const shown = grid.lines.filter((line) => line.row >= 0).length;
    byId("shown").textContent = `${shown} of ${model.data.rows.length} cases`;
  };
  for (const [i, [verdict, letter]] of VERDICT_LETTERS.entries()) {
    const count = counts[i] ?? 0;
    if (count === 0) continue;
    const chip = button("", `Show only cases with ${verdict}`, (self) => {
      wanted ^= 1 << i;
      self.setAttribute("aria-pressed", String((wanted & (1 << i)) !== 0));
      apply();
    });
    chip.setAttribute("aria-pressed", "false");
    chip.append(verdictMark(verdict, letter), ` ${verdict} ${count}`);
    byId("chips").append(chip);
  }
  query.addEventListener("input", apply);
  grid.lines = [];
  apply();
}

/** Keys that work everywhere, the theme, and the way back from a case to the matrix. */
export function startKeys(): void {
  const page = thePage();
  page.addEventListener("keydown", (event) => {
    const typing = event.target.tagName === "INPUT";
    if (event.key === "Escape") byId("grid").focus();
    else if (event.key === "/" && !typing) byId("query").focus();
    else return;
    event.preventDefault();
  });
  const root = page.documentElement;
  const themes = ["auto", "light", "dark"];
  let theme = 0;
  byId("tools").append(
    el("span", { class: "quiet" }, "↑ ↓ ← → move · Enter opens · Esc back · / filters"),
    button("Theme: auto", "Light, dark, or as the system says", (self) => {
      theme = (theme + 1) % themes.length;
      const name = themes[theme] ?? "auto";
      if (name === "auto") root.removeAttribute("data-theme");
      else root.setAttribute("data-theme", name);
      self.textContent = `Theme: ${name}`;
    }),
    button("Print", "Print what is shown, with the chosen case", () => page.defaultView.print()),
  );
}

/** On paper nothing scrolls: all lines are made, up to a bound. */
export function startPrinting(model: Model, grid: Grid): void {
  const whole = (now: boolean) => {
    grid.whole = now;
    showLines(model, grid);
  };
  const view = thePage().defaultView;
  view.addEventListener("beforeprint", () => whole(true));
  view.addEventListener("afterprint", () => whole(false));
}
