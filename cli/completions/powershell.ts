import type { Manual } from "../manual.ts";
import { type Completable, completables } from "./completable.ts";

/** The completions of a program for PowerShell; files complete by themselves there. */
export function powershellCompletions(manual: Manual): string {
  const all = completables(manual);
  return `# Completions of ${manual.name} for PowerShell:
# ${manual.name} completions powershell | Out-String | Invoke-Expression
Register-ArgumentCompleter -Native -CommandName ${quoted(manual.name)} -ScriptBlock {
  param($wordToComplete, $commandAst, $cursorPosition)
  $commands = @{
${all.map(entry).join("\n")}
  }
  $words = @($commandAst.CommandElements |
    Where-Object { $_.Extent.EndOffset -lt $cursorPosition } |
    Select-Object -Skip 1 | ForEach-Object { $_.ToString() })
  $command = $commands['']
  $previous = ''
  foreach ($word in $words) {
    $isValue = $command.Choices.ContainsKey($previous)
    if (-not $isValue -and $command -eq $commands[''] -and $commands.ContainsKey($word)) {
      $command = $commands[$word]
    }
    $previous = if ($isValue) { '' } else { $word }
  }
  $found = if ($command.Choices.ContainsKey($previous)) { $command.Choices[$previous] }
    elseif ($wordToComplete.StartsWith('-')) { $command.Options.Keys | Sort-Object }
    else { $command.Arguments }
  $found | Where-Object { $_ -and $_.StartsWith($wordToComplete) } | ForEach-Object {
    $help = if ($command.Options.ContainsKey($_)) { $command.Options[$_] } else { $_ }
    [System.Management.Automation.CompletionResult]::new($_, $_, 'ParameterValue', $help)
  }
}
`;
}

/** What a command takes: its options with their help, the values of those that have one, its arguments. */
function entry({ name, options, values }: Completable): string {
  const rows = (pairs: readonly (readonly [string, string])[]) =>
    pairs.map(([key, value]) => `        ${quoted(key)} = ${value}`).join("\n");
  const helps = options.flatMap(({ forms, help }) =>
    forms.map((form) => [form, quoted(help)] as const)
  );
  const choices = options.flatMap(({ forms, values }) =>
    values === null ? [] : forms.map((form) => [form, list(values)] as const)
  );
  return `    ${quoted(name)} = @{
      Options = @{
${rows(helps)}
      }
      Choices = @{
${rows(choices)}
      }
      Arguments = ${list(values)}
    }`;
}

function list(values: readonly string[] | string): string {
  return typeof values === "string" ? "@()" : `@(${values.map(quoted).join(", ")})`;
}

/** Any of these ends a text, unless there are two of it: PowerShell takes curly quotation marks for straight ones. */
const QUOTE = /['\u2018-\u201b]/g;

function quoted(text: string): string {
  return `'${text.replaceAll(QUOTE, "$&$&")}'`;
}
