import { assertEquals, assertMatch, assertStringIncludes, assertThrows } from "@std/assert";
import { RunningServer, runProgram } from "../cli/testing.ts";
import { UsageError } from "../cli/options.ts";
import { connect } from "../protocol/transport/mod.ts";
import { metricsPlace } from "./serve_metrics.ts";
import { hear, say } from "./testing.ts";

const unix = { ignore: Deno.build.os === "windows" };

Deno.test("numbers are for this machine only, and a place that is none is a usage error", () => {
  for (const url of ["tcp://127.0.0.1:0", "tcp://[::1]:9090", "unix:///x.sock"]) metricsPlace(url);
  for (const url of ["tcp://0.0.0.0:0", "tcp://[::]:0", "tcp://10.0.0.1:0", "tls://127.0.0.1:0"]) {
    assertThrows(() => metricsPlace(url), UsageError, "for this machine only");
  }
  for (const url of ["9090", "tcp://127.0.0.1", "http://127.0.0.1:9090"]) {
    assertThrows(() => metricsPlace(url), UsageError, "--metrics: Cannot use endpoint");
  }
});

/** What a server with --metrics on a Unix socket says on it. */
async function askOver(path: string): Promise<string> {
  const client = await connect(`unix://${path}`);
  await say(client, "GET /healthz HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
  const said = await hear(client) ?? "";
  client.close();
  return said;
}

Deno.test(
  "--metrics on a Unix socket: its mode, one that was left over, one in use",
  unix,
  async () => {
    const folder = await Deno.makeTempDir(), path = `${folder}/m.sock`;
    const args = ["--listen", "tcp://:0", "--metrics", `unix://${path}`];
    const mode = async () => ((await Deno.lstat(path)).mode ?? 0) & 0o777;
    try {
      const killed = await RunningServer.start(args, 1);
      assertEquals(await mode(), 0o600);
      assertMatch(await askOver(path), /^HTTP\/1.1 200 /);
      const second = await runProgram("server", args);
      assertEquals(second.code, 1, second.stderr);
      assertStringIncludes(second.stderr, "another server listens there");
      await killed[Symbol.asyncDispose]();
      assertEquals((await Deno.lstat(path)).isSocket, true);
      await using server = await RunningServer.start([...args, "--socket-mode", "660"], 1);
      assertEquals(await mode(), 0o660);
      assertMatch(await askOver(path), /^HTTP\/1.1 200 /);
      server.kill("SIGTERM");
      assertEquals((await server.ended()).code, 0);
      assertEquals([...Deno.readDirSync(folder)], []);
    } finally {
      await Deno.remove(folder, { recursive: true });
    }
  },
);

Deno.test("a port of --metrics that is taken is told in a sentence", async () => {
  using taken = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const { code, stderr } = await runProgram("server", [
    ...["--listen", "tcp://:0", "--metrics", `tcp://127.0.0.1:${taken.addr.port}`],
  ]);
  assertEquals(code, 1);
  assertMatch(stderr, /^nonstick-server: Cannot listen on tcp:.* another program listens there/m);
});

Deno.test("/healthz says 503 while the server stops", unix, async () => {
  const folder = await Deno.makeTempDir(), path = `${folder}/m.sock`;
  try {
    await using server = await RunningServer.start(
      ["--listen", "tcp://:0?framing=line", "--metrics", `unix://${path}`],
      1,
    );
    const held = await connect(server.urls[0] ?? "");
    await say(held, "x\n");
    assertEquals(await hear(held), "x\n");
    assertMatch(await askOver(path), /^HTTP\/1.1 200 /);
    server.kill("SIGTERM");
    await server.logged(/draining/);
    assertMatch(await askOver(path), /^HTTP\/1.1 503 /);
    held.close();
    assertEquals((await server.ended()).code, 0);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});

Deno.test("who asks for the numbers and never ends keeps no server from ending", unix, async () => {
  const folder = await Deno.makeTempDir(), path = `${folder}/m.sock`;
  try {
    await using server = await RunningServer.start(
      ["--listen", "tcp://:0", "--metrics", `unix://${path}`],
      1,
      30_000,
    );
    const idle = await connect(`unix://${path}`), half = await connect(`unix://${path}`);
    await say(half, "GET /metrics HTT");
    await askOver(path);
    server.kill("SIGTERM");
    assertEquals((await server.ended()).code, 0);
    idle.close();
    half.close();
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});
