import { printable } from "../../../cli/printable.ts";
import type { RecordedRun, RunAbout } from "../../history/recorded.ts";

/**
 * What the column of each run is called: the program that was started, or the target, and what else tells the runs
 * apart.
 */
export function runNames(runs: readonly RecordedRun[]): string[] {
  const traits: ((about: RunAbout) => string)[] = [
    ({ spawn, target }) => spawn === undefined ? target : programOf(spawn),
    ({ framing }) => framing,
    ({ expect }) => expect,
    ({ target }) => target.split(":")[0] ?? target,
    ({ shard }) => shard === undefined ? "" : `${shard.index}/${shard.of}`,
    ({ seed }) => `seed ${seed}`,
  ];
  const [first, ...others] = traits;
  const telling = others.filter((trait) => new Set(runs.map(({ about }) => trait(about))).size > 1);
  return runs.map(({ about }) =>
    printable([first, ...telling].map((trait) => trait?.(about) ?? "").filter(Boolean).join(" "))
      .toWellFormed()
  );
}

/** The file of the program in `python3 path/server.py {port}`. */
function programOf(spawn: string): string {
  const words = spawn.replaceAll(/['"]/g, "").split(/\s+/);
  const file = words.find((word) => /\.\w+$/.test(word)) ?? words[0] ?? "";
  return file.slice(file.lastIndexOf("/") + 1);
}
