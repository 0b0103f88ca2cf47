import type { Manual } from "../manual.ts";
import {
  type Completable,
  type CompletableOption,
  completables,
  formsWithValue,
  type Values,
} from "./completable.ts";

/** The completions of a program for fish. */
export function fishCompletions(manual: Manual): string {
  const all = completables(manual);
  const test = `__${manual.name.replaceAll("-", "_")}_command`;
  const line = `complete -c ${manual.name}`;
  const rows = all.flatMap((one) => {
    const when = `-n ${quoted(`${test} ${one.name}`.trim())}`;
    const words = one.name === ""
      ? all.slice(1).map(({ name, summary }) => `-a ${name} -d ${quoted(summary)}`)
      : argumentsOf(one);
    return [...words, ...one.options.map(optionOf)].map((rest) => `${line} ${when} ${rest}`);
  });
  return `# Completions of ${manual.name} for fish: ${manual.name} completions fish | source
function ${test} -d 'Whether the command is this one, or none is there yet'
  set -l words (commandline -opc)
  set -e words[1]
  while set -q words[1]
    switch $words[1]
      case ${formsWithValue(all).join(" ")}
        set -e words[1]
      case '-*'
      case '*'
        test "$words[1]" = "$argv[1]"
        return
    end
    set -e words[1]
  end
  test -z "$argv[1]"
end
complete -c ${manual.name} -f
${rows.join("\n")}
`;
}

function optionOf({ forms, help, values }: CompletableOption): string {
  const names = forms.map((form) =>
    form.startsWith("--") ? `-l ${form.slice(2)}` : `-s ${form[1]}`
  );
  const rest = values === null ? "" : ` -x${action(values)}`;
  return `${names.join(" ")}${rest.replace(" -x -F", " -r -F")} -d ${quoted(help)}`;
}

function argumentsOf({ values }: Completable): string[] {
  const rest = action(values).trim();
  return rest === "" ? [] : [rest];
}

function action(values: Values): string {
  if (values === "unknown") return "";
  if (values === "files") return " -F";
  if (values === "directories") return ` -a ${quoted("(__fish_complete_directories)")}`;
  return ` -a ${quoted(values.join(" "))}`;
}

function quoted(text: string): string {
  return `'${text.replaceAll(/[\\']/g, "\\$&")}'`;
}
