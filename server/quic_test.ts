/** The server over QUIC: the framework, and the program with its clients. */
import {
  assert,
  assertEquals,
  assertMatch,
  assertRejects,
  assertStringIncludes,
} from "@std/assert";
import { RunningServer, runProgram } from "../cli/testing.ts";
import { FramedConnection } from "../protocol/session/mod.ts";
import {
  connect,
  connectionsEnded,
  listen,
  openDatagrams,
  RandomStream,
} from "../protocol/transport/mod.ts";
import { projectPath } from "../tools/project.ts";
import { makeCertificate } from "./cert/make_certificate.ts";
import { checkQuic } from "./check_quic.ts";
import { framed } from "./framed.ts";
import { serve } from "./serve.ts";

const CERT = projectPath("protocol/transport/testdata/cert.pem");
const IDENTITY = ["--tls-cert", CERT, "--tls-key", CERT.replace("cert.pem", "key.pem")];

Deno.test("quic: a renewed certificate is shown to new clients, open connections stay", async () => {
  const [old, renewed] = [
    await makeCertificate(["127.0.0.1"], 1),
    await makeCertificate(["127.0.0.1"], 1),
  ];
  const trust = ({ cert }: { cert: string }) => ({ tls: { caCerts: [cert] } });
  await using listener = await listen("quic://127.0.0.1:0", { tls: old });
  const [before, accepted] = await Promise.all([
    connect(listener.endpoint, trust(old)),
    listener.accept(),
  ]);
  await assertRejects(async () => await listener.renew?.({ ...renewed, cert: "junk" }));
  await listener.renew?.(renewed);
  await assertRejects(() => connect(listener.endpoint, trust(old)), Error, "TLS failed: ");
  const [after, second] = await Promise.all([
    connect(listener.endpoint, trust(renewed)),
    listener.accept(),
  ]);
  await before.write(Uint8Array.of(1));
  assertEquals(await accepted?.read(new Uint8Array(9)), 1);
  for (const connection of [before, accepted, after, second]) connection?.close();
  await connectionsEnded();
});

Deno.test({
  name: "quic: SIGHUP renews the certificate of a server, and who is connected stays",
  ignore: Deno.build.os === "windows",
  async fn() {
    const folder = await Deno.makeTempDir();
    const put = async ({ cert, key }: { cert: string; key: string }) => {
      for (const [name, text] of [["cert", cert], ["key", key]] as const) {
        await Deno.writeTextFile(`${folder}/${name}.pem`, text, { mode: 0o600 });
      }
    };
    try {
      const [old, renewed] = [
        await makeCertificate(["localhost"], 1),
        await makeCertificate(["localhost"], 1),
      ];
      await put(old);
      await using server = await RunningServer.start([
        ...["--listen", "quic://localhost:0?speak=echo"],
        ...["--tls-cert", `${folder}/cert.pem`, "--tls-key", `${folder}/key.pem`],
      ], 1);
      const url = (server.urls[0] ?? "").replace(/\?.*/, "");
      const reach = ({ cert }: { cert: string }) => connect(url, { tls: { caCerts: [cert] } });
      const before = await reach(old);
      await put(renewed);
      server.kill("SIGHUP");
      await server.logged(/ reloaded /);
      await assertRejects(() => reach(old), Error, "TLS failed: ");
      const after = await reach(renewed);
      for (const connection of [before, after]) {
        await connection.write(Uint8Array.of(7));
        assertEquals(await connection.read(new Uint8Array(9)), 1);
        connection.close();
      }
      await connectionsEnded();
    } finally {
      await Deno.remove(folder, { recursive: true });
    }
  },
});

Deno.test("quic: every command works over it, though the server has given up net", async () => {
  const speaks = ["", "?speak=echo&framing=u32be", "?speak=hello", "?speak=upper&framing=line"];
  await using server = await RunningServer.start([
    ...speaks.flatMap((speak) => ["--listen", `quic://localhost:0${speak}`]),
    ...IDENTITY,
  ], speaks.length);
  const table: [listener: number, args: string[], stdout: string, input?: string][] = [
    [0, ["echo", "hello"], "hello\n"],
    [0, ["hello", "A", "Bo"], "Welcome!\nHello, A!\nHello, Bo!\n"],
    [0, ["echo", "-"], "a".repeat(500_000), "a".repeat(500_000)],
    [1, ["echo", "粘包"], "粘包\n"],
    [1, ["frames"], "one\n\nlast\n", "one\n\nlast"],
    [2, ["hello", "A"], "Welcome!\nHello, A!\n"],
    [3, ["upper", "hi"], "HI\n"],
  ];
  for (const [listener, args, stdout, input] of table) {
    const to = ["--to", server.urls[listener] ?? "", "--tls-ca", CERT];
    const ended = await runProgram("client", [...to, ...args], input);
    assertEquals(ended, { code: 0, stdout, stderr: "" }, args.join(" "));
  }
  const untrusted = await runProgram("client", ["--to", server.urls[0] ?? "", "echo", "hi"]);
  assertEquals([untrusted.code, untrusted.stdout], [3, ""]);
  assertStringIncludes(untrusted.stderr, "name it with --tls-ca CERT.pem");
  server.kill("SIGTERM");
  const { code, stderr } = await server.ended();
  assertEquals(code, 0, stderr);
  assertMatch(stderr, /Try: nonstick --to 'quic:\/\/localhost:\d+' --tls-ca CERT.pem echo world\n/);
});

Deno.test("quic: the server gives up net, and needs a certificate", async () => {
  const quic = ["--listen", "quic://:0", "--check-powers"];
  const { code, stdout } = await runProgram("server", [...quic, ...IDENTITY]);
  assertEquals(code, 0, stdout);
  assert(stdout.includes("power net given up, denied"), stdout);
  const bare = await runProgram("server", quic);
  assertEquals(bare.code, 2);
  assertStringIncludes(bare.stderr, "A quic:// listener needs --tls-cert FILE");
});

Deno.test("--check-quic says whether QUIC works here", async () => {
  assertEquals(await checkQuic(), null);
  const { code, stdout } = await runProgram("server", ["--check-quic"]);
  assertEquals([code, stdout], [0, "quic works\n"]);
});

Deno.test("quic: fifty clients at once, and each gets its own frames back", async () => {
  const seed = crypto.getRandomValues(new Uint32Array(1))[0] ?? 1;
  const { cert, key } = await makeCertificate(["127.0.0.1"], 1);
  const failures: unknown[] = [];
  const echo = framed("u32be", async (frames) => {
    for await (const batch of frames.batches()) frames.sendBatch(batch);
  });
  await using server = await serve(echo, {
    listen: "quic://127.0.0.1:0",
    tls: { cert, key },
    error: (error) => void failures.push(error),
  });
  const talk = async (number: number) => {
    const random = new RandomStream(seed, `client.${number}`);
    const connection = await connect(server.endpoint, {
      tls: { caCerts: [cert] },
      connectTimeoutMs: 60_000,
    });
    const frames = new FramedConnection(connection, "u32be", { idleTimeoutMs: 60_000 });
    const sent = Array.from({ length: 20 }, () => {
      const length = random.below(5000);
      return Uint8Array.from({ length }, () => random.below(256));
    });
    const sending = frames.sendAll(sent).then(() => frames.closeWrite());
    const back = await Array.fromAsync(frames);
    await sending;
    frames.close();
    assertEquals(back, sent, `client ${number} of seed ${seed}`);
  };
  await Promise.all(Array.from({ length: 50 }, (_, number) => talk(number)));
  assertEquals(failures, []);
  await connectionsEnded();
});

Deno.test("quic: a datagram that is none of its own harms nobody", async () => {
  const { cert, key } = await makeCertificate(["127.0.0.1"], 1);
  await using listener = await listen("quic://127.0.0.1:0", { tls: { cert, key } });
  await using stranger = await openDatagrams("udp://127.0.0.1:0");
  const accepting = listener.accept();
  const to = listener.endpoint.replace("quic", "udp");
  for (let length = 0; length < 1500; length += 100) {
    await stranger.send(crypto.getRandomValues(new Uint8Array(length)), to);
  }
  const client = await connect(listener.endpoint, { tls: { caCerts: [cert] } });
  const server = await accepting;
  await server?.write(Uint8Array.of(5));
  assertEquals(await client.read(new Uint8Array(9)), 1);
  client.close();
  server?.close();
  await connectionsEnded();
});

Deno.test("quic: what its certificates cannot do is refused by name", async () => {
  const refusals = [
    [["--accept-new"], 2, "--accept-new is for tls://"],
    [["--tls-pin", "00".repeat(32)], 3, "QUIC cannot pin a certificate"],
  ] as const;
  for (const [options, code, words] of refusals) {
    const args = ["--to", "quic://localhost:9", ...options, "echo", "hi"];
    const ended = await runProgram("client", args);
    assertEquals(ended.code, code);
    assertStringIncludes(ended.stderr, words);
  }
});
