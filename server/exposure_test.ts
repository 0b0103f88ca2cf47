import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { RunningServer, runProgram } from "../cli/testing.ts";
import { parseEndpoint } from "../protocol/transport/mod.ts";
import { LocalChat } from "./chat/local_chat.ts";
import { exposureOf } from "./exposure.ts";
import type { Grants } from "./grants.ts";

const service = () => Promise.resolve();
const GRANTS: Grants = {
  limits: {
    maxFrameLength: 1,
    handshakeTimeoutMs: 1,
    frameTimeoutMs: 1,
    idleTimeoutMs: 1,
    writeTimeoutMs: 1,
    minRate: 1,
  },
  services: { echo: service },
  chat: new LocalChat(),
  onFault: () => {},
};
const EXEC: Partial<Grants> = {
  exec: { programs: "any", shell: false, maxOutput: 1, deadlineMs: 1 },
};
const TOKEN: Partial<Grants> = { token: new Uint8Array(32) };

function exposed(url: string, speak: string, more: Partial<Grants> = {}): string | null {
  const plan = { speak, framing: null, handler: service, hint: "" };
  return exposureOf({ ...plan, endpoint: parseEndpoint(url) }, { ...GRANTS, ...more });
}

Deno.test("what only this machine reaches may do anything", () => {
  for (
    const url of [
      "tcp://127.0.0.1:1",
      "tcp://127.1.2.3:1",
      "tcp://[::1]:1",
      "tcp://localhost:1",
      "unix:///x",
      "stdio:",
    ]
  ) {
    assertEquals(exposed(url, "native", EXEC), null, url);
  }
});

Deno.test("others get a power only with token and TLS", () => {
  for (const url of ["0.0.0.0:1", "192.168.1.2:1", "[::]:1", "8.8.8.8:1", "example.com:1"]) {
    assertEquals(exposed(`tcp://${url}`, "native"), null, "nothing to gain");
    assert(exposed(`tcp://${url}`, "native", EXEC)?.includes("without a token and TLS"), url);
    assert(exposed(`tcp://${url}`, "native", { ...EXEC, ...TOKEN })?.includes("without TLS"));
    assert(exposed(`tls://${url}`, "native", EXEC)?.includes("without a token"));
    assertEquals(exposed(`tls://${url}`, "native", { ...EXEC, ...TOKEN }), null);
    assert(
      exposed(`tls://${url}`, "exec-raw", { ...EXEC, ...TOKEN })?.includes("knows no secrets"),
    );
    assert(exposed(`tcp://${url}`, "chat-raw")?.includes("write to others"));
    assertEquals(exposed(`tcp://${url}`, "echo", EXEC), null);
  }
  assert(
    exposed("tcp://0.0.0.0:1", "native", { services: { chat: service } })?.includes(
      "write to others",
    ),
  );
});

Deno.test("a server that would be exposed says what to do instead, and that works", async () => {
  const here = await Deno.makeTempDir();
  const refused = await runProgram("server", [
    "--listen",
    "tcp://0.0.0.0:0",
    "--allow-exec",
    "true",
  ]);
  assertEquals(refused.code, 2);
  assertStringIncludes(
    refused.stderr,
    "would let anybody run programs, write to others, without a token and TLS",
  );
  // Each on a line of its own, to be copied.
  for (const step of ["openssl rand", "nonstick-server cert", "nonstick-server --listen"]) {
    assertStringIncludes(refused.stderr, `\n  ${step}`);
  }
  assertStringIncludes(refused.stderr, "--token-file token --tls-cert");
  await Deno.writeTextFile(`${here}/token`, "0123456789abcdef0123456789abcdef\n", { mode: 0o600 });
  const made = await runProgram("server", ["cert", "--name", "localhost", "--into", here]);
  assertEquals(made.code, 0, made.stderr);
  assert(/^fingerprint ([0-9A-F]{2}:){31}[0-9A-F]{2}$/m.test(made.stdout), made.stdout);
  const again = await runProgram("server", ["cert", "--into", here]);
  assertStringIncludes(again.stderr, "it is there already; choose another directory by --into");
  // A key is not left beside a certificate that it does not fit.
  await Deno.remove(`${here}/key.pem`);
  assertEquals((await runProgram("server", ["cert", "--into", here])).code, 2);
  assertEquals([...Deno.readDirSync(here)].map(({ name }) => name).sort(), ["cert.pem", "token"]);
  await Deno.remove(`${here}/cert.pem`);
  const nowhere = await runProgram("server", ["cert", "--into", `${here}/no`]);
  assertStringIncludes(nowhere.stderr, "no/key.pem: there is no such directory.");
  assertEquals(
    (await runProgram("server", ["cert", "--name", "localhost", "--into", here])).code,
    0,
  );
  if (Deno.build.os !== "windows") {
    assertEquals((await Deno.stat(`${here}/key.pem`)).mode! & 0o777, 0o600);
  }
  await using server = await RunningServer.start([
    ...["--listen", "tls://0.0.0.0:0", "--allow-exec", "true", "--token-file", `${here}/token`],
    ...["--tls-cert", `${here}/cert.pem`, "--tls-key", `${here}/key.pem`],
  ], 1);
  const port = new URL(server.urls[0] ?? "").port;
  const client = ["--to", `tls://localhost:${port}`, "--tls-ca", `${here}/cert.pem`];
  const exec = await runProgram("client", [
    ...client,
    "--token-file",
    `${here}/token`,
    "exec",
    "true",
  ]);
  assertEquals([exec.code, exec.stderr], [0, ""]);
  await Deno.remove(here, { recursive: true });
});

Deno.test("--insecure opens it all the same, loudly", async () => {
  await using server = await RunningServer.start(["--listen", "tcp://0.0.0.0:0", "--insecure"], 1);
  await server.logged(/Open to everybody/);
  server.kill("SIGTERM");
  const { stderr } = await server.ended();
  assertStringIncludes(stderr, "WARNING: --insecure");
  assertStringIncludes(stderr, "Open to everybody");
});
