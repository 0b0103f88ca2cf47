/**
 * The page in a real browser. One browser for all of it: a cold start takes seconds.
 * @module
 */
import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import type { RecordedRun } from "../../history/read_history.ts";
import {
  failingRun,
  frameOf,
  passOfCase,
  playOf,
  recordedRun,
  resultOfCase,
} from "../wire/testing.ts";
import { PlayedCases, type WireStory } from "../wire/wire_story.ts";
import { htmlReport } from "./html_report.ts";
import { Chromium, findChromium } from "./testing.ts";

const chromium = findChromium();
const why = chromium === undefined ? " (IGNORED: no chromium is on PATH)" : "";
if (why !== "") console.error(`The HTML report is not tested in a browser${why}.`);

Deno.test({
  name: `the HTML report in headless Chromium${why}`,
  ignore: chromium === undefined,
  async fn(t) {
    await using browser = await Chromium.start(chromium ?? "");
    const folder = await Deno.makeTempDir();
    const open = async (name: string, runs: readonly RecordedRun[]) => {
      const path = `${folder}/${name}.html`;
      await Deno.writeTextFile(path, htmlReport(runs));
      return await browser.open(`file://${path}`);
    };
    /** What the page shows now. */
    const text = async (selector: string) =>
      String(
        await browser.evaluate(`document.querySelector(${JSON.stringify(selector)})?.textContent`),
      );
    const quiet = () => {
      assertEquals(browser.errors, []);
      assertEquals(browser.requests.filter((url) => !url.startsWith("file://")), []);
      assertEquals(browser.requests.length, 1);
    };
    try {
      await browser.appear(1400, 900, "light");
      await t.step("opens from disk, asks nobody, and begins with what failed", async () => {
        await open("failing", [failingRun()]);
        assertStringIncludes(await text("#detail-title"), "1.1 case 1.1");
        assertEquals(await text("#replay"), REPLAY);
        assertStringIncludes(await text("#runs"), "9 of 299 proven");
        quiet();
      });

      await t.step("the picture tells what the history has", async () => {
        const run = failingRun();
        const failed = run.cases.find(({ verdict }) => verdict === "FAIL");
        assert(failed !== undefined);
        const story = new PlayedCases(run).failure(failed) ?? [];
        assertEquals(await browser.evaluate(PICTURE_FACTS), factsOf(story));
        const log = await text(".log");
        for (
          const word of ["0.50 ms→3 bytes at 0", "proven ▲ breaks here", "5.25 ms←5 bytes at 0"]
        ) {
          assertStringIncludes(log, word);
        }
      });

      await t.step("a mouse finds its way to a case", async () => {
        await browser.click("#lines .line:nth-child(2) .run");
        assertStringIncludes(await text("#detail-title"), "0.1 case 0.1");
        await browser.click("#lines .line:nth-child(4) .title");
        assertStringIncludes(await text("#detail-title"), "1.1 case 1.1");
        await browser.click(".replay button");
        await browser.until(
          `/Copied|Selected/.test(document.querySelector(".replay button").textContent)`,
        );
        const pictures = `document.querySelectorAll("#detail > details:last-of-type .wire").length`;
        assertEquals(await browser.evaluate(pictures), 0);
        await browser.click("#detail > details:last-of-type > summary");
        await browser.until(`${pictures} === 1`);
      });

      await t.step("and so do keys", async () => {
        await browser.press("Escape");
        const focus = `document.activeElement.id || document.activeElement.tagName`;
        assertEquals(await browser.evaluate(focus), "grid");
        await browser.press("Home");
        await browser.press("Enter");
        assertStringIncludes(await text("#detail-title"), "0.1");
        assertEquals(await browser.evaluate(focus), "detail");
        await browser.press("Escape");
        // Over the heading of section 1.
        await browser.press("ArrowDown");
        assertEquals(await browser.evaluate(ACTIVE), "FAIL CORRUPT");
        await browser.press("Enter");
        assertStringIncludes(await text("#detail-title"), "1.1");
        await browser.press("Tab");
        assertEquals(
          await browser.evaluate(
            `getComputedStyle(document.activeElement).outlineStyle !== "none" &&
            document.activeElement.getAttribute("aria-label")`,
          ),
          "Wire timeline",
        );
        await browser.press("Escape");
        await browser.press("/");
        assertEquals(await browser.evaluate(focus), "query");
        for (const letter of "corrupt") await browser.press(letter);
        assertEquals(await text("#shown"), "1 of 3 cases");
        quiet();
      });

      await t.step("verdicts are letters as well as colours, and can be chosen", async () => {
        await open("failing", [failingRun()]);
        assertEquals(await browser.evaluate(LETTERS), ["P", "F", "P"]);
        await browser.click("#chips button");
        assertEquals(await browser.evaluate(LETTERS), ["F"]);
        assertEquals(
          await browser.evaluate(`document.querySelector("#chips button").ariaPressed`),
          "true",
        );
      });

      await t.step("light and dark follow the system and the button, and can be read", async () => {
        for (const theme of ["light", "dark"] as const) {
          await browser.appear(1400, 900, theme);
          await open("failing", [failingRun()]);
          assertEquals(await browser.evaluate(DARKNESS), theme === "dark");
          for (const [what, ratio] of Object.entries(contrasts(await browser.evaluate(CONTRAST)))) {
            assert(ratio >= 4.5, `${what} has a contrast of ${ratio.toFixed(1)} in ${theme}`);
          }
        }
        await browser.appear(1400, 900, "light");
        await open("failing", [failingRun()]);
        const button = "#tools button";
        await browser.click(button);
        await browser.click(button);
        assertEquals(await text(button), "Theme: dark");
        assertEquals(await browser.evaluate(DARKNESS), true);
      });

      await t.step("what a target sent stays text", async () => {
        const hostile =
          `</script><img src=x onerror="window.hacked=1"><script>window.hacked=1</script>`;
        const wire = new TextEncoder().encode(hostile);
        await open("hostile", [recordedRun({
          target: `tcp://${hostile}`,
          plays: [[
            "1.1",
            "subject",
            playOf([frameOf(hostile)], [2], {
              reads: [{ atMs: 1, bytes: wire }],
              undecodable: hostile,
            }),
          ]],
          cases: [resultOfCase("1.1", { title: hostile, detail: hostile })],
          stderrTail: hostile,
        })]);
        assertEquals(await browser.evaluate(`[window.hacked, document.images.length]`), [null, 0]);
        assertStringIncludes(await text("#detail-title"), hostile);
        quiet();
        // Even markup that did get in would not run: the policy of the page forbids it.
        await browser.evaluate(`new Promise((resolve) => {
          const image = document.createElement("img");
          image.setAttribute("onerror", "window.hacked=1");
          image.src = "data:,x";
          document.body.append(image);
          setTimeout(resolve, 100);
        })`);
        assertEquals(await browser.evaluate(`window.hacked === undefined`), true);
      });

      await t.step("on paper every line is there", async () => {
        const cases = Array.from({ length: 300 }, (_, i) => passOfCase(`1.${i + 1}`));
        await open("paper", [recordedRun({ cases })]);
        const lines = `document.querySelectorAll("#lines .line").length`;
        assert(Number(await browser.evaluate(lines)) < 100);
        await browser.evaluate(`dispatchEvent(new Event("beforeprint"))`);
        assertEquals(await browser.evaluate(lines), 301);
        await browser.evaluate(`dispatchEvent(new Event("afterprint"))`);
        assert(Number(await browser.evaluate(lines)) < 100);
      });

      for (const [rows, columns] of [[100_000, 1], [1000, 100]] as const) {
        await t.step(`${rows} cases by ${columns} runs are there at once`, async () => {
          const runs = Array.from({ length: columns }, (_, run) => manyCases(rows, run));
          const ms = await open(`${rows}`, runs);
          console.log(`${rows} cases by ${columns} runs: ready after ${ms} ms`);
          // A second on an ordinary machine; a slow one may take five.
          assert(ms < 5000);
          assert(Number(await browser.evaluate(`document.querySelectorAll("*").length`)) < 12_000);
          await browser.press("Escape");
          await browser.press("End");
          assertStringIncludes(String(await browser.evaluate(ACTIVE)), "PASS");
          const filtered = await browser.evaluate(`(() => {
            const query = document.querySelector("#query"), began = performance.now();
            query.value = "needle";
            query.dispatchEvent(new Event("input"));
            return [document.querySelector("#shown").textContent, performance.now() - began];
          })()`);
          const [shown, took] = Array.isArray(filtered) ? filtered : [];
          assertEquals(shown, `1 of ${rows} cases`);
          console.log(
            `${rows} cases by ${columns} runs: filtered in ${Number(took).toFixed(0)} ms`,
          );
          assert(Number(took) < 3000);
          quiet();
        });
      }
    } finally {
      await Deno.remove(folder, { recursive: true });
    }
  },
});

const REPLAY =
  "nonstick-conformance run tcp://127.0.0.1:7000 --framing u32be --stream 000000026869 --cuts 3,5";

/** What the reader's cell is called, without the name of the run. */
const ACTIVE = `document.getElementById(document.querySelector("#grid")
  .getAttribute("aria-activedescendant")).ariaLabel.split(": ")[1]`;

const LETTERS = `[...document.querySelectorAll("#lines .mark")].map((mark) => mark.textContent)`;

const DARKNESS =
  `getComputedStyle(document.body).backgroundColor.match(/\\d+/g).every((part) => part < 60)`;

/** Colours of texts and of what is behind them. */
const CONTRAST = `(() => {
  const paper = getComputedStyle(document.body).backgroundColor;
  const of = (selector, behind) => {
    const found = document.querySelector(selector), style = getComputedStyle(found);
    const svg = found instanceof SVGElement;
    const back = behind ? getComputedStyle(document.querySelector(behind)).fill : paper;
    return [svg ? style.fill : style.color, back];
  };
  return {
    text: of("#detail p"), quiet: of(".quiet"), id: of(".line .id"), link: of("#shown"),
    header: of(".cell.header .hex", ".cell.header rect"), body: of(".cell.body .hex", ".cell.body rect"),
    char: of(".cell.body .char", ".cell.body rect"), kind: of(".wire .kind"),
    breaks: of(".edge.breaks .proof"), wrong: of(".wrong .name"), time: of(".wire .time"),
  };
})()`;

/** Ratios of contrast (WCAG 2.2, 1.4.3) for pairs of colours. */
function contrasts(pairs: unknown): Record<string, number> {
  const luminance = (colour: unknown) => {
    const parts = String(colour).match(/[\d.]+/g)?.slice(0, 3).map((part) => {
      const share = Number(part) / 255;
      return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
    }) ?? [];
    const [red = 0, green = 0, blue = 0] = parts;
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
  };
  return Object.fromEntries(
    Object.entries(pairs ?? {}).map(([what, pair]) => {
      const [a = 0, b = 0] = Array.isArray(pair) ? pair.map(luminance) : [];
      return [what, (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05)];
    }),
  );
}

/** What the picture says, read from its elements. */
const PICTURE_FACTS = `[...document.querySelectorAll("#timeline .scene")].map((scene) => {
  const all = (selector, facts) => [...scene.querySelectorAll(selector)].map(facts);
  const bytes = (of) => [...of.querySelectorAll(".cell")].map((cell) => cell.querySelector(".hex").textContent).join("");
  const { play } = scene.dataset;
  return {
    play: Number(play),
    parts: all(".part", ({ dataset: { start, end } }) => [Number(start), Number(end)]),
    chunks: all(".chunk", (one) => [Number(one.dataset.end), Number(one.dataset.ms), one.dataset.edge, bytes(one)]),
    edges: all(".edge", (one) => [Number(one.dataset.cut), one.dataset.edge, one.classList.contains("breaks")]),
    reads: all(".read", (one) => [Number(one.dataset.ms), bytes(one)]),
    answers: all(".answer", (one) => one.querySelector(".name").textContent),
  };
})`;

/** The same, from the history. */
function factsOf(story: WireStory): unknown {
  return story.map((scene) => ({
    play: scene.play,
    parts: scene.parts.map(({ start, end }) => [start, end]),
    chunks: scene.chunks.map(({ end, ms, edge, pieces }) => [
      end,
      ms,
      edge,
      pieces.map(({ head }) => head).join(""),
    ]),
    edges: scene.chunks.slice(0, -1).map(({ end, edge, breaks }) => [end, edge, breaks]),
    reads: scene.reads.map(({ ms, pieces }) => [ms, pieces.map(({ head }) => head).join("")]),
    answers: scene.answers.map(({ name, right }) => `${name} ${right ? "✓" : "✗"}`),
  }));
}

/** A run of many cases; one of them is a needle. */
function manyCases(count: number, run: number): RecordedRun {
  const cases = Array.from({ length: count }, (_, i) => {
    const id = `${i % 14}.${Math.floor(i / 14) + 1}`;
    if (i === Math.floor(count / 2)) {
      return resultOfCase(id, { title: "a needle", detail: `the needle of run ${run}` });
    }
    return { ...passOfCase(id), title: `case number ${i}`, detail: `detail ${i % 1000}` };
  });
  return recordedRun({ target: `tcp://127.0.0.1:${7000 + run}`, cases });
}
