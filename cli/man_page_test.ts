import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { MANUAL as CLIENT } from "../client/manual.ts";
import { MANUAL as CONFORMANCE } from "../conformance/manual.ts";
import { MANUAL as SERVER } from "../server/manual.ts";
import { variableOf } from "./environment.ts";
import { manPage } from "./man_page.ts";
import { flag } from "./options.ts";
import { everyOption } from "./sources.ts";
import { canRun } from "./testing.ts";

const MANUALS = [CLIENT, SERVER, CONFORMANCE];

Deno.test("what roff would take for its own is written as text", () => {
  const text = {
    usage: ["p"],
    about: ".it's\n\\back-slash",
    examples: [["p `x` ~", "'q'"]] as const,
  };
  const page = manPage(
    {
      name: "p",
      summary: 'say "a-b"',
      page: { text, options: { "no-x": flag(".dot") } },
      commands: [],
    },
    "1",
    [],
  );
  assertStringIncludes(page, "\\&.it\\(aqs\n\\eback\\-slash\n");
  assertStringIncludes(page, '.TH "P" 1 "" "p 1"\n');
  assertStringIncludes(page, '\np \\- say "a\\-b"\n');
  assertStringIncludes(page, "\\fB\\-\\-no\\-x\\fR\n\\&.dot\n");
  assertStringIncludes(page, "\np \\(gax\\(ga \\(ti\n");
});

Deno.test("a page has every option, variable and command of its program", () => {
  for (const manual of MANUALS) {
    const page = manPage(manual, "1.0", []).replaceAll("\\-", "-");
    for (const name of Object.keys(everyOption(manual))) {
      assertStringIncludes(page, `\\fB--${name}\\fR`);
      if (["help", "version"].includes(name)) continue;
      assertStringIncludes(page, `.B ${variableOf(manual.name, name)}\n`);
    }
    for (const { name } of manual.commands) assertStringIncludes(page, `.SS "${name}"`);
  }
});

for (
  const [checker, ...args] of [
    ["groff", "-man", "-ww", "-Tutf8", "-z"],
    ["mandoc", "-Tlint", "-Wwarning"],
  ] as const
) {
  Deno.test({
    name: `${checker} finds nothing wrong with the pages`,
    ignore: !await canRun(checker),
    fn: async () => {
      const file = await Deno.makeTempFile();
      try {
        for (const manual of MANUALS) {
          await Deno.writeTextFile(file, manPage(manual, "1.0", ["other"]));
          const { stdout, stderr } = await new Deno.Command(checker, { args: [...args, file] })
            .output();
          const said = [stdout, stderr].map((bytes) => new TextDecoder().decode(bytes)).join("");
          // A page that is made again from the same sources must be the same, so it has no date.
          const wrong = said.split("\n").filter((line) =>
            line !== "" && !/missing date/.test(line)
          );
          assertEquals(wrong, [], manual.name);
        }
      } finally {
        await Deno.remove(file);
      }
    },
  });
}

Deno.test("a page has no empty line, which roff would show", () => {
  for (const manual of MANUALS) assert(!/\n\n/.test(manPage(manual, "1.0", ["other"])));
});
