import { shape, shapeText } from "./shape.ts";
import { drawTimeline } from "./timeline.ts";
import { THEME, WIRE_STYLE } from "./timeline_style.ts";
import type { WireStory } from "./wire_story.ts";

/**
 * The wire timeline of a story as an SVG file of its own, for a README: it needs nothing from outside and follows the
 * theme of whoever looks at it.
 *
 * @example
 * ```ts ignore
 * const played = new PlayedCases(run);
 * const story = played.failure(run.cases.find(({ verdict }) => verdict === "FAIL"));
 * if (story) Deno.writeTextFileSync("timeline.svg", timelineSvg(story));
 * ```
 */
export function timelineSvg(story: WireStory): string {
  const drawing = drawTimeline(story);
  const paper = shape("rect", { class: "paper", width: "100%", height: "100%", rx: 8 });
  const style = `${THEME}${WIRE_STYLE}.paper{fill:var(--paper)}`;
  const margin = 16;
  const { width, height } = drawing.attributes;
  const wide = Number(width) + 2 * margin, high = Number(height) + 2 * margin;
  return `${
    shapeText({
      ...drawing,
      attributes: {
        ...drawing.attributes,
        width: wide,
        height: high,
        viewBox: `${-margin} ${-margin} ${wide} ${high}`,
      },
      children: [
        shape("style", {}, style),
        { ...paper, attributes: { ...paper.attributes, x: -margin, y: -margin } },
        ...drawing.children,
      ],
    })
  }\n`;
}
