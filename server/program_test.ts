import { assert, assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { RunningServer, runProgram } from "../cli/testing.ts";
import { VERSION } from "../cli/version.ts";
import { FramedConnection } from "../protocol/session/mod.ts";
import { connect } from "../protocol/transport/mod.ts";
import { projectPath } from "../tools/project.ts";
import { makeCertificate } from "./cert/make_certificate.ts";
import { hear, hearAll, say } from "./testing.ts";

const CERTIFICATE = projectPath("protocol/transport/testdata/cert.pem");
const KEY = projectPath("protocol/transport/testdata/key.pem");

/** Windows can only be killed, and has no Unix sockets in the runtime. */
const unix = { ignore: Deno.build.os === "windows" };

async function start(...listen: string[]): Promise<RunningServer> {
  return await RunningServer.start(listen.flatMap((url) => ["--listen", url]), listen.length);
}

function urlOf(server: RunningServer, at = 0): string {
  return server.urls[at] ?? "";
}

Deno.test(
  "each listener says on stdout where it is, and on stderr how to get an answer",
  unix,
  async () => {
    await using server = await start(
      "tcp://:0",
      "tcp://[::1]:0?speak=upper",
      "tcp://:0?framing=slip",
    );
    assertMatch(urlOf(server), /^tcp:\/\/127\.0\.0\.1:[1-9]\d*$/);
    assertMatch(urlOf(server, 1), /^tcp:\/\/\[::1\]:[1-9]\d*\?speak=upper$/);
    assertMatch(urlOf(server, 2), /^tcp:\/\/127\.0\.0\.1:[1-9]\d*\?speak=echo&framing=slip$/);
    server.kill("SIGTERM");
    const { code, stdout, stderr } = await server.ended();
    assertEquals(code, 0);
    assertEquals(stdout, server.urls.map((url) => `listening ${url}\n`).join(""));
    assertStringIncludes(stderr, `Try: nonstick --to '${urlOf(server, 1)}' upper world\n`);
  },
);

Deno.test("someone with nc gets an answer from echo in lines", async () => {
  await using server = await start("tcp://:0?framing=line");
  const client = await connect(urlOf(server));
  await say(client, "hello\n");
  assertEquals(await hear(client), "hello\n");
  client.close();
});

Deno.test("one bad client is logged and closed, and hurts no other", unix, async () => {
  const args = [
    "--listen",
    "tcp://:0?speak=echo&framing=u32be",
    "--log",
    "json",
    "--max-frame",
    "9",
  ];
  await using server = await RunningServer.start(args, 1);
  await using good = new FramedConnection(await connect(urlOf(server)), "u32be");
  const frames = good.frames();
  await good.send(Uint8Array.of(1));
  assertEquals((await frames.next()).value, Uint8Array.of(1));

  const bad = await connect(urlOf(server));
  await say(bad, "\0\0\0\x02hi\0\0\0\x0aten bytes!");
  assertEquals(await hearAll(bad), "\0\0\0\x02hi");
  bad.close();
  const torn = await connect(urlOf(server));
  await say(torn, "\0\0\0\x05abc");
  await torn.closeWrite();
  assertEquals(await hearAll(torn), "");
  torn.close();

  await good.send(Uint8Array.of(2));
  assertEquals((await frames.next()).value, Uint8Array.of(2));
  await good[Symbol.asyncDispose]();
  server.kill("SIGTERM");
  const { code, stderr } = await server.ended();
  assertEquals(code, 0);
  const log = stderr.split("\n").filter((line) => line.startsWith("{")).map((line) =>
    JSON.parse(line)
  );
  const failures = log.filter(({ event }) => event === "connection-failed");
  assertEquals(
    failures.map(({ level, code, offset, frame }) => [level, code, offset, frame]),
    [["warn", "FRAME_TOO_LARGE", 6, 1], ["warn", "TRUNCATED_FRAME", 0, 0]],
  );
  for (const { peer, listener } of failures) {
    assertMatch(peer, /^tcp:\/\/127\.0\.0\.1:\d+$/);
    assertEquals(listener, urlOf(server).replace(/\?.*/, ""));
  }
  assertEquals(log.slice(-2).map(({ event }) => event), ["draining", "stopped"]);
});

Deno.test("SIGTERM lets a running connection end", unix, async () => {
  await using server = await start("tcp://:0?speak=upper&framing=line");
  const client = await connect(urlOf(server));
  await say(client, "before\n");
  assertEquals(await hear(client), "BEFORE\n");
  server.kill("SIGTERM");
  // New connections are refused once the server drains; only then the old one goes on.
  for (let refused = false; !refused;) {
    refused = await connect(urlOf(server)).then((other) => (other.close(), false), () => true);
  }
  await say(client, "while draining\n");
  assertEquals(await hear(client), "WHILE DRAINING\n");
  client.close();
  const { code, stderr } = await server.ended();
  assertEquals(code, 0);
  assertMatch(stderr, /draining signal=SIGTERM connections=\d+ /);
  assertMatch(stderr, /stopped closed=0/);
});

Deno.test("a second signal ends the server at once", unix, async () => {
  for (const [signal, expected] of [["SIGINT", 130], ["SIGTERM", 143]] as const) {
    await using server = await start("tcp://:0?framing=line");
    const client = await connect(urlOf(server));
    await say(client, "x\n");
    await hear(client);
    server.kill(signal);
    while (await connect(urlOf(server)).then((other) => (other.close(), true), () => false));
    server.kill(signal);
    assertEquals((await server.ended()).code, expected);
    client.close();
  }
});

Deno.test(
  "TLS: a peer that does not shake hands is given up in time, others are served",
  unix,
  async () => {
    await using server = await RunningServer.start([
      ...["--listen", "tls://localhost:0?speak=echo&framing=line", "--handshake-timeout", "1"],
      ...["--tls-cert", CERTIFICATE, "--tls-key", KEY],
    ], 1);
    assertMatch(urlOf(server), /^tls:\/\/localhost:\d+\?/);
    const silent = await connect(urlOf(server).replace("tls://", "tcp://"));
    const caCerts = [await Deno.readTextFile(CERTIFICATE)];
    const client = await connect(urlOf(server), { tls: { caCerts } });
    for (const text of ["secret\n", "x\n"]) {
      await say(client, text);
      assertEquals(await hear(client), text);
    }
    client.close();
    server.kill("SIGTERM");
    // The runtime keeps a socket open whose handshake is pending, even when it was closed; so ask the log.
    const { code, stderr } = await server.ended();
    silent.close();
    assertEquals(code, 0);
    assertStringIncludes(stderr, "draining signal=SIGTERM");
  },
);

Deno.test("a Unix socket is served, and gone afterwards", unix, async () => {
  const folder = await Deno.makeTempDir();
  const path = `${folder}/s.sock`;
  {
    await using server = await start(`unix://${path}?speak=hello`);
    assertEquals(((await Deno.lstat(path)).mode ?? 0) & 0o777, 0o600);
    const client = await connect(urlOf(server));
    assertEquals(await hear(client), "Welcome!");
    await say(client, "exit");
    assertEquals(await hearAll(client), "");
    client.close();
    server.kill("SIGINT");
    assertEquals((await server.ended()).code, 0);
  }
  assertEquals(await Array.fromAsync(Deno.readDir(folder)), []);
  {
    const args = ["--listen", `unix://${path}`, "--socket-mode", "660"];
    await using _server = await RunningServer.start(args, 1);
    assertEquals(((await Deno.lstat(path)).mode ?? 0) & 0o777, 0o660);
  }
  await Deno.remove(folder, { recursive: true });
});

Deno.test(
  "--log-level: connections are told of in debug, and in error only our own faults",
  unix,
  async () => {
    const listen = ["--listen", "tcp://:0?framing=u8", "--max-frame", "1", "--log-level"];
    await using talkative = await RunningServer.start([...listen, "debug"], 1);
    const client = await connect(urlOf(talkative));
    await talkative.logged(/ debug connected listener=\S+ peer=\S+\n/);
    client.close();
    await talkative.logged(/ debug disconnected listener=\S+ peer=\S+\n/);
    await using quiet = await RunningServer.start([...listen, "error"], 1);
    const bad = await connect(urlOf(quiet));
    await say(bad, "\x02ab");
    assertEquals(await hearAll(bad), "");
    bad.close();
    quiet.kill("SIGTERM");
    const { code, stderr } = await quiet.ended();
    // What is told at the start is no log.
    assertEquals([code, stderr.split("\n").filter((line) => /^\d{4}-/.test(line))], [0, []]);
  },
);

/** How many of so many clients at once the system connects while the server takes none in. */
async function keptWaiting(clients: number, ...args: string[]): Promise<number> {
  await using server = await RunningServer.start(
    ["--listen", "tcp://127.0.0.1:0?speak=echo", ...args],
    1,
  );
  server.kill("SIGSTOP");
  const dialled = await Promise.allSettled(
    Array.from({ length: clients }, () => connect(urlOf(server), { connectTimeoutMs: 2000 })),
  );
  const made = dialled.flatMap((one) => one.status === "fulfilled" ? [one.value] : []);
  for (const client of made) client.close();
  return made.length;
}

Deno.test({
  name: "--backlog is how many the system keeps waiting",
  ignore: Deno.build.os !== "linux",
  async fn() {
    assertEquals(await keptWaiting(8, "--backlog", "64"), 8);
    assert(await keptWaiting(8, "--backlog", "1") < 8);
  },
});

Deno.test({
  name:
    "a burst finds room to wait in by default: who does not has lost a second before it can tell",
  // Linux keeps 4,096 waiting, other systems fewer.
  ignore: Deno.build.os !== "linux",
  async fn() {
    assertEquals(await keptWaiting(600), 600);
  },
});

Deno.test("stdio: is one conversation, and nothing else is written to stdout", async () => {
  const args = ["--listen", "stdio:?speak=upper&framing=line"];
  const { code, stdout, stderr } = await runProgram("server", args, "one\ntwo\n");
  assertEquals([code, stdout], [0, "ONE\nTWO\n"], stderr);
  assertStringIncludes(stderr, "listening stdio:?speak=upper&framing=line");
});

Deno.test("exit code 1: it cannot listen, or a file cannot be read", async () => {
  using taken = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const url = `tcp://:${taken.addr.port}`;
  const inUse = await runProgram("server", ["--listen", "tcp://:0", "--listen", url]);
  assertEquals([inUse.code, inUse.stdout], [1, ""]);
  assertStringIncludes(inUse.stderr, "another program listens there");
  const tls = ["--listen", "tls://:0", "--tls-key", KEY, "--tls-cert"];
  const missing = await runProgram("server", [...tls, "/no/such/file"]);
  assertEquals([missing.code, missing.stdout], [1, ""]);
  assertStringIncludes(missing.stderr, "Cannot read the file of --tls-cert");
  const other = await Deno.makeTempFile();
  await Deno.writeTextFile(other, (await makeCertificate(["localhost"], 1)).key);
  const strange = await runProgram("server", [
    ...["--listen", "tls://:0", "--tls-cert", CERTIFICATE, "--tls-key", other],
  ]);
  await Deno.remove(other);
  assertEquals(strange.code, 1);
  assertStringIncludes(strange.stderr, "the certificate and the key do not belong together");
});

Deno.test("exit code 2: the command line cannot be used", async () => {
  const table: [args: string[], problem: string][] = [
    [["--no-such-option"], "There is no option --no-such-option"],
    [["--lisen", "tcp://:0"], "Did you mean --listen?"],
    [["--roof", "/tmp"], "Did you mean --root?"],
    [["tcp://:0"], "listeners are given by --listen URL"],
    [["--listen", "tcp://:0?speak=xyzzy"], "there is no dialect"],
    [["--listen", "tls://:0"], "needs --tls-cert FILE and --tls-key FILE"],
    [["--tls-cert", CERTIFICATE], "go together"],
    [["--tls-cert", CERTIFICATE, "--tls-key", KEY], "--tls-cert protects no listener here"],
    [["--max-connections", "0"], "not a whole number"],
    [["--idle-timeout", "never"], "not a number of seconds"],
    [["--log", "xml"], "not one of text, json"],
  ];
  for (const [args, problem] of table) {
    const { code, stdout, stderr } = await runProgram("server", args);
    assertEquals([code, stdout], [2, ""], args.join(" "));
    assertStringIncludes(stderr, problem);
    assertStringIncludes(stderr, "See nonstick-server --help.");
  }
});

Deno.test("the help has every option and examples, the version is that of the package", async () => {
  const { code, stdout, stderr } = await runProgram("server", ["--help"]);
  assertEquals([code, stderr], [0, ""]);
  for (const part of ["Usage: nonstick-server", "--frame-timeout S", "Services:", "Examples:"]) {
    assertStringIncludes(stdout, part);
  }
  const version = await runProgram("server", ["--version"]);
  assertEquals(version, { code: 0, stdout: `nonstick-server ${VERSION}\n`, stderr: "" });
  assert(/^\d+\.\d+\.\d+/.test(VERSION));
});
