import { assertEquals, assertStringIncludes } from "@std/assert";
import { RunningServer, runProgram } from "../cli/testing.ts";

/** What `--check-powers` says, by power. */
async function powers(...args: string[]): Promise<Record<string, string>> {
  const { code, stdout, stderr } = await runProgram("server", ["--check-powers", ...args]);
  assertEquals(code, 0, stderr);
  return Object.fromEntries(
    [...stdout.matchAll(/^power (\w+) (.*)$/gm)].map((found) => found.slice(1)),
  );
}

const GONE = "given up, denied", KEPT = "kept, works";

Deno.test("a server that only talks can neither connect, read, write nor run", async () => {
  const all = await powers("--listen", "tcp://:0");
  assertEquals(all, {
    net: GONE,
    read: GONE,
    write: GONE,
    run: GONE,
    env: GONE,
    sys: GONE,
    ffi: GONE,
  });
});

Deno.test("each service keeps what it needs, and nothing else", async () => {
  const files = await powers("--listen", "tcp://:0", "--root", ".");
  assertEquals([files["read"], files["write"], files["run"], files["net"]], [
    KEPT,
    GONE,
    GONE,
    GONE,
  ]);
  const exec = await powers("--listen", "tcp://:0", "--allow-exec", "true");
  assertEquals([exec["read"], exec["write"], exec["run"], exec["net"]], [GONE, GONE, KEPT, GONE]);
});

Deno.test({
  name: "what a SIGHUP reads again can be read, and nothing can be written",
  ignore: Deno.build.os === "windows",
  async fn() {
    const file = await Deno.makeTempFile();
    await Deno.writeTextFile(file, '{ "listen": "tcp://:0" }');
    const all = await powers("--config", file);
    assertEquals([all["read"], all["write"], all["net"], all["env"]], [KEPT, GONE, GONE, GONE]);
    await Deno.remove(file);
  },
});

Deno.test("what was accepted goes on without the power to connect", async () => {
  await using server = await RunningServer.start(["--listen", "tcp://:0"], 1);
  for (let i = 0; i < 3; i++) {
    const { stdout } = await runProgram("client", [
      "--to",
      server.urls[0] ?? "",
      "echo",
      `hi ${i}`,
    ]);
    assertStringIncludes(stdout, `hi ${i}`);
  }
});
