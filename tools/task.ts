/**
 * Runs the tasks of `deno.json`: `deno task NAME ARGS…`. Each is deno itself with the flags that make
 * `@std/*` resolve (see `std.ts`), so every task works with and without JSR.
 *
 * @module
 */

import { runDeno } from "./child.ts";
import { permissionFlags, type Program, programs, testFlags } from "./programs.ts";
import { projectPath } from "./project.ts";
import { stdFlags } from "./std.ts";

/** What deno is to run: `deno COMMAND FLAGS… ARGS…`. */
interface Task {
  readonly command: "run" | "test";
  readonly flags: readonly string[];
  /** Relative paths are meant from where the user stands, not from the root of the project. */
  readonly fromUser?: boolean;
}

const tasks: Readonly<Record<string, Task>> = {
  test: script("tools/test.ts"),
  prove: script("tools/prove/main.ts"),
  server: program(programs.server),
  client: program(programs.client),
  conformance: program(programs.conformance),
  compile: script("tools/compile.ts"),
  smoke: { command: "test", flags: [...testFlags, projectPath("tools/smoke.ts")] },
  bench: script("bench/main.ts"),
  abuse: script("tools/abuse/main.ts"),
  soak: script("tools/soak/main.ts"),
  coverage: script("tools/coverage.ts"),
  zoo: script("conformance/zoo/main.ts"),
  rivals: script("conformance/rivals/main.ts"),
  threats: script("tools/threats/main.ts"),
  fuzz: script("tools/fuzz/main.ts"),
  man: script("tools/man.ts"),
  check: script("tools/check.ts"),
};

/** A program with its own permissions, as it would run when compiled. */
function program(program: Program): Task {
  return {
    command: "run",
    flags: [...permissionFlags(program), projectPath(program.main)],
    fromUser: true,
  };
}

/** A script for work on the project itself. */
function script(path: string): Task {
  return { command: "run", flags: ["-A", projectPath(path)] };
}

const [name = "", ...args] = Deno.args;
const task = Object.hasOwn(tasks, name) ? tasks[name] : undefined;
if (task === undefined) {
  console.error(`No task "${name}". There are: ${Object.keys(tasks).join(", ")}.`);
  Deno.exit(2);
}
// `deno task NAME -- ARGS` hands on the "--", npm's users write it out of habit.
if (args[0] === "--") args.shift();
const config = ["--config", projectPath("deno.json")];
const cwd = task.fromUser ? Deno.env.get("INIT_CWD") : undefined;
Deno.exit(
  await runDeno(
    [task.command, ...config, ...await stdFlags(), ...task.flags, ...args],
    cwd === undefined ? {} : { cwd },
  ),
);
