import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import type { Shape } from "./shape.ts";
import { escapeXml, shape, shapeText } from "./shape.ts";
import { failingRun, frameOf, playOf, recordedRun, resultOfCase } from "./testing.ts";
import { drawTimeAxis, timeX } from "./time_axis.ts";
import { drawTimeline } from "./timeline.ts";
import { placeScenes } from "./timeline_layout.ts";
import { timelineSvg } from "./timeline_svg.ts";
import { PlayedCases, type WireStory } from "./wire_story.ts";

function failingStory(): WireStory {
  const run = failingRun();
  const failed = run.cases.find(({ verdict }) => verdict === "FAIL");
  return failed === undefined ? [] : new PlayedCases(run).failure(failed) ?? [];
}

/** Every element of a class, in order. */
function all(drawing: Shape, kind: string): Shape[] {
  const own = String(drawing.attributes["class"] ?? "").split(" ").includes(kind) ? [drawing] : [];
  const below = drawing.children.flatMap((child) =>
    typeof child === "string" ? [] : all(child, kind)
  );
  return [...own, ...below];
}

function textOf(drawing: Shape): string {
  return drawing.children.map((child) => typeof child === "string" ? child : textOf(child)).join(
    " ",
  );
}

Deno.test("every fact of the timeline is a fact of the history", () => {
  const story = failingStory();
  const drawing = drawTimeline(story);
  assertEquals(all(drawing, "scene").map(({ attributes }) => attributes["data-play"]), [2, 3]);
  const [subject] = all(drawing, "scene");
  assert(subject !== undefined);
  const chunks = all(subject, "chunk");
  assertEquals(
    chunks.map((
      { attributes: a },
    ) => [a["data-from"], a["data-end"], a["data-ms"], a["data-edge"]]),
    [[0, 3, 0.5, "proven"], [3, 5, 2.5, "assumed"], [5, 6, 4.5, "proven"]],
  );
  const bytes = chunks.flatMap((chunk) => all(chunk, "cell"));
  assertEquals(bytes.map(({ attributes }) => attributes["data-byte"]).join(""), "000000026869");
  assertEquals(bytes.map(({ attributes }) => attributes["data-at"]), [0, 1, 2, 3, 4, 5]);
  assertEquals(
    bytes.map(({ attributes }) => attributes["class"]),
    ["header", "header", "header", "header", "body", "body"].map((kind) => `cell ${kind}`),
  );
  const edges = all(subject, "edge");
  assertEquals(
    edges.map(({ attributes: a }) => [a["data-cut"], a["data-edge"], a["class"]]),
    [[3, "proven", "edge proven breaks"], [5, "assumed", "edge assumed breaks"]],
  );
  const [read] = all(subject, "read");
  assert(read !== undefined);
  assertEquals([read.attributes["data-ms"], read.attributes["data-length"]], [5.25, 5]);
  assertEquals(
    all(read, "cell").map(({ attributes }) => attributes["data-byte"]).join(""),
    "0000000168",
  );
  assertEquals(all(subject, "answer").map(({ attributes }) => attributes["class"]), [
    "answer wrong",
  ]);
  assertStringIncludes(textOf(subject), "5.25 ms · 5 bytes");
  assertStringIncludes(textOf(subject), "answer 1 due: 68 69");
  assertStringIncludes(String(drawing.attributes["aria-label"]), "breaking at offset 3 and 5");
});

Deno.test("columns and bytes stand side by side, never over each other", () => {
  for (const parts of [["hi"], ["", "", ""], ["x".repeat(300), "y"], ["a".repeat(21)]]) {
    const frames = parts.map((text) => frameOf(text));
    const length = frames.reduce((sum, { wire }) => sum + wire.length, 0);
    const cuts = Array.from({ length: length - 1 }, (_, i) => i + 1).filter((at) => at % 7 === 0);
    const run = recordedRun({
      plays: [["1.1", "subject", playOf(frames, cuts)]],
      cases: [resultOfCase("1.1")],
    });
    const story = new PlayedCases(run).failure(resultOfCase("1.1")) ?? [];
    const columns = placeScenes(story).flatMap((scene) => scene.columns);
    for (const [i, column] of columns.entries()) {
      const next = columns[i + 1];
      assert(next === undefined || column.x + column.width < next.x);
      const last = column.cells.at(-1);
      assert(last === undefined || last.x + last.width <= column.x + column.width);
      for (const [j, cell] of column.cells.entries()) {
        const after = column.cells[j + 1];
        assert(after === undefined || cell.x + cell.width === after.x);
      }
    }
  }
});

Deno.test("the time axis puts chunks above and answers below, in order", () => {
  const drawing = drawTimeAxis(failingStory());
  const times = (kind: string) => all(drawing, kind).map(({ attributes }) => attributes["data-ms"]);
  assertEquals(times("breaks"), [0.5, 2.5]);
  assertEquals(times("sent"), [4.5, 300.5]);
  assertEquals(times("came"), [5.25, 301]);
  const places = [0, 0.01, 0.5, 5, 300, 600].map((ms) => timeX(ms, 600));
  assertEquals(places, places.toSorted((a, b) => a - b));
});

Deno.test("a picture of its own is one whole SVG element without anything from outside", () => {
  const svg = timelineSvg(failingStory());
  assert(svg.startsWith("<svg ") && svg.endsWith("</svg>\n"));
  assertStringIncludes(svg, "prefers-color-scheme:dark");
  assert(!/href|url\(|<script|@import/.test(svg));
});

Deno.test("what is text stays text in XML", () => {
  const hostile = `</text><script>alert("1" & '2')</script>\u0000\ud800\ufffe`;
  const written = shapeText(shape("text", { title: hostile }, hostile));
  assertEquals(written.match(/</g)?.length, 2);
  assert(!/[\p{Cc}\p{Cs}\ufffe]/u.test(written));
  assertEquals(escapeXml("a\nb"), "a\nb");
});
