import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import {
  failingRun,
  frameOf,
  passOfCase,
  playOf,
  recordedRun,
  resultOfCase,
} from "../wire/testing.ts";
import { buildData } from "./build_data.ts";
import { htmlReport } from "./html_report.ts";
import {
  chosenLines,
  makeModel,
  resultOf,
  textOf,
  verdictCounts,
  worstPlace,
} from "./page_model.ts";
import { pageScript } from "./page_script.ts";
import { type ReportData, VERDICT_LETTERS } from "./report_data.ts";

const HOSTILE = `</script><img src=x onerror="window.hacked=1"><!--<script>\u202e\u001b[2J\u2028`;

/** The data as the page reads it. */
function dataOf(html: string): ReportData {
  const text = /<script type="application\/json" id="data">(.*?)<\/script>/s.exec(html)?.[1] ?? "";
  return JSON.parse(text);
}

Deno.test("the data of the page is what was recorded", () => {
  const run = failingRun();
  const html = htmlReport([run]);
  const data = dataOf(html);
  assertEquals(data, JSON.parse(JSON.stringify(buildData([run]))));
  const model = makeModel(data);
  const ids = data.rows.map(([id]) => textOf(model, id));
  assertEquals(ids, ["0.1", "1.1", "1.10"]);
  const result = resultOf(model, 1, 0);
  assertEquals(result?.slice(5, 10), [7, 9, 6, 7, 1234]);
  assertEquals(VERDICT_LETTERS[result?.[2] ?? -1]?.[0], "FAIL");
  assertEquals(textOf(model, result?.[3] ?? -1), "CORRUPT");
  const counts = verdictCounts(model);
  assertEquals(VERDICT_LETTERS.map((_, i) => counts[i] ?? 0), [1, 0, 0, 0, 2, 0, 0]);
});

Deno.test("what a target sent cannot become markup, script, or an escape sequence", () => {
  const run = recordedRun({
    target: `tcp://${HOSTILE}`,
    cases: [resultOfCase("1.1", { title: HOSTILE, detail: HOSTILE, requirement: HOSTILE })],
    stderrTail: `${HOSTILE}\nsecond`,
    spawn: `python3 ${HOSTILE}`,
  });
  const html = htmlReport([run]);
  assertEquals(html.match(/<script/g)?.length, 2);
  assertEquals(html.match(/<\/script/g)?.length, 2);
  assert(!html.includes("<img"));
  assert(!/(?!\n)[\p{Cc}\p{Cs}\u200b-\u200f\u2028-\u202e]/u.test(html));
  const data = dataOf(html);
  assert(data.strings.some((text) => text.includes("</script><img src=x onerror=")));
  assertEquals(data.runs[0]?.stderr.split("\n")[1], "second");
});

Deno.test("only the page's own script and style are allowed, nothing from outside is named", () => {
  const html = htmlReport([failingRun()]);
  const policy = /http-equiv="Content-Security-Policy" content="([^"]+)"/.exec(html)?.[1] ?? "";
  assert(policy.startsWith("default-src 'none'; script-src 'sha256-"));
  assert(!policy.includes("unsafe"));
  assert(!/\b(src|href)=/.test(html.replace(/<script.*?<\/script>/gs, "")));
  assert(!/@import|url\(/.test(html));
  assert(!/innerHTML|insertAdjacentHTML|document\.write|eval\(/.test(html));
});

Deno.test("the script is whole: it runs until it asks for the page", () => {
  const script = pageScript();
  assert(!/<\/script|<!--/i.test(script));
  assert(!/^import |^export /m.test(script));
  // Run without a page it must fail at the page, and nowhere before.
  let failure = "";
  try {
    new Function("document", script)({
      getElementById: () => {
        throw new Error("asked for the data");
      },
    });
  } catch (error) {
    failure = String(error);
  }
  assertStringIncludes(failure, "asked for the data");
});

Deno.test("lines are chosen by verdict and by words, under the headings of their sections", () => {
  const cases = [
    passOfCase("0.1"),
    resultOfCase("1.2", { title: "every pair" }),
    passOfCase("1.10"),
  ];
  const model = makeModel(buildData([recordedRun({ cases })]));
  const shown = (wanted: number, query: string) =>
    chosenLines(model, wanted, query).map(({ row, heading }) =>
      row < 0 ? heading : textOf(model, model.data.rows[row]?.[0] ?? -1)
    );
  assertEquals(shown(0, ""), ["0 controls", "0.1", "1 splits", "1.2", "1.10"]);
  assertEquals(shown(1, ""), ["1 splits", "1.2"]);
  assertEquals(shown(0, "PAIR corrupt"), ["1 splits", "1.2"]);
  assertEquals(shown(1 << 4, "pair"), []);
  assertEquals(worstPlace(model), { row: 1, run: 0 });
});

Deno.test("plays are shown of every case, one of them as a failure only where it failed", () => {
  const plays = ["0.1", "1.1"].map((id, i) =>
    [id, "subject", playOf([frameOf("x")], [2], { startMs: i })] as const
  );
  const { stories, results } = buildData([
    recordedRun({ plays, cases: [passOfCase("0.1"), resultOfCase("1.1"), passOfCase("1.2")] }),
  ]);
  assertEquals(results.map((result) => result[10]), [0, 1, -1]);
  assertEquals(
    stories.map(({ failure, samples, plays }) => [failure.length, samples.length, plays]),
    [[0, 1, 1], [1, 0, 1]],
  );
  assertEquals(stories.map(({ replay }) => replay !== ""), [false, true]);
});

Deno.test("a failure that is known is no F, and says on which list it is", () => {
  const known = {
    kind: "failing",
    glob: "1.1",
    cause: "CORRUPT",
    why: "bug 7",
    at: "list:3",
  } as const;
  const { results, stories } = buildData([
    recordedRun({ cases: [resultOfCase("1.1", { known })] }),
  ]);
  assertEquals(results.map((result) => VERDICT_LETTERS[result[2]]), [["KNOWN", "K"]]);
  assertEquals(stories[0]?.notes, [["known failure", "list:3 bug 7"]]);
});

Deno.test("a run is named by what tells it apart, one that was cut off says so", () => {
  const whole = recordedRun({
    cases: [passOfCase("0.1")],
    spawn: "python3 'a/b/server.py' {port}",
  });
  const { end: _, ...interrupted } = recordedRun({
    cases: [passOfCase("0.1")],
    spawn: "node x.mjs",
  });
  const { runs } = buildData([whole, interrupted]);
  assertEquals(runs.map(({ name, verdict }) => [name, verdict]), [
    ["server.py", "PASS"],
    ["x.mjs", "INTERRUPTED"],
  ]);
  assertEquals(buildData([recordedRun({ cases: [] })]).runs[0]?.name, "tcp://127.0.0.1:7000");
  assertEquals(runs[0]?.certificate, [["all single cuts of 300 bytes", 9, 9, 299]]);
});
