import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { type Ended, RunningServer, runProgram, startProgram } from "../cli/testing.ts";

const unix = { ignore: Deno.build.os === "windows" };

/** Runs `nonstick exec` against a server that allows `programs`. */
async function withExec(
  body: (
    exec: (words: string[], input?: string, options?: string[]) => Promise<Ended>,
  ) => Promise<void>,
  ...flags: string[]
): Promise<void> {
  await using server = await RunningServer.start(
    ["--listen", "tcp://:0", "--allow-exec", "sh,cat,printf,nothing-there", ...flags],
    1,
  );
  await body((words, input, options = []) =>
    runProgram("client", ["--to", server.urls[0] ?? "", ...options, "exec", "--", ...words], input)
  );
}

Deno.test(
  "exec: outputs apart, input streamed, exit code passed on",
  unix,
  () =>
    withExec(async (exec) => {
      assertEquals(await exec(["sh", "-c", "echo out; echo err >&2; exit 3"]), {
        code: 3,
        stdout: "out\n",
        stderr: "err\n",
      });
      const text = "line\n".repeat(100_000);
      const { code, stdout } = await exec(["cat"], text);
      assertEquals(code, 0);
      assert(stdout === text);
      assertEquals((await exec(["sh", "-c", "kill -9 $$"])).code, 137);
      assertEquals((await exec(["printf", "%s", "-n; $HOME `id`"])).stdout, "-n; $HOME `id`");
    }),
);

Deno.test("exec: own failures are 255 and say why", unix, () =>
  withExec(
    async (exec) => {
      const table: [string[], string][] = [
        [["ls"], "The program ls is not allowed here"],
        [["nothing-there"], "There is no program nothing-there"],
        [["sh", "-c", "yes"], "wrote more than the server allows"],
        [["sh", "-c", "sleep 1000"], "ran longer than"],
      ];
      for (const [words, problem] of table) {
        const { code, stderr } = await exec(words);
        assertEquals(code, 255, stderr);
        assertStringIncludes(stderr, problem);
      }
    },
    "--exec-output",
    "100000",
    "--exec-timeout",
    "0.5",
  ));

Deno.test("exec --json tells the streams apart", unix, () =>
  withExec(async (exec) => {
    const { stdout } = await exec(["sh", "-c", "echo a; sleep 0.1; echo b >&2"], "", ["--json"]);
    assertEquals(stdout, '{"stream":"out","text":"a\\n"}\n{"stream":"err","text":"b\\n"}\n');
  }));

Deno.test("exec does not exist unless it was granted", unix, async () => {
  await using server = await RunningServer.start(["--listen", "tcp://:0"], 1);
  const { code, stderr } = await runProgram("client", ["--to", server.urls[0] ?? "", "exec", "ls"]);
  assertEquals(code, 255);
  assertStringIncludes(stderr, "There is no service exec here");
});

Deno.test(
  "exec: when the client is interrupted or killed, nothing is left on the server",
  unix,
  async () => {
    await using server = await RunningServer.start(
      ["--listen", "tcp://:0", "--allow-exec", "sh"],
      1,
    );
    for (const signal of ["SIGINT", "SIGKILL"] as const) {
      const script = 'sh -c "trap \\"\\" INT TERM; sleep 1000" & echo $! $$; wait';
      const client = await startProgram("client", [
        ...["--to", server.urls[0] ?? "", "exec", "--", "sh", "-c", script],
      ]);
      const reader = client.stdout.getReader();
      const pids = new TextDecoder().decode((await reader.read()).value).trim().split(" ").map(
        Number,
      );
      assertEquals(pids.length, 2);
      client.kill(signal);
      await reader.cancel();
      const { code } = await client.status;
      assertEquals(code, signal === "SIGINT" ? 130 : 137);
      for (const pid of pids) {
        for (let i = 0; lives(pid); i++) {
          assert(i < 1000, `process ${pid} lives on after ${signal}`);
          await new Promise((resolve) => setTimeout(resolve, 10));
        }
      }
    }
  },
);

/** Whether a process is still there, a zombie not counted. */
function lives(pid: number): boolean {
  const { code, stdout } = new Deno.Command("ps", { args: ["-o", "stat=", "-p", String(pid)] })
    .outputSync();
  return code === 0 && !new TextDecoder().decode(stdout).startsWith("Z");
}
