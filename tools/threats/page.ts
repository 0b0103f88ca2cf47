import type { Finding } from "./target.ts";
import type { TestName, Threat } from "./threat.ts";

/** What the probe of a threat found at both targets. */
export interface Result {
  readonly naive: Finding;
  readonly ours: Finding;
}

/** `docs/THREATS.md`, before it is formatted. */
export function page(threats: readonly Threat[], results: ReadonlyMap<string, Result>): string {
  return [
    INTRODUCTION,
    overview(threats, results),
    ...threats.map((threat) => section(threat, results.get(threat.id))),
    "",
  ].join("\n");
}

const INTRODUCTION = `# The tutorial, and the 25 ways it breaks

The socket tutorials teach echo, "ssh", file transfer and chat in a page each, and their code works, as
long as everybody at the other end means well. Here is what happens when somebody does not: 25
threats, each with a program where it really happened, the line of the tutorial that lets it in, and
the tests that keep it out here.

\`tools/threats/naive/\` is the tutorial written down in TypeScript, without a check more than it has.
\`deno task threats\` attacks it and our programs with the same bytes (both speak the tutorials'
formats), each in a process of its own on this machine, and fails unless every attack breaks the
naive port and none breaks ours. It also fails when a row here has no test, or names one that is no
longer there. This page is written by \`deno task threats --write\`; \`deno task threats S8 S12\`
attacks with these only.

If you come from the tutorial: read the column in the middle, look for that line in your own server,
and see what to do about it in the section below.
`;

function overview(
  threats: readonly Threat[],
  results: ReadonlyMap<string, Result>,
): string {
  const rows = threats.map(({ id, title, lesson }) => {
    const { naive, ours } = results.get(id) ?? {};
    const anchor = `${id} ${title}`.toLowerCase().replace(/[^a-z0-9 -]/g, "").replaceAll(" ", "-");
    return `| [${id}](#${anchor}) | ${cell(lesson)} | ${naive?.says ?? ""} | ${ours?.says ?? ""} |`;
  });
  return ["| | the tutorial | the naive port | ours |", "| - | - | - | - |", ...rows, ""].join(
    "\n",
  );
}

function section(threat: Threat, result: Result | undefined): string {
  const { id, title, happened, covered, open } = threat;
  return [
    `## ${id} ${title}`,
    "",
    threat.threat,
    "",
    `- Happened: ${happened}`,
    `- The tutorial: ${threat.lesson}`,
    `- The naive port: ${result?.naive.says}`,
    `- Ours: ${result?.ours.says}`,
    "",
    "| what is tested | by |",
    "| - | - |",
    ...covered.map(([element, ...tests]) => `| ${cell(element)} | ${tests.map(link).join("; ")} |`),
    "",
    ...(open === undefined ? [] : [`Not covered: ${open}`, ""]),
  ].join("\n");
}

function link({ file, name }: TestName): string {
  const text = name.replace(/\$\{\w+\}/g, "…").replace(/\$\{[^}]*\}/g, "…");
  return `[${cell(text).replace(/[[\]]/g, "\\$&")}](../${file})`;
}

/** Text within a cell of a table. */
function cell(text: string): string {
  return text.replaceAll("|", "\\|");
}
