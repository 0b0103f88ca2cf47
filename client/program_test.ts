import { assert, assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { type Ended, RunningServer, runProgram } from "../cli/testing.ts";
import { VERSION } from "../cli/version.ts";
import { listen } from "../protocol/transport/mod.ts";
import { projectPath } from "../tools/project.ts";

const NAMES = [
  "echo",
  "echo/u32be",
  "upper",
  "upper/marked",
  "hello",
  "hello/line",
  "echo/tls",
  "native",
  "echo/line",
];

/** One server for all tests of this file that only need an answer. */
async function withServer(body: (url: Record<string, string>) => Promise<void>): Promise<void> {
  const certificates = projectPath("protocol/transport/testdata/");
  const urls = [
    "tcp://:0?speak=echo",
    "tcp://:0?speak=echo&framing=u32be",
    "tcp://:0?speak=upper",
    "tcp://:0?speak=upper&framing=marked:02:03",
    "tcp://:0?speak=hello",
    "tcp://:0?speak=hello&framing=line",
    "tls://localhost:0?speak=echo&framing=varint",
    "tcp://:0",
    "tcp://:0?framing=line",
  ];
  await using server = await RunningServer.start([
    ...urls.flatMap((url) => ["--listen", url]),
    ...["--tls-cert", `${certificates}cert.pem`, "--tls-key", `${certificates}key.pem`],
  ], urls.length);
  await body(Object.fromEntries(NAMES.map((name, i) => [name, server.urls[i] ?? ""])));
}

function nonstick(args: readonly string[], input?: string | Uint8Array): Promise<Ended> {
  return runProgram("client", args, input);
}

Deno.test("nonstick answers over every way a server can speak", () =>
  withServer(async (url) => {
    const table: [args: string[], stdout: string, input?: string][] = [
      [["--to", url["echo"] ?? "", "echo", "hello", "there"], "hello there\n"],
      [["--to", url["echo/u32be"] ?? "", "echo", "粘包"], "粘包\n"],
      [["echo", "", "--to", url["echo/u32be"] ?? ""], "\n"],
      [["--to", url["native"] ?? "", "echo", "--", "--dash"], "--dash\n"],
      [["--to", url["native"] ?? "", "upper", "hällo"], "HäLLO\n"],
      [["--to", url["native"] ?? "", "hello", "A", "Bo"], "Welcome!\nHello, A!\nHello, Bo!\n"],
      [["--to", url["native"] ?? "", "echo", "-"], "a\0b\n\nlast", "a\0b\n\nlast"],
      [["--to", url["upper"] ?? "", "upper", "hällo"], "HäLLO\n"],
      [["--to", url["upper/marked"] ?? "", "upper", "hi", "--json"], '{"text":"HI"}\n'],
      [["--to", url["hello"] ?? "", "hello", "A", "Bo"], "Welcome!\nHello, A!\nHello, Bo!\n"],
      [["--to", url["hello/line"] ?? "", "hello", "A"], "Welcome!\nHello, A!\n"],
      [
        ["--to", url["hello/line"] ?? "", "frames"],
        "Welcome!\nHello, A!\nHello, !\n",
        "A\n\nexit\n",
      ],
      [["--to", url["echo/u32be"] ?? "", "frames"], "one\n\nlast\n", "one\n\nlast"],
      [["--to", url["upper/marked"] ?? "", "upper", "-"], "A\n\nLAST", "a\n\nlast"],
    ];
    for (const [args, stdout, input] of table) {
      assertEquals(await nonstick(args, input), { code: 0, stdout, stderr: "" }, args.join(" "));
    }
    const address = (url["echo/u32be"] ?? "").replace(/\?.*/, "");
    const spoken = await nonstick(["--to", address, "--framing", "u32be", "echo", "by flags"]);
    assertEquals([spoken.code, spoken.stdout], [0, "by flags\n"]);
  }));

Deno.test("nonstick reaches a server over TLS if it trusts its certificate", () =>
  withServer(async (url) => {
    const to = ["--to", url["echo/tls"] ?? ""];
    const ca = projectPath("protocol/transport/testdata/cert.pem");
    const trusted = await nonstick([...to, "--tls-ca", ca, "echo", "secret"]);
    assertEquals([trusted.code, trusted.stdout], [0, "secret\n"], trusted.stderr);
    const untrusted = await nonstick([...to, "echo", "secret"]);
    assertEquals([untrusted.code, untrusted.stdout], [3, ""]);
    assertStringIncludes(untrusted.stderr, "Cannot connect to tls://localhost");
  }));

Deno.test("a server with a token serves who knows it, and says so to others", async () => {
  const right = await Deno.makeTempFile(), wrong = await Deno.makeTempFile();
  await Deno.writeTextFile(right, "correct horse battery staple\n");
  await Deno.writeTextFile(wrong, "something else, also long\n");
  await using server = await RunningServer.start(
    ["--listen", "tcp://:0", "--token-file", right, "--log", "json"],
    1,
  );
  const echo = ["--to", server.urls[0] ?? "", "echo", "hi"];
  const known = await nonstick(["--token-file", right, ...echo]);
  assertEquals(known, { code: 0, stdout: "hi\n", stderr: "" });
  const others = [[], ["--token-file", wrong]];
  for (const [i, problem] of ["asks for a token", "The token is wrong"].entries()) {
    const { code, stdout, stderr } = await nonstick([...others[i] ?? [], ...echo]);
    assertEquals([code, stdout], [4, ""], stderr);
    assertStringIncludes(stderr, problem);
  }
  server.kill("SIGTERM");
  const { stderr } = await server.ended();
  assert(!stderr.includes("horse") && !stderr.includes("something else"), stderr);
  assertStringIncludes(stderr, '"code":"auth"');
  await Promise.all([right, wrong].map((file) => Deno.remove(file)));
});

Deno.test("a megabyte through echo - comes back byte for byte, framed and raw", () =>
  withServer(async (url) => {
    const bytes = new Uint8Array(1_000_000);
    for (let i = 0; i < bytes.length; i++) bytes[i] = (i * 2654435761 >>> 13) % 96 + 32;
    for (let i = 0; i < bytes.length; i += 57) bytes[i] = 0x0a;
    const text = new TextDecoder().decode(bytes);
    for (const name of ["echo", "echo/u32be", "echo/line", "native"]) {
      const { code, stdout, stderr } = await nonstick(
        ["--to", url[name] ?? "", "echo", "-"],
        bytes,
      );
      assertEquals([code, stderr], [0, ""], name);
      assert(stdout === text, name);
    }
  }));

Deno.test("ping tells the time, for people and for programs", () =>
  withServer(async (url) => {
    const plain = await nonstick(["--to", url["hello"] ?? "", "ping"]);
    assertMatch(plain.stdout, /^tcp:\/\/127\.0\.0\.1:\d+\?speak=hello answered in [\d.]+ ms\n$/);
    const { code, stdout } = await nonstick(["--to", url["echo/u32be"] ?? "", "--json", "ping"]);
    assertEquals(code, 0);
    const { to, ms } = JSON.parse(stdout);
    assertEquals(to, url["echo/u32be"]);
    assert(ms > 0);
  }));

Deno.test("exit code 5: the answer is not what the command must get", () =>
  withServer(async (url) => {
    const address = (url["echo/u32be"] ?? "").replace(/\?.*/, "");
    const wrong = await nonstick(["--to", address, "--framing", "u32be", "upper", "hi"]);
    assertEquals([wrong.code, wrong.stdout], [5, "hi\n"]);
    assertStringIncludes(wrong.stderr, "not what upper gives");
  }));

Deno.test("exit code 2: the command line or the input cannot be used", async () => {
  const table: [args: string[], problem: string, input?: string][] = [
    [[], "A command is missing"],
    [["ehco", "hi"], "did you mean echo?"],
    [["echo"], "echo lacks arguments: nonstick echo TEXT|-"],
    [["ping", "now"], "ping takes no argument now"],
    [["--tto", "x", "ping"], "Did you mean --to?"],
    [
      ["--to", "tcp://:1?speak=hello", "echo", "hi"],
      "nonstick-server --listen 'tcp://127.0.0.1:1'",
    ],
    [["--to", "tcp://:1?speak=echo", "frames"], "--framing SPEC"],
    [["--to", "tcp://:1", "frames"], "--framing SPEC"],
    [["--to", "tcp://:1?speak=echo", "--token-file", "x", "ping"], "has no sense with echo"],
    [["--to", "tcp://:1?framing=u33be", "ping"], "u33be"],
    [["--to", "localhost:7000", "ping"], "it has no scheme"],
    [["--to", "stdio:", "ping"], "leads to no other program"],
    [["--timeout", "soon", "ping"], "not a number of seconds"],
    [["--to", "tls://:1", "--tls-ca", "/no/such/file", "ping"], "Cannot read the file of --tls-ca"],
  ];
  for (const [args, problem] of table) {
    const { code, stdout, stderr } = await nonstick(args);
    assertEquals([code, stdout], [2, ""], args.join(" "));
    assertStringIncludes(stderr, problem);
    assertStringIncludes(stderr, "See nonstick --help.");
  }
});

Deno.test("exit code 2: what the framing cannot carry is named, and what came before is answered", () =>
  withServer(async (url) => {
    const marked = ["--to", url["upper/marked"] ?? "", "upper"];
    const text = await nonstick([...marked, "a\x03b"]);
    assertEquals([text.code, text.stdout], [2, ""]);
    assertStringIncludes(text.stderr, "Cannot say this in marked:02:03");
    const lines = await nonstick([...marked, "-"], "one\ntwo\nth\x03ree\nfour\n");
    assertEquals([lines.code, lines.stdout], [2, "ONE\nTWO\n"]);
    assertStringIncludes(lines.stderr, "Cannot send line 3 of the input");
  }));

Deno.test("exit code 3: nobody listens there", async () => {
  const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const { port } = listener.addr;
  listener.close();
  const { code, stdout, stderr } = await nonstick(["--to", `tcp://:${port}`, "ping"]);
  assertEquals([code, stdout], [3, ""]);
  assertStringIncludes(
    stderr,
    `start a server with: nonstick-server --listen 'tcp://127.0.0.1:${port}`,
  );
  const quiet = await nonstick(["--quiet", "--to", `tcp://:${port}`, "ping"]);
  assertEquals(quiet, { code: 3, stdout: "", stderr: "" });
});

Deno.test("exit code 124: the server takes the question and never answers", async () => {
  await using listener = await listen("tcp://127.0.0.1:0");
  const silent = async () => {
    const connection = await listener.accept();
    const buffer = new Uint8Array(1024);
    try {
      while (await connection?.read(buffer));
      // Ends when the client has given up.
    } catch { /* A reset is as good an end. */ }
    return connection;
  };
  const line = ["--framing", "line"];
  for (
    const args of [
      ["echo", "hi"],
      [...line, "echo", "hi"],
      [...line, "ping"],
      [...line, "frames"],
      [...line, "echo", "-"],
    ]
  ) {
    const serving = silent();
    const all = ["--to", listener.endpoint, "--timeout", "1", ...args];
    const running = nonstick(all, "line\n");
    const { code, stdout, stderr } = await running;
    (await serving)?.close();
    assertEquals([code, stdout], [124, ""], args.join(" "));
    assertStringIncludes(stderr, "within 1 s");
  }
});

Deno.test("exit code 1: the server breaks off, or sends what cannot be read", async () => {
  await using listener = await listen("tcp://127.0.0.1:0");
  const table: [args: string[], answer: Uint8Array, problem: string][] = [
    [["--framing", "line", "echo", "hi"], new Uint8Array(0), "without an answer"],
    [["--framing", "line", "echo", "-"], new Uint8Array(0), "answers missing"],
    [["--speak", "echo", "echo", "-"], Uint8Array.of(0x6c), "bytes too early"],
    [["--framing", "netstring", "frames"], Uint8Array.of(0x78), "cannot be read as netstring"],
  ];
  for (const [args, answer, problem] of table) {
    const serving = (async () => {
      const connection = await listener.accept();
      const buffer = new Uint8Array(1024);
      while (await connection?.read(buffer) !== null);
      if (answer.length > 0) await connection?.write(answer);
      connection?.close();
    })();
    const { code, stderr } = await nonstick(["--to", listener.endpoint, ...args], "line\n");
    await serving;
    assertEquals(code, 1, args.join(" ") + stderr);
    assertStringIncludes(stderr, problem);
  }
});

Deno.test("the help of the program and of each command has options and examples", async () => {
  for (const args of [["--help"], ["-h"], ["echo", "--help"], ["hello", "-h"]]) {
    const { code, stdout, stderr } = await nonstick(args);
    assertEquals([code, stderr], [0, ""]);
    for (const part of ["Usage: nonstick", "--to URL", "Exit codes:", "Examples:"]) {
      assertStringIncludes(stdout, part);
    }
  }
  assertEquals(await nonstick(["--version"]), {
    code: 0,
    stdout: `nonstick ${VERSION}\n`,
    stderr: "",
  });
});
