import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { RunningServer } from "../cli/testing.ts";
import { projectPath } from "../tools/project.ts";

const unix = { ignore: Deno.build.os === "windows" };

async function python(
  server: RunningServer,
  args: readonly string[],
  input: Uint8Array = new Uint8Array(0),
): Promise<{ code: number; stdout: Uint8Array; stderr: string }> {
  const { hostname, port } = new URL(server.urls[0] ?? "");
  const child = new Deno.Command("python3", {
    args: [projectPath("clients/nonstick1.py"), hostname, port, ...args],
    stdin: "piped",
    stdout: "piped",
    stderr: "piped",
    signal: AbortSignal.timeout(60_000),
  }).spawn();
  const writer = child.stdin.getWriter();
  const feeding = writer.write(input.slice()).then(() => writer.close()).catch(() => {});
  const { code, stdout, stderr } = await child.output();
  await feeding;
  return { code, stdout, stderr: new TextDecoder().decode(stderr) };
}

Deno.test(
  "a client written from PROTOCOL.md alone: echo, upper, exec, credit, errors",
  unix,
  async () => {
    await using server = await RunningServer.start(
      ["--listen", "tcp://:0", "--allow-exec", "sh"],
      1,
    );
    const large = crypto.getRandomValues(new Uint8Array(65_536));
    const megabytes = new Uint8Array(160 * large.length);
    for (let at = 0; at < megabytes.length; at += large.length) megabytes.set(large, at);
    const echo = await python(server, ["echo"], megabytes);
    assertEquals([echo.code, echo.stderr], [0, ""]);
    assert(echo.stdout.every((byte, i) => byte === megabytes[i]));
    assertEquals(echo.stdout.length, megabytes.length);
    const upper = await python(server, ["upper"], new TextEncoder().encode("abc"));
    assertEquals(new TextDecoder().decode(upper.stdout), "ABC");
    const argv = ["sh", "-c", "cat; echo err >&2; exit 7"];
    const exec = await python(server, ["exec", JSON.stringify({ argv })], large);
    assertEquals([exec.code, exec.stderr, exec.stdout], [7, "err\n", large]);
    const none = await python(server, ["none"]);
    assertEquals(none.code, 1);
    assertStringIncludes(none.stderr, "unknown-service: There is no service none here");
  },
);

Deno.test(
  "the same client proves that it knows the token, and notices who does not",
  unix,
  async () => {
    const file = await Deno.makeTempFile();
    await Deno.writeTextFile(file, "0123456789abcdef\n");
    await using server = await RunningServer.start(
      ["--listen", "tcp://:0", "--token-file", file],
      1,
    );
    const right = await python(server, ["echo", "{}", "0123456789abcdef"], Uint8Array.of(1));
    assertEquals([right.code, right.stdout], [0, Uint8Array.of(1)]);
    assertStringIncludes(
      (await python(server, ["echo", "{}", "wrong"])).stderr,
      "auth: The token is wrong",
    );
    assertStringIncludes((await python(server, ["echo"])).stderr, "auth: A token is needed here");
    await Deno.remove(file);
  },
);
