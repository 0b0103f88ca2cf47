import { assertEquals, assertStringIncludes } from "@std/assert";
import { projectPath, readJson } from "./project.ts";

/** Runs the task runner as `deno task` does; gives its exit code and what it said on stderr. */
async function runTask(...args: string[]): Promise<{ code: number; stderr: string }> {
  const { code, stderr } = await new Deno.Command(Deno.execPath(), {
    args: ["run", "-A", projectPath("tools/task.ts"), ...args],
    stdin: "null",
    stdout: "null",
  }).output();
  return { code, stderr: new TextDecoder().decode(stderr) };
}

Deno.test("the task runner names its tasks to who asks for another", async () => {
  for (const name of ["nope", "constructor", ""]) {
    const { code, stderr } = await runTask(name);
    assertEquals(code, 2);
    assertStringIncludes(stderr, `No task "${name}". There are: test, prove, `);
  }
});

Deno.test("the task runner hands arguments on, without npm's --, and the exit code back", async () => {
  for (const args of [["--no-such-option"], ["--", "--no-such-option"]]) {
    const { code, stderr } = await runTask("compile", ...args);
    assertEquals(code, 2);
    assertStringIncludes(stderr, 'compile: "--no-such-option" is not known');
  }
});

Deno.test("deno.json has every task of the runner, and no other", async () => {
  const { stderr } = await runTask("");
  const known = /There are: (.*)\./.exec(stderr)?.[1]?.split(", ") ?? [];
  assertEquals(Object.keys(readJson("deno.json").tasks ?? {}).sort(), known.sort());
});
