import {
  assertEquals,
  assertMatch,
  assertRejects,
  assertStringIncludes,
  assertThrows,
} from "@std/assert";
import { canRun, RunningServer, runProgram } from "../../cli/testing.ts";
import { UsageError } from "../../cli/options.ts";
import { connect, parseEndpoint } from "../../protocol/transport/mod.ts";
import { projectPath } from "../../tools/project.ts";
import { hear, hearAll, say } from "../testing.ts";
import { requirePassed } from "./passed_sockets.ts";

/** Passing a socket takes a parent that can. */
const ignore = Deno.build.os !== "linux" || !await canRun("python3");

function passing(place: string, ...when: string[]): string[] {
  return ["python3", projectPath("server/testdata/pass_socket.py"), ...when, place];
}

async function start(place: string, ...args: string[]): Promise<RunningServer> {
  return await RunningServer.start(args, 1, undefined, passing(place));
}

Deno.test("only sockets that were passed to this very process are listened on", () => {
  const passed = (fds: string | undefined, to: number) => ({
    variable: (name: string) => name === "LISTEN_FDS" ? fds : String(to),
    pid: 7,
  });
  const plan = (text: string) => ({ endpoint: parseEndpoint(text) });
  requirePassed(plan("fd://3"), passed("1", 7));
  requirePassed(plan("fd://4"), passed("2", 7));
  requirePassed(plan("tcp://:0"), passed(undefined, 7));
  for (
    const [fd, facts, problem] of [
      [4, passed("1", 7), "1 were passed, from fd://3 on"],
      [3, passed("1", 8), "no socket was passed"],
      [3, passed(undefined, 7), "no socket was passed"],
      [3, passed("-1", 7), "-1 were passed"],
      [3, passed("many", 7), "passed"],
    ] as const
  ) {
    const { message } = assertThrows(() => requirePassed(plan(`fd://${fd}`), facts), UsageError);
    assertStringIncludes(message, problem);
  }
});

Deno.test({
  name: "a TCP socket that was passed is served: its address is told, frames and ends arrive",
  ignore,
  async fn() {
    await using server = await start("tcp://127.0.0.1", "--listen", "fd://3?framing=line");
    const [url = ""] = server.urls;
    assertMatch(url, /^tcp:\/\/127\.0\.0\.1:[1-9]\d*\?speak=echo&framing=line$/);
    const client = await connect(url);
    await say(client, "one\ntw");
    assertEquals(await hear(client), "one\n");
    await say(client, "o\n");
    await client.closeWrite();
    assertEquals(await hearAll(client), "two\n");
    client.close();
    // More than any buffer between the two holds.
    const line = `${"x".repeat(999_999)}\n`, long = line.repeat(8);
    const big = await connect(url);
    const saying = say(big, long).then(() => big.closeWrite());
    assertEquals(await hearAll(big) === long, true);
    await saying;
    big.close();
    server.kill("SIGTERM");
    const { code, stderr } = await server.ended();
    assertEquals(code, 0, stderr);
    assertStringIncludes(stderr, "Open to this machine");
  },
});

Deno.test({
  name: "a Unix socket that was passed is served",
  ignore,
  async fn() {
    const folder = await Deno.makeTempDir();
    await using server = await start(`unix:${folder}/s`, "--listen", "fd://3");
    assertEquals(server.urls, ["fd://3"]);
    const echo = await runProgram("client", ["--to", `unix://${folder}/s`, "echo", "hi"]);
    assertEquals([echo.code, echo.stdout], [0, "hi\n"], echo.stderr);
    server.kill("SIGTERM");
    assertEquals((await server.ended()).code, 0);
    // It is not ours to remove.
    assertEquals((await Deno.lstat(`${folder}/s`)).isSocket, true);
    await Deno.remove(folder, { recursive: true });
  },
});

/** Places of sockets that are passed, and where they are then. */
const PLACES = {
  TCP: () => ({ place: "tcp://127.0.0.1", at: (port = "") => `tcp://127.0.0.1:${port}` }),
  Unix: (folder: string) => ({ place: `unix:${folder}/s`, at: () => `unix://${folder}/s` }),
};

for (const [kind, placeIn] of Object.entries(PLACES)) {
  Deno.test({
    name: `connections that wait at a passed ${kind} socket before the server runs are served`,
    ignore,
    async fn() {
      const folder = await Deno.makeTempDir();
      const { place, at } = placeIn(folder);
      const parent = passing(place, "--when-called");
      const args = ["--listen", "fd://3?framing=line"];
      await using server = await RunningServer.start(args, 0, undefined, parent);
      const [, port] = await server.logged(/^waiting at (\S+)$/m);
      const early = await Promise.all(Array.from({ length: 20 }, () => connect(at(port))));
      // Who has said all by then, and who has gone again.
      await Promise.all(early.map((client, i) => say(client, `early ${i}\n`)));
      await Promise.all(early.filter((_, i) => i % 2 === 0).map((client) => client.closeWrite()));
      for (const client of early.splice(0, 4)) client.close();
      for (const [i, client] of early.entries()) {
        assertEquals(await hear(client), `early ${i + 4}\n`);
        await client.closeWrite().catch(() => {});
        assertEquals(await hearAll(client), "");
        client.close();
      }
      server.kill("SIGTERM");
      const { code, stderr } = await server.ended();
      assertEquals(code, 0, stderr);
      await Deno.remove(folder, { recursive: true });
    },
  });

  Deno.test({
    name: `who has ended its side of a connection to a passed ${kind} socket is answered`,
    ignore,
    async fn() {
      const folder = await Deno.makeTempDir();
      const { place, at } = placeIn(folder);
      const program = ["run", "-A", "--no-check", projectPath("server/testdata/late_answer.ts")];
      const [command = "", ...args] = [...passing(place), Deno.execPath(), ...program];
      const signal = AbortSignal.timeout(60_000);
      const child = new Deno.Command(command, { args, stdin: "piped", stdout: "piped", signal })
        .spawn();
      const lines = child.stdout.pipeThrough(new TextDecoderStream()).getReader();
      const [, port] = (await lines.read()).value?.match(/(\d+)$/m) ?? [];
      const client = await connect(at(port));
      await say(client, "abc");
      await client.closeWrite();
      assertEquals((await lines.read()).value, "read to the end\n");
      // Time for a runtime that hangs up by itself to do so.
      await new Promise((resolve) => setTimeout(resolve, 50));
      await child.stdin.close();
      assertEquals(await hearAll(client), "3 bytes");
      client.close();
      await lines.cancel();
      assertEquals((await child.status).code, 0);
      await Deno.remove(folder, { recursive: true });
    },
  });
}

Deno.test({
  name: "a passed socket that others reach is refused like any other",
  ignore,
  async fn() {
    const { message } = await assertRejects(
      () => start("tcp://0.0.0.0", "--listen", "fd://3"),
      Error,
    );
    assertMatch(message, /Listening on tcp:\/\/0\.0\.0\.0:\d+ would let anybody write to others/);
  },
});

Deno.test({
  name: "it keeps no power, and no program that is run gets the socket",
  ignore,
  async fn() {
    const args = ["--listen", "fd://3", "--rooms", "0"];
    await using server = await start("tcp://127.0.0.1", ...args, "--check-powers");
    const { stdout } = await server.ended();
    for (const power of ["net", "read", "write", "run"]) {
      assertStringIncludes(stdout, `power ${power} given up, denied`);
    }
    // Nobody can keep it from them, so nothing may be run.
    await assertRejects(
      () => start("tcp://127.0.0.1", ...args, "--allow-exec", "ls"),
      Error,
      "the programs would get the socket",
    );
  },
});

Deno.test({
  name: "a connection that systemd has accepted is served as standard input and output",
  ignore,
  async fn() {
    const parent = ["python3", projectPath("server/testdata/accept_socket.py")];
    const args = ["--listen", "stdio:?framing=line"];
    await using server = await RunningServer.start(args, 0, undefined, parent);
    const [, port] = await server.logged(/^accepting (\d+)$/m);
    const client = await connect(`tcp://127.0.0.1:${port}`);
    await say(client, "one\ntw");
    assertEquals(await hear(client), "one\n");
    await say(client, "o\n");
    await client.closeWrite();
    // Nothing else is told to the peer.
    assertEquals(await hearAll(client), "two\n");
    client.close();
    const { code, stderr } = await server.ended();
    assertEquals(code, 0, stderr);
    assertStringIncludes(stderr, "listening stdio:?speak=echo&framing=line");
  },
});

Deno.test("without a passed socket the server says how to get one", async () => {
  const { code, stderr } = await runProgram("server", ["--listen", "fd://3"]);
  assertEquals(code, 2);
  assertStringIncludes(stderr, "systemd-socket-activate");
});

Deno.test({
  name: "the service manager is told when the server listens, and not before",
  ignore,
  async fn() {
    const folder = await Deno.makeTempDir();
    const manager = Deno.listenDatagram({ transport: "unixpacket", path: `${folder}/notify` });
    const parent = ["env", `NOTIFY_SOCKET=${folder}/notify`];
    await using server = await RunningServer.start(["--listen", "tcp://:0"], 1, undefined, parent);
    const [bytes] = await manager.receive();
    assertEquals(new TextDecoder().decode(bytes), "READY=1");
    server.kill("SIGTERM");
    assertEquals((await server.ended()).stderr.includes("WARNING"), false);
    manager.close();
    await Deno.remove(folder, { recursive: true });
    const nobody = ["env", `NOTIFY_SOCKET=${folder}/notify`];
    await using alone = await RunningServer.start(["--listen", "tcp://:0"], 1, undefined, nobody);
    await alone.logged(/WARNING: cannot tell .*notify/);
  },
});
