import type { Manual } from "../manual.ts";
import {
  type Completable,
  type CompletableOption,
  completables,
  type Values,
} from "./completable.ts";

/** The completions of a program for zsh, as a file `_NAME` of `$fpath` or to be sourced. */
export function zshCompletions(manual: Manual): string {
  const [program, ...commands] = completables(manual);
  const run = `_${manual.name}`;
  const rows = commands.map(({ name, summary }) => `    ${quoted(`${plain(name)}:${summary}`)}`);
  return `#compdef ${manual.name}
# Completions of ${manual.name} for zsh: source <(${manual.name} completions zsh)
${run}() {
  local curcontext=$curcontext state line
  local -a commands=(
${rows.join("\n")}
  )
  # -A: behind the command its own options are completed, and no others.
  _arguments -C -A '-*' \\
    ${program.options.flatMap(specifications).join(" \\\n    ")} \\
    '1:command:->command' \\
    '*::argument:->arguments'
  case $state in
    command) _describe -t commands command commands ;;
    arguments)
      case $line[1] in
${commands.map(commandRow).join("\n")}
      esac ;;
  esac
}
if [[ $zsh_eval_context[-1] == loadautofunc ]]; then
  ${run} "$@"
else
  compdef ${run} ${manual.name}
fi
`;
}

function commandRow({ name, options, values }: Completable): string {
  const lines = options.flatMap(specifications);
  // With a message alone for its arguments, zsh would not insert an option either.
  if (values !== "unknown") lines.push(`'*:argument:${action(values)}'`);
  return `        ${name})
          _arguments \\
            ${lines.join(" \\\n            ")} ;;`;
}

/** One option as `_arguments` wants it, each form by itself: `(-h --help)--help[what it does]`. */
function specifications({ forms, help, many, values }: CompletableOption): string[] {
  const text = `[${plain(help)}]${values === null ? "" : `: :${action(values)}`}`;
  // With = behind it an option takes its value in both ways.
  const written = forms.map((form) => values !== null && form.startsWith("--") ? `${form}=` : form);
  const before = many ? "*" : `(${forms.join(" ")})`;
  return written.map((form) => quoted(`${before}${form}${text}`));
}

function action(values: Values): string {
  if (values === "unknown") return " ";
  if (values === "files") return "_files";
  return values === "directories" ? "_files -/" : `(${values.join(" ")})`;
}

/** Text in which nothing has a meaning for `_arguments`. */
function plain(text: string): string {
  return text.replaceAll(/[\\[\]:]/g, "\\$&");
}

function quoted(text: string): string {
  return `'${text.replaceAll("'", `'\\''`)}'`;
}
