import type { Manual } from "../manual.ts";
import { type Completable, completables, formsWithValue, type Values } from "./completable.ts";

/** The completions of a program for bash, 3.2 or newer; files only from 4.0. */
export function bashCompletions(manual: Manual): string {
  const all = completables(manual);
  const run = `_${manual.name.replaceAll("-", "_")}`;
  return `# Completions of ${manual.name} for bash: source <(${manual.name} completions bash)
${run}() {
  # Not COMP_WORDS: there bash splits at = and at each : of a URL.
  local line=\${COMP_LINE:0:COMP_POINT} words last cur prev command= i
  read -ra words <<< "$line"
  if [[ $line == *[[:space:]] ]]; then words+=(""); fi
  last=$((\${#words[@]} - 1))
  cur=\${words[last]} prev=\${words[last-1]}
  if [[ $cur == --*=* ]]; then prev=\${cur%%=*} cur=\${cur#*=}; fi
  for ((i = 1; i < last; i++)); do
    case \${words[i]} in
      ${formsWithValue(all).join("|")}) ((i++)) ;;
      -*) ;;
      *) command=\${words[i]}; break ;;
    esac
  done
  COMPREPLY=()
  case $command:$prev in
${all.flatMap(valueRows).join("\n")}
  esac
  case $command:$cur in
${all.map(optionRow).join("\n")}
  esac
  case $command in
${all.map((one) => row(one.name === "" ? '""' : one.name, action(one.values))).join("\n")}
  esac
}
complete -F ${run} ${manual.name}
`;
}

/** What comes behind each option that has a value. */
function valueRows({ name, options }: Completable): string[] {
  const patterns = new Map<string, string[]>();
  for (const { forms, values } of options) {
    if (values === null) continue;
    const known = patterns.get(action(values)) ?? [];
    patterns.set(action(values), [...known, ...forms.map((form) => `${name}:${form}`)]);
  }
  return [...patterns].map(([action, same]) => row(same.join("|"), action));
}

function optionRow({ name, options }: Completable): string {
  return row(`${name}:-*`, action(options.flatMap(({ forms }) => forms)));
}

function row(pattern: string, action: string): string {
  return `    ${pattern}) ${action}return ;;`;
}

function action(values: Values): string {
  if (values === "unknown") return "";
  // Readline quotes what it finds by itself.
  if (values === "files") return "compopt -o default 2>/dev/null; ";
  if (values === "directories") return "compopt -o dirnames 2>/dev/null; ";
  return `COMPREPLY=($(compgen -W "${values.join(" ")}" -- "$cur")); `;
}
