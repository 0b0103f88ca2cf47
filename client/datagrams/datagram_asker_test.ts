import { assertEquals, assertRejects, assertStringIncludes } from "@std/assert";
import { type Ended, RunningServer, runProgram } from "../../cli/testing.ts";
import {
  type DatagramChannel,
  DatagramError,
  openDatagrams,
  parseDatagramEndpoint,
} from "../../protocol/transport/mod.ts";
import { projectPath } from "../../tools/project.ts";
import { InputError, TimeoutError } from "../errors.ts";
import { DatagramAsker } from "./datagram_asker.ts";

const bytes = (text: string) => new TextEncoder().encode(text);
const text = (bytes: Uint8Array) => new TextDecoder().decode(bytes);

function askerFor({ endpoint }: DatagramChannel, timeoutMs: number): DatagramAsker {
  return new DatagramAsker(parseDatagramEndpoint(endpoint), { to: endpoint, timeoutMs });
}

Deno.test("a lost question is asked again, a late answer is not taken for the next one", async () => {
  await using server = await openDatagrams("udp://127.0.0.1:0");
  const ports: string[] = [];
  const serving = (async () => {
    let count = 0;
    for await (const { bytes, from } of server) {
      ports.push(JSON.stringify(from));
      // The first two are lost; the third is answered twice, as a slow server would.
      if (++count <= 2) continue;
      await server.send(bytes, from);
      if (count === 3) await server.send(bytes, from);
    }
  })();
  {
    await using asker = askerFor(server, 4000);
    assertEquals(text(await asker.ask(bytes("one"), bytes("again"))), "again");
    assertEquals(text(await asker.ask(bytes("two"))), "two");
    assertEquals(text(await asker.ask(bytes("three"))), "three");
  }
  await server.close();
  await serving;
  // Three times from one port, then twice from another.
  assertEquals(ports.map((port) => ports.indexOf(port)), [0, 0, 0, 3, 3]);
});

Deno.test("who was not asked is not heard; nobody at all is an error that says so", async () => {
  await using server = await openDatagrams("udp://127.0.0.1:0");
  await using stranger = await openDatagrams("udp://127.0.0.1:0");
  const serving = (async () => {
    for await (const { from } of server) await stranger.send(bytes("it was me"), from);
  })();
  {
    await using asker = askerFor(server, 200);
    const error = await assertRejects(() => asker.ask(bytes("who?")), TimeoutError);
    assertStringIncludes(error.message, `No answer from ${server.endpoint} within 0.2 s, asked `);
    await assertRejects(
      () => asker.ask(new Uint8Array(65_508)),
      InputError,
      "the longest has 65507",
    );
  }
  await server.close();
  await serving;
  await using nowhere = new DatagramAsker(
    parseDatagramEndpoint("udp://no-such-host.invalid:9"),
    { to: "", timeoutMs: 100 },
  );
  await assertRejects(() => nowhere.ask(bytes("x")), DatagramError, "the host name is not known");
});

/** Our client with a tutorial's server, which answers as `speak` says. */
async function withPython(
  speak: string,
  body: (nonstick: (...args: string[]) => Promise<Ended>, url: string) => Promise<void>,
): Promise<void> {
  const server = new Deno.Command("python3", {
    args: ["-B", projectPath("client/dialects/testdata/udp_server.py"), speak],
    stdin: "null",
    stdout: "piped",
    signal: AbortSignal.timeout(60_000),
  }).spawn();
  const reader = server.stdout.getReader();
  try {
    const url = `udp://127.0.0.1:${text((await reader.read()).value ?? bytes("")).trim()}`;
    await body((...args) => runProgram("client", ["--to", url, ...args], "a b\n\nc"), url);
  } finally {
    server.kill("SIGKILL");
    await reader.cancel();
    await server.status;
  }
}

Deno.test("our client with the tutorials' UDP servers", {
  ignore: Deno.build.os === "windows",
}, async () => {
  await withPython("upper", async (nonstick, url) => {
    assertEquals((await nonstick("upper", "abc 粘包")).stdout, "ABC 粘包\n");
    assertEquals((await nonstick("upper", "-")).stdout, "A B\n\nC\n");
    const wrong = await nonstick("echo", "abc");
    assertEquals([wrong.code, wrong.stdout], [5, "ABC\n"]);
    const { text } = JSON.parse((await nonstick("--json", "upper", "x")).stdout);
    assertEquals(text, "X");
    assertStringIncludes((await nonstick("ping")).stdout, `${url}?speak=echo answered in `);
    const put = await nonstick("put", "file");
    assertEquals(put.code, 2);
    assertStringIncludes(put.stderr, "over udp there are ping, echo, upper, hello");
  });
  await withPython("hello", async (nonstick) => {
    const { stdout } = await nonstick("hello", "Michael", "Tracy");
    assertEquals(stdout, "Hello, Michael!\nHello, Tracy!\n");
  });
  await withPython("echo", async (nonstick) => {
    assertEquals((await nonstick("echo", "x".repeat(65_507))).stdout.length, 65_508);
    const long = await nonstick("echo", "x".repeat(65_508));
    assertEquals(long.code, 2);
    assertStringIncludes(long.stderr, "Cannot send a datagram of 65508 bytes");
  });
});

Deno.test("no answer is exit code 124, nothing to send to is 3", async () => {
  await using silent = await openDatagrams("udp://127.0.0.1:0");
  const late = await runProgram("client", ["--to", silent.endpoint, "--timeout", "0.3", "ping"]);
  assertEquals([late.code, late.stdout], [124, ""]);
  assertStringIncludes(late.stderr, "nonstick: No answer from udp://127.0.0.1:");
  if (Deno.build.os === "windows") return;
  const none = await runProgram("client", ["--to", "unixgram:///no/such.sock", "echo", "x"]);
  assertEquals(none.code, 3);
  assertStringIncludes(none.stderr, "is the server running?");
});

Deno.test("messages in fragments: long ones, and what is too long for them or for one datagram", async () => {
  await using server = await RunningServer.start(
    ["--listen", "udp://:0?speak=upper&framing=fragment", "--listen", "udp://:0?speak=hello"],
    2,
  );
  const [fragments = "", whole = ""] = server.urls;
  assertStringIncludes(fragments, "?speak=upper&framing=fragment");
  const nonstick = (...args: string[]) => runProgram("client", ["--timeout", "20", ...args]);
  // Where the options stand makes no difference.
  const plain = fragments.replace(/\?.*/, "");
  const short = await nonstick("--to", plain, "--framing", "fragment", "upper", "short");
  assertEquals([short.code, short.stdout], [0, "SHORT\n"]);
  const long = await nonstick("--to", fragments, "upper", "x".repeat(100_000));
  assertEquals([long.code, long.stdout.length, long.stderr], [0, 100_001, ""]);
  assertStringIncludes((await nonstick("--to", fragments, "ping")).stdout, `${fragments} answered`);
  const cut = await nonstick("--to", whole, "hello", "x".repeat(65_508));
  assertEquals(cut.code, 2);
  assertStringIncludes(cut.stderr, "have the server listen with framing=fragment");
  await using asker = new DatagramAsker(parseDatagramEndpoint(plain), {
    ...{ to: fragments, timeoutMs: 1000, fragments: true },
  });
  await assertRejects(
    () => asker.ask(new Uint8Array(1024 * 1024 + 1)),
    InputError,
    "Cannot send a message of 1048577 bytes in fragments",
  );
  server.kill("SIGTERM");
  const { stderr } = await server.ended();
  assertStringIncludes(stderr, `Try: nonstick --to '${fragments}' upper world\n`);
});

Deno.test("what cannot be asked over datagrams says why, and what can", async () => {
  const told = async (...args: string[]) => {
    const { code, stderr } = await runProgram("client", args);
    return `${code} ${stderr}`;
  };
  const TO = ["--to", "udp://127.0.0.1:9?speak=echo"];
  for (
    const command of [
      ...[["chat", "room", "--as", "me"], ["exec", "--", "ls"], ["put", "a"], ["get", "a"], ["ls"]],
      ["frames"],
    ]
  ) {
    const [name = ""] = command;
    assertStringIncludes(
      await told(...TO, ...command),
      `2 nonstick: ${name} needs a stream; over udp there are ping, echo, upper, hello. ` +
        "Name one with --to tcp://HOST:PORT.",
    );
  }
  assertStringIncludes(
    await told(...TO, "upper", "x"),
    "2 nonstick: upper cannot talk with a listener that speaks echo. One that fits is started by: " +
      "nonstick-server --listen 'udp://127.0.0.1:9?speak=upper'",
  );
  assertStringIncludes(
    await told("--to", "udp://127.0.0.1:9?speak=upper&framing=fragment", "hello", "x"),
    "nonstick-server --listen 'udp://127.0.0.1:9?speak=hello&framing=fragment'",
  );
  assertStringIncludes(
    await told("--to", "udp://:9?framing=line", "echo", "x"),
    "is a frame already",
  );
  assertStringIncludes(await told("--to", "udp://:9?speak=native", "echo", "x"), "needs a stream");
  assertStringIncludes(
    await told("--to", "udp://255.255.255.255:9", "echo", "x"),
    "2 nonstick: Cannot ask udp://255.255.255.255:9?speak=echo: that is everybody",
  );
});
