/**
 * The program with datagrams: the UDP clients of the socket tutorials, written in Python, against our server.
 * @module
 */
import { assert, assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { RunningServer, runProgram } from "../../cli/testing.ts";
import { openDatagrams } from "../../protocol/transport/mod.ts";
import { projectPath } from "../../tools/project.ts";

const unix = { ignore: Deno.build.os === "windows" };

async function python(script: string, ...args: string[]): Promise<string> {
  const { success, stdout, stderr } = await new Deno.Command("python3", {
    args: ["-B", projectPath(`server/dialects/testdata/${script}_client.py`), ...args],
    signal: AbortSignal.timeout(60_000),
  }).output();
  assert(success, new TextDecoder().decode(stderr));
  return new TextDecoder().decode(stdout);
}

Deno.test("the tutorials' clients over UDP and over a Unix datagram socket", unix, async () => {
  const folder = await Deno.makeTempDir();
  const SERVICES = ["echo", "upper", "hello"];
  await using server = await RunningServer.start([
    ...SERVICES.flatMap((speak) => ["--listen", `udp://:0?speak=${speak}`]),
    ...["--listen", `unixgram://${folder}/upper.sock?speak=upper`],
  ], 4);
  const ports = server.urls.slice(0, 3).map((url) => new URL(url).port);
  assertEquals(await python("udp", ports[0] ?? "", "abc", "粘包", ""), "abc\n粘包\n\n");
  assertEquals(await python("udp", ports[1] ?? "", "abc", "粘包 x"), "ABC\n粘包 X\n");
  assertEquals(
    await python("udp", ports[2] ?? "", "Michael", "Tracy"),
    "Hello, Michael!\nHello, Tracy!\n",
  );
  assertEquals(await python("unixgram", `${folder}/upper.sock`, "abc", "def"), "ABC\nDEF\n");
  assertEquals(server.urls[3], `unixgram://${folder}/upper.sock?speak=upper`);
  server.kill("SIGTERM");
  const { code, stderr } = await server.ended();
  assertEquals(code, 0, stderr);
  assertStringIncludes(stderr, `Try: nonstick --to '${server.urls[1]}' upper world\n`);
  // The file of the socket is gone with the server; that of the client is Python's.
  const left = await Array.fromAsync(Deno.readDir(folder), ({ name }) => name);
  assertEquals(left, ["upper.sock.client"]);
  await Deno.remove(folder, { recursive: true });
});

Deno.test(
  "answers go out though the server has given up its powers; refusals are logged",
  unix,
  async () => {
    await using server = await RunningServer.start(
      ["--listen", "udp://:0", "--log", "json", "--deny", "127.0.0.9"],
      1,
    );
    await using client = await openDatagrams("udp://127.0.0.1:0");
    const [url = ""] = server.urls;
    assertMatch(url, /^udp:\/\/127\.0\.0\.1:\d+\?speak=echo$/);
    await client.send(new Uint8Array(65_507), url);
    assertEquals((await client.receive())?.bytes.length, 65_507);
    await using denied = await openDatagrams("udp://127.0.0.9:0");
    await denied.send(new Uint8Array(3), url);
    await client.send(new Uint8Array(1), url);
    assertEquals((await client.receive())?.bytes.length, 1);
    server.kill("SIGTERM");
    const { code, stderr } = await server.ended();
    assertEquals(code, 0);
    const line = stderr.split("\n").find((line) => line.includes("datagram-refused")) ?? "{}";
    const { peer, why, bytes } = JSON.parse(line);
    assertEquals([peer, why, bytes], [denied.endpoint, "not-admitted", 3]);
  },
);

Deno.test("what cannot be served over datagrams is refused with a reason", async () => {
  for (
    const [url, problem] of [
      ["udp://:0?speak=native", "native needs a stream, not udp"],
      ["udp://:0?framing=line", "A datagram is a frame already"],
      [
        "udp://:0?speak=files-json",
        "files-json needs a stream; datagrams carry echo, upper, hello",
      ],
    ] as const
  ) {
    const { code, stderr } = await runProgram("server", ["--listen", url]);
    assertEquals(code, 2);
    assertStringIncludes(stderr, problem);
  }
});
