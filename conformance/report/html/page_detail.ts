/**
 * All about one case in one run: what it asks for, what happened, the timeline, the wire log, the way back. Sent to
 * the page as text; see `page_script.ts`.
 * @module
 */
import { drawTimeAxis } from "../wire/time_axis.ts";
import { drawTimeline } from "../wire/timeline.ts";
import type { WireScene } from "../wire/wire_scene.ts";
import {
  button,
  byId,
  drawn,
  el,
  folded,
  type PageElement,
  scroller,
  thePage,
  verdictMark,
} from "./page_dom.ts";
import { wireLog } from "./page_log.ts";
import { type Model, resultOf, textOf } from "./page_model.ts";
import { type CaseStory, type ResultTuple, type RowTuple, VERDICT_LETTERS } from "./report_data.ts";

/** Shows a case. */
export function showDetail(model: Model, row: number, run: number): void {
  const box = byId("detail");
  const tuple = model.data.rows[row], result = resultOf(model, row, run);
  if (tuple === undefined) return box.replaceChildren(el("p", {}, "No case is chosen."));
  const story = model.data.stories[result?.[10] ?? -1];
  box.replaceChildren(
    ...detailHead(model, tuple, result, run),
    ...(story === undefined ? [] : detailStory(story)),
    detailFacts(model, tuple, result, story),
    ...(story === undefined ? [] : story.samples.map((scenes) => samplePlay(scenes))),
  );
  box.scrollTop = 0;
}

/** Which case it is and what it came to. */
export function detailHead(
  model: Model,
  [id, title, level, requirement]: RowTuple,
  result: ResultTuple | undefined,
  run: number,
): PageElement[] {
  const [verdict, letter] = VERDICT_LETTERS[result?.[2] ?? -1] ?? ["NOT RUN", ""];
  const said = `${verdict} ${textOf(model, result?.[3] ?? -1)}`.trim();
  const detail = textOf(model, result?.[4] ?? -1);
  const name = model.data.runs[run]?.name ?? "";
  return [
    el("h2", { id: "detail-title" }, `${textOf(model, id)} ${textOf(model, title)}`),
    el(
      "p",
      { class: "verdict" },
      verdictMark(verdict, letter),
      el("strong", {}, said),
      el("span", { class: "quiet" }, ` · ${name}`),
    ),
    ...(detail === "" ? [] : [el("p", { class: "said" }, detail)]),
    el("p", {}, el("strong", {}, textOf(model, level)), ` ${textOf(model, requirement)}`),
  ];
}

/** How it failed: the picture, the axis, the log, and the line to paste. */
export function detailStory({ failure, replay }: CaseStory): PageElement[] {
  const shown = failure.length === 0 ? [] : [
    el(
      "figure",
      { id: "timeline" },
      scroller("Wire timeline", drawn(drawTimeline(failure))),
      el(
        "figcaption",
        {},
        "Left to right: each chunk as it was written, and below it what came back before the next one. Edges: " +
          "solid, the target has read up to here (proven); dashed, assumed; ▲ a cut that was left when the failure was made small.",
      ),
    ),
  ];
  const more = failure.length === 0 ? [] : [
    folded("Along time", true, scroller("Time axis", drawn(drawTimeAxis(failure)))),
    folded("Wire log", true, ...failure.map((scene) => wireLog(scene))),
  ];
  return [...shown, ...(replay === "" ? [] : [replayLine(replay)]), ...more];
}

/** The command that shows it again, with a button that copies it. */
export function replayLine(replay: string): PageElement {
  const code = el("code", { id: "replay", tabindex: "0" }, replay);
  const copy = button("Copy", "Copy the command", async (self) => {
    const view = thePage().defaultView;
    try {
      if (view.navigator.clipboard === undefined) throw new Error("no clipboard");
      await view.navigator.clipboard.writeText(replay);
      self.textContent = "Copied";
    } catch {
      // Without the right to the clipboard the text is selected, for the reader's own keys.
      view.getSelection().selectAllChildren(code);
      self.textContent = "Selected";
    }
    setTimeout(() => self.textContent = "Copy", 2000);
  });
  return el("div", { class: "replay" }, el("span", { class: "quiet" }, "replay"), code, copy);
}

/** What the case book says, and the numbers. */
export function detailFacts(
  model: Model,
  [, , , , why, fix, issue]: RowTuple,
  result: ResultTuple | undefined,
  story: CaseStory | undefined,
): PageElement {
  const [, , , , , played = 0, total = 0, proven = 0, requested = 0, ms = 0] = result ?? [];
  const seen = textOf(model, issue);
  const link = seen.startsWith("https://")
    ? el("a", { href: seen, rel: "noreferrer noopener", target: "_blank" }, seen.slice(8))
    : seen;
  const facts: (readonly [string, PageElement | string])[] = [
    ["why", textOf(model, why)],
    ["likely fix", textOf(model, fix)],
    ["seen in", link],
    ["deliveries", total === 0 ? "" : `${played} of ${total} played`],
    ["edges", requested === 0 ? "" : `${proven} of ${requested} proven`],
    ["took", result === undefined ? "" : `${(ms / 1000).toFixed(2)} s`],
    ["recorded", story === undefined || story.plays === 0 ? "" : recorded(story)],
    ...(story?.notes ?? []),
  ];
  return el(
    "dl",
    {},
    ...facts.filter(([, value]) => value !== "")
      .flatMap(([name, value]) => [el("dt", {}, name), el("dd", {}, value)]),
  );
}

/** How many plays there are, and how many of them here. */
export function recorded({ plays, failure, samples }: CaseStory): string {
  const shown = samples.reduce((sum, scenes) => sum + scenes.length, failure.length);
  return `${plays} plays in the history, ${shown} of them here`;
}

/** A play that did not fail, to compare: its picture and its log, folded. */
export function samplePlay(scenes: readonly WireScene[]): PageElement {
  const first = scenes[0];
  const made = folded(`Play ${first?.play ?? 0} of this case`, false);
  made.addEventListener("toggle", () => {
    if (made.children.length > 1) return;
    made.append(
      scroller("Wire timeline", drawn(drawTimeline(scenes))),
      ...scenes.map((scene) => wireLog(scene)),
    );
  });
  return made;
}
