import { assertEquals } from "@std/assert";

/** What `runDeno` is to run in these tests; it says when it is ready, so that nobody has to sleep. */
const CHILD = `
const [work, ...rest] = Deno.args;
if (work === "echo") {
  for await (const chunk of Deno.stdin.readable) await Deno.stdout.write(chunk);
  console.error(JSON.stringify(rest));
  Deno.exit(7);
}
if (work === "die") Deno.kill(Deno.pid, "SIGKILL");
const alive = setInterval(() => {}, 1000);
Deno.addSignalListener(work, () => { console.log("got " + work); clearInterval(alive); });
console.log("ready");
`;

/** Runs the body beside a deno that has handed over to CHILD by `runDeno`. */
async function withParent(
  args: readonly string[],
  body: (parent: Deno.ChildProcess) => Promise<void>,
): Promise<void> {
  const folder = await Deno.makeTempDir();
  try {
    const module = JSON.stringify(import.meta.resolve("./child.ts"));
    const argv = JSON.stringify(["run", "--no-config", "-A", `${folder}/child.ts`, ...args]);
    const parent = `import { runDeno } from ${module}; Deno.exit(await runDeno(${argv}));`;
    await Deno.writeTextFile(`${folder}/child.ts`, CHILD);
    await Deno.writeTextFile(`${folder}/parent.ts`, parent);
    const command = new Deno.Command(Deno.execPath(), {
      args: ["run", "--no-config", "-A", `${folder}/parent.ts`],
      stdin: "piped",
      stdout: "piped",
      stderr: "piped",
    });
    await body(command.spawn());
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

Deno.test("runDeno passes arguments, stdin, stdout, stderr and the exit code through", async () => {
  const args = ["--flag", "a b", "", "*", "$HOME", "--", '"'];
  await withParent(["echo", ...args], async (parent) => {
    const writer = parent.stdin.getWriter();
    await writer.write(new Uint8Array([0, 255, 10, 13]));
    await writer.close();
    const { code, stdout, stderr } = await parent.output();
    assertEquals(code, 7);
    assertEquals(stdout, new Uint8Array([0, 255, 10, 13]));
    assertEquals(new TextDecoder().decode(stderr), `${JSON.stringify(args)}\n`);
  });
});

for (const signal of ["SIGINT", "SIGTERM"] as const) {
  Deno.test({
    name: `runDeno hands ${signal} on and waits for the child's own end`,
    ignore: Deno.build.os === "windows",
    fn: () =>
      withParent([signal], async (parent) => {
        let said = "";
        for await (const text of parent.stdout.pipeThrough(new TextDecoderStream())) {
          said += text;
          if (said === "ready\n") parent.kill(signal);
        }
        await parent.stdin.close();
        await parent.stderr.cancel();
        assertEquals(said, `ready\ngot ${signal}\n`);
        assertEquals((await parent.status).code, 0);
      }),
  });
}

Deno.test({
  name: "runDeno gives 128 + the number of the signal that ended the child",
  ignore: Deno.build.os === "windows",
  fn: () =>
    withParent(["die"], async (parent) => {
      await parent.stdin.close();
      const { code, signal } = await parent.output();
      assertEquals({ code, signal }, { code: 128 + 9, signal: null });
    }),
});
