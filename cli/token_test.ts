import { assertEquals, assertRejects, assertStringIncludes } from "@std/assert";
import { RunningServer, runProgram } from "./testing.ts";
import { readToken, TOKEN_VARIABLE } from "./token.ts";
import { UsageError } from "./options.ts";

const SECRET = "correct horse battery staple";
const NOWHERE = { ask: false, file: undefined, tell: () => {}, variable: () => undefined };

function textOf(token: Uint8Array | undefined): string | undefined {
  return token && new TextDecoder().decode(token);
}

Deno.test("the token comes from the terminal, a file or the environment", async () => {
  assertEquals(await readToken(NOWHERE), undefined);
  const variable = (name: string) => name === TOKEN_VARIABLE ? SECRET : undefined;
  assertEquals(textOf(await readToken({ ...NOWHERE, variable })), SECRET);
  const file = await Deno.makeTempFile();
  await Deno.writeTextFile(file, "in a file, long enough\r\n");
  assertEquals(textOf(await readToken({ ...NOWHERE, variable, file })), "in a file, long enough");
  await Deno.remove(file);
  const prompt = () => "typed, and long enough";
  assertEquals(textOf(await readToken({ ...NOWHERE, ask: true, prompt })), prompt());
  const nobody = readToken({ ...NOWHERE, ask: true, prompt: () => null });
  assertStringIncludes((await assertRejects(() => nobody, UsageError)).message, TOKEN_VARIABLE);
  const short = await assertRejects(
    () => readToken({ ...NOWHERE, variable: () => "hunter2" }),
    UsageError,
  );
  assertEquals(short.message.includes("hunter2"), false);
});

Deno.test({
  name: "nothing secret is in the command line, the log or an error",
  ignore: Deno.build.os !== "linux",
  async fn() {
    const file = await Deno.makeTempFile(), wrong = await Deno.makeTempFile();
    await Deno.writeTextFile(file, SECRET);
    await Deno.writeTextFile(wrong, SECRET.toUpperCase());
    await using server = await RunningServer.start(
      ["--listen", "tcp://:0", "--token-file", file, "--log", "json"],
      1,
    );
    // As everybody on the machine sees it, in /proc/PID/cmdline.
    const ps = await new Deno.Command("ps", { args: ["-ww", "-o", "args=", "-p", `${server.pid}`] })
      .output();
    const commandLine = new TextDecoder().decode(ps.stdout);
    assertStringIncludes(commandLine, file);
    const refused = await runProgram("client", [
      ...["--to", server.urls[0] ?? "", "--token-file", wrong, "echo", "hi"],
    ]);
    assertEquals(refused.code, 4);
    server.kill("SIGTERM");
    const { stdout, stderr } = await server.ended();
    const said = [commandLine, stdout, stderr, refused.stdout, refused.stderr].join().toLowerCase();
    assertEquals(said.includes(SECRET), false);
    for (const path of [file, wrong]) await Deno.remove(path);
  },
});
