/**
 * The script of the page. The modules named here are ordinary code that is type-checked and tested; the page gets the
 * source text of everything that they export. So they export all they have, and use nothing but each other: no bundler
 * is needed, and nothing is read when a report is made.
 * @module
 */
import * as shapes from "../wire/shape.ts";
import * as timeAxis from "../wire/time_axis.ts";
import * as timeline from "../wire/timeline.ts";
import * as timelineLayout from "../wire/timeline_layout.ts";
import * as detail from "./page_detail.ts";
import * as dom from "./page_dom.ts";
import * as grid from "./page_grid.ts";
import * as log from "./page_log.ts";
import * as main from "./page_main.ts";
import * as model from "./page_model.ts";
import * as data from "./report_data.ts";

const MODULES: readonly Readonly<Record<string, unknown>>[] = [
  shapes,
  timelineLayout,
  timeline,
  timeAxis,
  data,
  model,
  dom,
  log,
  grid,
  detail,
  main,
];

/** The script of the page as text. */
export function pageScript(): string {
  const names = new Set<string>();
  const lines = MODULES.flatMap((module) =>
    Object.entries(module).map(([name, value]) => {
      if (names.has(name)) throw new Error(`Two modules of the page export ${name}`);
      names.add(name);
      const text = typeof value === "function" ? String(value) : JSON.stringify(value);
      return `const ${name} = ${text};`;
    })
  );
  return `"use strict";\n${lines.join("\n")}\nstartPage();\n`;
}
