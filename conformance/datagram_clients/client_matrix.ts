import { clientCases } from "./client_cases.ts";
import type { ClientBug } from "./zoo.ts";

/** Which case kills which bug of a client of datagrams, as a part of a page of Markdown. Pure. */
export function clientMatrixText(bugs: readonly ClientBug[]): string[] {
  const ids = clientCases().map(({ id }) => id).filter((id) => bugs.some((bug) => kills(id, bug)));
  const alone = (id: string) =>
    bugs.filter((bug) => bug.shownBy === id && bug.alsoShownBy === undefined).length;
  return [
    "## Clients of datagrams",
    "",
    "Every bug of [the table](DATAGRAMS.md#testing-a-client-of-datagrams) and the cases that a client with it fails, when",
    "all are played over sockets: `X` the case that the table names, `x` others that show it each time. A bug with one mark",
    "lives when that case is not played. `deno task zoo --clients` plays them all and compares (about a minute).",
    "",
    row(["client", ...ids]),
    row(["client", ...ids].map(() => "---")),
    ...bugs.map((bug) =>
      row([
        `\`${bug.name}\``,
        ...ids.map((id) => id === bug.shownBy ? "X" : kills(id, bug) ? "x" : ""),
      ])
    ),
    row(["_alone_", ...ids.map((id) => `${alone(id)}`)]),
    "",
  ];
}

function kills(id: string, { shownBy, alsoShownBy = [] }: ClientBug): boolean {
  return shownBy === id || alsoShownBy.includes(id);
}

function row(cells: readonly string[]): string {
  return `| ${cells.join(" | ")} |`;
}
