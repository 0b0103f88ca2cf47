/**
 * Our client against the servers of the socket tutorials, written in Python from the table of docs/DIALECTS.md.
 * @module
 */
import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { type Ended, runProgram } from "../../cli/testing.ts";
import { projectPath } from "../../tools/project.ts";

const unix = { ignore: Deno.build.os === "windows" };

/** Our client with the server of a dialect. */
async function withPython(
  dialect: string,
  args: readonly string[],
  body: (nonstick: (args: readonly string[], input?: string) => Promise<Ended>) => Promise<void>,
): Promise<void> {
  const script = `client/dialects/testdata/${dialect.replaceAll("-", "_")}_server.py`;
  const server = new Deno.Command("python3", {
    args: ["-B", projectPath(script), ...args],
    stdin: "null",
    stdout: "piped",
    signal: AbortSignal.timeout(60_000),
  }).spawn();
  const reader = server.stdout.getReader();
  try {
    const { value } = await reader.read();
    const port = new TextDecoder().decode(value).trim();
    await body((args, input) =>
      runProgram("client", ["--to", `tcp://127.0.0.1:${port}?speak=${dialect}`, ...args], input)
    );
  } finally {
    server.kill("SIGKILL");
    await reader.cancel();
    await server.status;
  }
}

Deno.test("upper and hello", unix, async () => {
  await withPython("upper", [], async (nonstick) => {
    assertEquals((await nonstick(["upper", "abc 粘包"])).stdout, "ABC 粘包\n");
  });
  await withPython("hello", [], async (nonstick) => {
    assertEquals(
      (await nonstick(["hello", "A", "Bo"])).stdout,
      "Welcome!\nHello, A!\nHello, Bo!\n",
    );
  });
});

Deno.test("exec: words stay words, outputs of any size, several commands", unix, async () => {
  const large = ["python3", "-c", "print('x' * 1048575)"];
  for (const dialect of ["exec-raw", "exec-i32le", "exec-json", "exec-info"]) {
    await withPython(dialect, [], async (nonstick) => {
      const one = await nonstick(["exec", "--", "printf", "%s|", "a b", "$HOME", "'"]);
      assertEquals([one.code, one.stdout], [0, "a b|$HOME|'|"], dialect + one.stderr);
      const none = await nonstick(["exec", "true"]);
      assertEquals(none.stdout, dialect === "exec-raw" ? "no output!" : "", dialect);
      const all = await nonstick(["exec", "--", ...large]);
      assert(all.stdout === `${"x".repeat(1_048_575)}\n`, `${dialect}: ${all.stdout.length}`);
      if (dialect === "exec-raw") return;
      const several = await nonstick(["exec"], "echo one\n\nprintf two\nexit\n");
      assertEquals([several.code, several.stdout], [0, "one\ntwo"], dialect + several.stderr);
    });
  }
});

Deno.test("exec --encoding: output of old Windows peers", unix, async () => {
  await withPython("exec-i32le", [], async (nonstick) => {
    const gbk = ["exec", "--encoding", "gbk", "--", "printf", "\\325\\263\\260\\374"];
    assertEquals((await nonstick(gbk)).stdout, "粘包");
  });
  const wrong = await runProgram("client", ["exec", "--encoding", "klingon", "true"]);
  assertEquals(wrong.code, 2);
  assertStringIncludes(wrong.stderr, "there is no such encoding");
});

Deno.test("files: put and get, whole and missing", unix, async () => {
  const root = await Deno.makeTempDir(), here = await Deno.makeTempDir();
  const bytes = crypto.getRandomValues(new Uint8Array(50_000));
  await Deno.writeFile(`${here}/a.bin`, bytes);
  await withPython("files-json", [root], async (nonstick) => {
    assertEquals((await nonstick(["put", `${here}/a.bin`])).code, 0);
    const get = await nonstick(["get", "a.bin", "-o", `${here}/back`]);
    assertEquals([get.code, get.stderr], [0, ""]);
    assertEquals(await Deno.readFile(`${here}/back`), bytes);
    const missing = await nonstick(["get", "none", "--into", here]);
    assertEquals(missing.code, 1);
    assertStringIncludes(missing.stderr, "There is no none");
    const there = await nonstick(["get", "a.bin", "--into", here]);
    assertEquals(there.code, 1);
    assertStringIncludes(there.stderr, "is there already");
  });
  await Deno.writeFile(`${here}/p.bin`, bytes);
  await withPython("files-pipe", [root], async (nonstick) => {
    assertEquals((await nonstick(["put", `${here}/p.bin`])).code, 0);
    for (let i = 0; i < 200 && (await Deno.stat(`${root}/p.bin`)).size < bytes.length; i++) {
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  });
  assertEquals(await Deno.readFile(`${root}/p.bin`), bytes);
  await Promise.all([root, here].map((path) => Deno.remove(path, { recursive: true })));
});

Deno.test("chat", unix, async () => {
  await withPython("chat-raw", [], async (nonstick) => {
    const { code, stdout, stderr } = await nonstick(["chat"], "hi\n粘包\n");
    assertEquals([code, stdout], [0, "you said: hi\nyou said: 粘包\n"], stderr);
  });
});
