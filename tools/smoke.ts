/**
 * `deno task smoke`: drives the programs that `deno task compile` built, over real sockets and as their
 * users do, by command lines, exit codes and output alone. The server and the conformance runner prove
 * each other.
 *
 * A file of tests that `deno task test` does not find: it needs `dist/`.
 *
 * @module
 */

import { assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { openDatagrams } from "../protocol/transport/mod.ts";
import { programs } from "./programs.ts";
import { projectPath, readManifest } from "./project.ts";

const SUFFIX = Deno.build.os === "windows" ? ".exe" : "";

/** Longest wait for a program to end, in ms. */
const DEADLINE_MS = 300_000;

type Name = keyof typeof programs;

interface Ended {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

function command(name: Name, args: readonly string[], signal?: AbortSignal): Deno.Command {
  return new Deno.Command(projectPath(`dist/${programs[name].binary}${SUFFIX}`), {
    args: [...args],
    stdin: "piped",
    stdout: "piped",
    stderr: "piped",
    ...(signal === undefined ? {} : { signal }),
  });
}

/** Runs a program to its end. */
async function run(name: Name, args: readonly string[], input = ""): Promise<Ended> {
  const child = command(name, args, AbortSignal.timeout(DEADLINE_MS)).spawn();
  const feeding = feed(child.stdin, input);
  const { code, stdout, stderr } = await child.output();
  await feeding;
  const text = (bytes: Uint8Array): string => new TextDecoder().decode(bytes);
  return { code, stdout: text(stdout), stderr: text(stderr) };
}

/** Writes all the input; a program may end without reading it. */
async function feed(stdin: WritableStream<Uint8Array>, input: string): Promise<void> {
  try {
    const writer = stdin.getWriter();
    await writer.write(new TextEncoder().encode(input));
    await writer.close();
  } catch (error) {
    if (!(error instanceof Deno.errors.BrokenPipe)) throw error;
  }
}

/** Runs a server for as long as the body takes; the body gets the URLs that it says it listens on. */
async function withServer(
  listen: readonly string[],
  body: (...urls: string[]) => Promise<void>,
  options: readonly string[] = [],
): Promise<void> {
  const args = [...options, ...listen.flatMap((url) => ["--listen", url])];
  const server = command("server", args, AbortSignal.timeout(DEADLINE_MS)).spawn();
  const complaints = new Response(server.stderr).text();
  await server.stdin.close();
  const output = server.stdout.pipeThrough(new TextDecoderStream()).getReader();
  try {
    let said = "";
    let urls: string[] = [];
    while (urls.length < listen.length) {
      const { value, done } = await output.read();
      if (done) throw new Error(`the server ended early: ${said}${await complaints}`);
      said += value;
      urls = [...said.matchAll(/^listening (\S+)$/gm)].map((match) => match[1] ?? "");
    }
    await body(...urls);
    // Windows has no SIGTERM to end in peace by.
    server.kill("SIGTERM");
    const { code } = await server.status;
    if (Deno.build.os !== "windows") assertEquals(code, 0, await complaints);
  } finally {
    await output.cancel();
    await endNow(server);
    await complaints;
  }
}

async function endNow(child: Deno.ChildProcess): Promise<void> {
  try {
    child.kill("SIGKILL");
  } catch (error) {
    if (!(error instanceof TypeError)) throw error; // it has ended already
  }
  await child.status;
}

const FRAMED = "tcp://127.0.0.1:0?speak=echo&framing=u32be";

for (const name of ["server", "client", "conformance"] as const) {
  const { binary } = programs[name];
  Deno.test(`${binary} tells its version and its use, and refuses an unknown option`, async () => {
    const version = await run(name, ["--version"]);
    assertEquals([version.code, version.stderr], [0, ""]);
    assertStringIncludes(version.stdout, readManifest().version);

    const help = await run(name, ["--help"]);
    assertEquals([help.code, help.stderr], [0, ""]);
    assertMatch(help.stdout, /usage/i);
    assertMatch(help.stdout, /example/i);

    const wrong = await run(name, ["--no-such-option"]);
    assertEquals([wrong.code, wrong.stdout], [2, ""]);
    assertStringIncludes(wrong.stderr, "--no-such-option");
  });
}

Deno.test("nonstick talks to nonstick-server in frames and raw", () =>
  withServer([FRAMED, "tcp://127.0.0.1:0?speak=hello"], async (framed, hello) => {
    const echo = await run("client", ["--to", framed, "echo", "粘包"]);
    assertEquals([echo.code, echo.stdout], [0, "粘包\n"]);

    const frames = await run("client", ["--to", framed, "frames"], "one\n\nthree\n");
    assertEquals([frames.code, frames.stdout], [0, "one\n\nthree\n"]);

    const welcome = await run("client", ["--to", hello, "hello", "Ada"]);
    assertEquals(welcome.code, 0);
    assertStringIncludes(welcome.stdout, "Hello, Ada!");
  }));

Deno.test({
  name: "nonstick talks to nonstick-server over a Unix socket",
  ignore: Deno.build.os === "windows",
  fn: async () => {
    const folder = await Deno.makeTempDir();
    try {
      await withServer([`unix://${folder}/s.sock?speak=echo&framing=netstring`], async (url) => {
        const echo = await run("client", ["--to", url, "echo", "hello"]);
        assertEquals([echo.code, echo.stdout], [0, "hello\n"]);
      });
    } finally {
      await Deno.remove(folder, { recursive: true });
    }
  },
});

Deno.test("quic:// works where the programs run, and a client that does not trust the server harms nobody", async () => {
  const tried = await run("server", ["--check-quic"]);
  assertEquals([tried.code, tried.stdout], [0, "quic works\n"], tried.stderr);
  const folder = await Deno.makeTempDir();
  try {
    const made = await run("server", ["cert", "--name", "localhost", "--into", folder]);
    assertEquals(made.code, 0, made.stderr);
    const identity = ["--tls-cert", `${folder}/cert.pem`, "--tls-key", `${folder}/key.pem`];
    await withServer(
      ["quic://localhost:0", "quic://localhost:0?speak=hello"],
      async (url, hello) => {
        const trust = ["--tls-ca", `${folder}/cert.pem`];
        const echo = await run("client", ["--to", url, ...trust, "echo", "粘包"]);
        assertEquals([echo.code, echo.stdout], [0, "粘包\n"], echo.stderr);
        const long = "a".repeat(3_000_000);
        const back = await run("client", ["--to", url, ...trust, "echo", "-"], long);
        assertEquals([back.code, back.stdout === long], [0, true], back.stderr);
        const welcome = await run("client", ["--to", hello, ...trust, "hello", "Ada"]);
        assertEquals([welcome.code, welcome.stdout], [0, "Welcome!\nHello, Ada!\n"]);

        const stranger = await run("client", ["--to", url, "echo", "hi"]);
        assertEquals([stranger.code, stranger.stdout], [3, ""]);
        assertStringIncludes(stranger.stderr, "name it with --tls-ca CERT.pem");
      },
      identity,
    );
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});

Deno.test("nonstick gives up over quic:// in time where nobody answers, and ends then", async () => {
  await using silent = await openDatagrams("udp://127.0.0.1:0");
  const to = ["--to", silent.endpoint.replace("udp", "quic"), "--timeout", "1"];
  const ended = await run("client", [...to, "echo", "hi"]);
  assertEquals([ended.code, ended.stdout], [3, ""]);
  assertStringIncludes(ended.stderr, "no answer within 1000 ms");
});

Deno.test({
  name: "the workers of nonstick-server answer, and have no power that they do not need",
  ignore: Deno.build.os !== "linux",
  fn: async () => {
    const workers = ["--workers", "2"];
    await withServer([FRAMED], async (url) => {
      for (let i = 0; i < 10; i++) {
        const echo = await run("client", ["--to", url, "echo", "粘包"]);
        assertEquals([echo.code, echo.stdout], [0, "粘包\n"]);
      }
    }, workers);
    const tried = await run("server", [...workers, "--listen", FRAMED, "--check-powers"]);
    assertEquals(tried.code, 0, tried.stdout + tried.stderr);
    assertEquals(
      [...tried.stdout.matchAll(/^worker [12] power \w+ given up, denied$/gm)].length,
      14,
    );
  },
});

Deno.test({
  name: "nonstick-server serves a socket that it was passed, or says what its runtime cannot",
  ignore: Deno.build.os !== "linux" || !await hasPython(),
  fn: async () => {
    const { code, stdout, stderr } = await new Deno.Command("python3", {
      args: [
        ...[projectPath("server/testdata/pass_socket.py"), "tcp://127.0.0.1"],
        ...[projectPath(`dist/${programs.server.binary}`), "--listen", "fd://3", "--check-powers"],
      ],
      stdin: "null",
      signal: AbortSignal.timeout(DEADLINE_MS),
    }).output();
    const said = new TextDecoder().decode(stderr);
    if (code === 0) {
      assertMatch(new TextDecoder().decode(stdout), /^listening tcp:\/\/127\.0\.0\.1:\d+$/m);
    } else {
      assertEquals(code, 1, said);
      assertMatch(said, /this runtime, Deno \S+, cannot take over a socket, .*Accept=yes/);
    }
  },
});

Deno.test("nonstick exits with 3 where nobody listens", async () => {
  using listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const { port } = listener.addr;
  listener.close();
  const { code, stdout } = await run("client", ["--to", `tcp://127.0.0.1:${port}`, "ping"]);
  assertEquals([code, stdout], [3, ""]);
});

Deno.test("nonstick-conformance passes the framed echo and fails the raw one", () =>
  withServer([FRAMED, "tcp://127.0.0.1:0?speak=echo"], async (framed, raw) => {
    const judge = (url: string, expected: string): Promise<Ended> =>
      run("conformance", ["run", target(url), "--framing", "u32be", "--expect", expected]);

    const right = await judge(framed, "echo");
    assertEquals(right.code, 0, right.stdout + right.stderr);
    const wrong = await judge(framed, "upper");
    assertEquals(wrong.code, 1, wrong.stdout + wrong.stderr);
    const unframed = await judge(raw, "echo");
    assertEquals(unframed.code, 1, unframed.stdout + unframed.stderr);
  }));

Deno.test("nonstick-conformance proves a framing in process", async () => {
  const { code, stdout, stderr } = await run("conformance", ["prove", "u32be"]);
  assertEquals(code, 0, stdout + stderr);
});

async function hasPython(): Promise<boolean> {
  try {
    return (await new Deno.Command("python3", { args: ["--version"] }).output()).success;
  } catch {
    return false;
  }
}

/** The address alone: what is spoken there is for the runner to find out. */
function target(url: string): string {
  return url.replace(/\?.*$/, "");
}
