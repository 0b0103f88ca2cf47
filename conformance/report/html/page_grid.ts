/**
 * The matrix: a line for each case, a cell for each run. Only the lines in view are elements, so that 100,000 cases
 * are as quick as ten. Sent to the page as text; see `page_script.ts`.
 * @module
 */
import { byId, el, type PageElement, thePage, verdictMark } from "./page_dom.ts";
import { type Line, type Model, resultOf, textOf } from "./page_model.ts";
import { VERDICT_LETTERS } from "./report_data.ts";

/** Height of a line in pixels, and lines made beyond those in view. */
export const LINE = 28, BEYOND = 12;
/** Most lines that are printed: a book of them helps nobody. */
export const PRINTED = 2000;

/** The matrix and where the reader is in it. */
export interface Grid {
  /** What is shown. */
  lines: readonly Line[];
  /** The line of the reader, and the run. */
  line: number;
  run: number;
  /** Whether all lines are made, for printing. */
  whole: boolean;
  /** Which lines are made, and for which reader. */
  made: string;
}

/** Makes the matrix; `open` is told when the reader wants to see a case, `focus` whether by a key or a click. */
export function startGrid(
  model: Model,
  grid: Grid,
  open: (row: number, run: number) => void,
): void {
  const box = byId("grid");
  const runs = model.data.runs.length;
  box.style.setProperty("--runs", String(runs));
  box.setAttribute("class", runs === 1 ? "single" : "");
  byId("columns").append(...headCells(model));
  box.addEventListener("scroll", () => showLines(model, grid));
  box.addEventListener("keydown", (event) => {
    if (event.key === "Enter" || event.key === " ") {
      const row = grid.lines[grid.line]?.row ?? -1;
      if (row >= 0) open(row, grid.run);
    } else if (!moveBy(model, grid, event.key)) return;
    event.preventDefault();
  });
  box.addEventListener("click", (event) => {
    const cell = event.target.closest("[data-line]");
    if (cell === null) return;
    grid.line = Number(cell.getAttribute("data-line"));
    grid.run = Number(cell.getAttribute("data-run") ?? grid.run);
    showLines(model, grid);
    const row = grid.lines[grid.line]?.row ?? -1;
    if (row >= 0) open(row, grid.run);
  });
  const { ResizeObserver } = thePage().defaultView;
  new ResizeObserver(() => showLines(model, grid)).observe(box);
}

/** The heads of the columns. */
export function headCells({ data }: Model): PageElement[] {
  const head = (text: string, kind: string) =>
    el("span", { role: "columnheader", class: kind, title: text }, el("span", {}, text));
  const numbers = data.runs.length > 1
    ? []
    : ["deliveries", "edges proven"].map((text) => head(text, "number"));
  return [
    head("case", "id"),
    head("", "title"),
    ...data.runs.map(({ name }) => head(data.runs.length > 1 ? name : "verdict", "run")),
    ...numbers,
  ];
}

/** Shows other lines and brings the reader to one of them. */
export function setLines(model: Model, grid: Grid, lines: readonly Line[], row: number): void {
  grid.lines = lines;
  grid.made = "";
  const at = lines.findIndex((line) => line.row === row);
  grid.line = at >= 0 ? at : lines.findIndex((line) => line.row >= 0);
  byId("lines").style.setProperty("height", `${lines.length * LINE}px`);
  byId("grid").setAttribute("aria-rowcount", String(lines.length));
  reveal(grid);
  showLines(model, grid);
}

/** Moves the reader by a key; false when the key means nothing here. */
export function moveBy(model: Model, grid: Grid, key: string): boolean {
  const page = Math.max(1, Math.floor(byId("grid").clientHeight / LINE) - 2);
  const steps: Record<string, number> = {
    ArrowDown: 1,
    ArrowUp: -1,
    PageDown: page,
    PageUp: -page,
    Home: -grid.lines.length,
    End: grid.lines.length,
  };
  const step = steps[key];
  if (step !== undefined) {
    const last = grid.lines.length - 1;
    let to = Math.min(last, Math.max(0, grid.line + step));
    // Headings are passed over.
    while (grid.lines[to]?.row === -1 && to < last && (step > 0 || to === 0)) to++;
    while (grid.lines[to]?.row === -1 && to > 0) to--;
    if (grid.lines[to] !== undefined) grid.line = to;
  } else if (key === "ArrowRight") {
    grid.run = Math.min(model.data.runs.length - 1, grid.run + 1);
  } else if (key === "ArrowLeft") {
    grid.run = Math.max(0, grid.run - 1);
  } else {
    return false;
  }
  reveal(grid);
  showLines(model, grid);
  return true;
}

/** Scrolls until the reader's line is in view. */
export function reveal({ line }: Grid): void {
  const box = byId("grid");
  const head = byId("columns").offsetHeight;
  const top = line * LINE, height = box.clientHeight - head;
  if (top < box.scrollTop + LINE) box.scrollTop = top - LINE;
  else if (top + 2 * LINE > box.scrollTop + height) box.scrollTop = top + 2 * LINE - height;
}

/** Makes the lines that are in view. */
export function showLines(model: Model, grid: Grid): void {
  const box = byId("grid");
  const first = grid.whole ? 0 : Math.max(0, Math.floor(box.scrollTop / LINE) - BEYOND);
  const count = grid.whole ? PRINTED : Math.ceil(box.clientHeight / LINE) + 2 * BEYOND;
  const state = `${first} ${count} ${grid.line} ${grid.run}`;
  if (state === grid.made) return;
  grid.made = state;
  const made: PageElement[] = [];
  for (let at = first; at < Math.min(grid.lines.length, first + count); at++) {
    const line = grid.lines[at];
    if (line !== undefined) made.push(gridLine(model, grid, line, at));
  }
  byId("lines").replaceChildren(...made);
  box.setAttribute("aria-activedescendant", `cell-${grid.line}-${grid.run}`);
}

/** One line of the matrix. */
export function gridLine(
  model: Model,
  grid: Grid,
  { row, heading }: Line,
  at: number,
): PageElement {
  const active = at === grid.line;
  const kind = row < 0 ? "line heading" : active ? "line active" : "line";
  const line = el("div", { role: "row", class: kind, "aria-rowindex": String(at + 1) });
  line.style.setProperty("top", `${at * LINE}px`);
  const tuple = model.data.rows[row];
  if (tuple === undefined) {
    line.append(el("span", { role: "gridcell" }, heading));
    return line;
  }
  const title = textOf(model, tuple[1]);
  line.append(
    el(
      "span",
      { role: "rowheader", class: "id", "data-line": String(at) },
      textOf(model, tuple[0]),
    ),
    el("span", { role: "gridcell", class: "title", "data-line": String(at), title }, title),
    ...model.data.runs.map((_, run) => gridCell(model, row, run, at, active && run === grid.run)),
    ...(model.data.runs.length === 1 ? numberCells(model, row) : []),
  );
  return line;
}

/** What a case came to in a run, as a letter. */
export function gridCell(
  model: Model,
  row: number,
  run: number,
  at: number,
  active: boolean,
): PageElement {
  const result = resultOf(model, row, run);
  const [verdict, letter] = VERDICT_LETTERS[result?.[2] ?? -1] ?? ["NOT RUN", ""];
  const cause = textOf(model, result?.[3] ?? -1);
  const name = model.data.runs[run]?.name ?? "";
  const about = `${name}: ${verdict}${cause === "" ? "" : ` ${cause}`}`;
  const alone = model.data.runs.length === 1;
  return el(
    "span",
    {
      role: "gridcell",
      class: active ? "run here" : "run",
      id: `cell-${at}-${run}`,
      "data-line": String(at),
      "data-run": String(run),
      "aria-label": about,
      title: about,
    },
    ...(letter === "" ? [] : [verdictMark(verdict, letter)]),
    ...(alone ? [` ${cause === "" ? verdict : cause}`] : []),
  );
}

/** The numbers of a case, when there is one run and so room for them. */
export function numberCells(model: Model, row: number): PageElement[] {
  const result = resultOf(model, row, 0);
  const [, , , , , played = 0, total = 0, proven = 0, requested = 0] = result ?? [];
  const texts = [
    total === 0 ? "" : `${played} of ${total}`,
    requested === 0 ? "" : `${proven} of ${requested}`,
  ];
  return texts.map((text) => el("span", { role: "gridcell", class: "number" }, text));
}
