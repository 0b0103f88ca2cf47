import { assert, assertEquals, assertStringIncludes, assertThrows } from "@std/assert";
import { MANUAL as CLIENT } from "../../client/manual.ts";
import { MANUAL as CONFORMANCE } from "../../conformance/manual.ts";
import { MANUAL as SERVER } from "../../server/manual.ts";
import { UsageError } from "../options.ts";
import { canRun, runProgram } from "../testing.ts";
import { completions } from "./mod.ts";

const MANUALS = [CLIENT, SERVER, CONFORMANCE];

/** Beginnings of command lines, and all that completes their last words. */
const LINES: Readonly<Record<string, readonly string[]>> = {
  "nonstick ex": ["exec"],
  "nonstick --to tcp://127.0.0.1:7001 --json ex": ["exec"],
  "nonstick --timeout echo pi": ["ping"],
  "nonstick get --retr": ["--retries"],
  "nonstick ping --retr": [],
  "nonstick completions ": ["bash", "fish", "powershell", "zsh"],
  "nonstick-server ce": ["cert"],
  "nonstick-server --log ": ["json", "text"],
  "nonstick-server --listen tcp://127.0.0.1:0?speak=echo --log t": ["text"],
  "nonstick-server cert --da": ["--days"],
  "nonstick-conformance pro": ["prove", "proxy"],
  "nonstick-conformance run tcp://127.0.0.1:0 --over-limit ": ["any", "close", "skip"],
  "nonstick-conformance run --at-eof=e": ["error"],
  "nonstick-conformance prove --chec": ["--checks"],
};

/** The output of a shell that reads `script` from the file that is its argument. */
async function output(shell: string, flags: readonly string[], script: string): Promise<string> {
  const file = await Deno.makeTempFile();
  try {
    await Deno.writeTextFile(file, script);
    const { code, stdout, stderr } = await new Deno.Command(shell, {
      args: [...flags, file],
      stdin: "null",
      signal: AbortSignal.timeout(60_000),
    }).output();
    assertEquals([code, new TextDecoder().decode(stderr)], [0, ""]);
    return new TextDecoder().decode(stdout);
  } finally {
    await Deno.remove(file);
  }
}

function scripts(shell: string): string {
  return MANUALS.map((manual) => completions(manual, [shell])).join("\n");
}

/** Words on lines, each once, sorted; what stands before `=` is left out, as are descriptions behind a tab. */
function wordsOf(text: string): string[] {
  const words = text.split("\n").map((line) => line.replace(/\t.*$/, "").trim())
    .filter((word) => word !== "").map((word) => word.replace(/^--[\w-]+=(?=.)/, ""));
  return [...new Set(words)].sort();
}

Deno.test({
  name: "bash completes commands, options and their words",
  ignore: !await canRun("bash"),
  fn: async () => {
    const script = Object.keys(LINES).map((line) =>
      `COMP_LINE='${line}' COMP_POINT=${line.length}; ` +
      `_${line.split(" ")[0]?.replaceAll("-", "_")}; printf '%s\\n' "\${COMPREPLY[@]}" ===`
    );
    const said = await output("bash", [], [scripts("bash"), ...script].join("\n"));
    const found = said.split("===\n").map(wordsOf);
    for (const [i, [line, words]] of Object.entries(LINES).entries()) {
      assertEquals(found[i], words, line);
    }
  },
});

Deno.test({
  name: "bash completes files and directories where they are wanted",
  ignore: !await canRun("bash"),
  fn: async () => {
    const wanted = {
      "nonstick --tls-ca /e": "-o default",
      "nonstick put /e": "-o default",
      "nonstick ping /e": "",
      "nonstick get --into /e": "-o dirnames",
      "nonstick-conformance replay /e": "-o default",
    };
    const script = Object.keys(wanted).map((line) =>
      `COMP_LINE='${line}' COMP_POINT=${line.length}; ` +
      `_${line.split(" ")[0]?.replaceAll("-", "_")}; echo ===`
    );
    // Outside of a completion bash has no compopt.
    const compopt = 'compopt() { echo "$*"; }';
    const said = await output("bash", [], [scripts("bash"), compopt, ...script].join("\n"));
    const found = said.split("===\n").slice(0, -1).map((text) => text.trim());
    assertEquals(found, Object.values(wanted));
  },
});

Deno.test({
  name: "fish completes the same",
  ignore: !await canRun("fish"),
  fn: async () => {
    const script = Object.keys(LINES).map((line) => `complete -C '${line}'\necho ===`);
    const said = await output("fish", ["--no-config"], [scripts("fish"), ...script].join("\n"));
    const found = said.split("===\n").map(wordsOf);
    for (const [i, [line, words]] of Object.entries(LINES).entries()) {
      assertEquals(found[i], words, line);
    }
  },
});

/** What a TAB makes of these lines in a terminal. */
const TYPED: Readonly<Record<string, string>> = {
  "nonstick ex": "exec",
  "nonstick --to tcp://127.0.0.1:7001 ex": "--to tcp://127.0.0.1:7001 exec",
  "nonstick get --retr": "get --retries",
  "nonstick-server --log t": "--log text",
  "nonstick-conformance run --at-eof=e": "run --at-eof=error",
};

for (const shell of ["bash", "zsh"] as const) {
  Deno.test({
    name: `${shell} at a terminal completes what TAB is pressed behind`,
    ignore: !await canRun("zsh") || !await canRun(shell),
    fn: async () => {
      const home = await Deno.makeTempDir();
      try {
        await Deno.writeTextFile(`${home}/completions`, scripts(shell));
        const said = await output("zsh", ["-f"], atTerminal(shell, home));
        const lines = said.replaceAll("\r", "").split("\n").map((line) => line.trimEnd());
        for (const [typed, words] of Object.entries(TYPED)) {
          assert(lines.includes(`GOT ${words}`), `${typed}: ${JSON.stringify(lines)}`);
        }
      } finally {
        await Deno.remove(home, { recursive: true });
      }
    },
  });
}

/** A script of zsh that types into an interactive shell; its programs say what they were called with. */
function atTerminal(shell: "bash" | "zsh", home: string): string {
  const started = shell === "bash" ? "bash --norc --noprofile -i" : "zsh -f -i";
  const setup = shell === "zsh" ? ["autoload -Uz compinit", `compinit -u -d ${home}/dump`] : [];
  const programs = MANUALS.map(({ name }) => `${name}() { printf '%s\\n' "GOT $*"; }`);
  const rest = [...setup, `source ${home}/completions`, ...programs, "printf 'REA%s\\n' DY"];
  return `zmodload zsh/zpty
zpty shell ${started}
zpty -w shell '${rest.join("; ").replaceAll("'", `'\\''`)}'
zpty -r shell said '*READY*'
${
    Object.keys(TYPED).map((line) =>
      `zpty -w -n shell '${line}'$'\\t\\n'\nzpty -r shell said '*GOT*'$'\\n'\nprint -r -- "$said"`
    ).join("\n")
  }
zpty -d shell
`;
}

Deno.test("each program prints its completions; an unknown shell is exit code 2", async () => {
  for (
    const [name, manual] of [["client", CLIENT], ["server", SERVER], [
      "conformance",
      CONFORMANCE,
    ]] as const
  ) {
    const { code, stdout } = await runProgram(name, ["completions", "bash"]);
    assertEquals([code, stdout], [0, completions(manual, ["bash"])]);
    const wrong = await runProgram(name, ["completions", "bsh"]);
    assertEquals([wrong.code, wrong.stdout], [2, ""]);
    assertStringIncludes(wrong.stderr, "There are no completions for bsh; did you mean bash?");
  }
  assertThrows(() => completions(CLIENT, []), UsageError, "completions lacks SHELL: bash, zsh");
});
