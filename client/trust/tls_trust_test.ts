import { assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { type Ended, RunningServer, runProgram } from "../../cli/testing.ts";
import { makeCertificate } from "../../server/cert/make_certificate.ts";

/** Files in a directory of their own, with a certificate and its key among them. */
async function withFolder(test: (folder: string, fingerprint: string) => Promise<void>) {
  const folder = await Deno.makeTempDir();
  try {
    await test(folder, await renew(folder));
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

/** Writes another certificate and key there, and gives the fingerprint. */
async function renew(folder: string): Promise<string> {
  const { cert, key, fingerprint } = await makeCertificate(["localhost"], 1);
  await Deno.writeTextFile(`${folder}/cert.pem`, cert);
  await Deno.writeTextFile(`${folder}/key.pem`, key, { mode: 0o600 });
  return fingerprint;
}

function start(folder: string, ...more: string[]): Promise<RunningServer> {
  return RunningServer.start([
    ...["--listen", "tls://localhost:0", ...more],
    ...["--tls-cert", `${folder}/cert.pem`, "--tls-key", `${folder}/key.pem`],
  ], 1);
}

function echo(folder: string, server: RunningServer, ...options: string[]): Promise<Ended> {
  const known = ["--known-hosts", `${folder}/known_hosts`];
  return runProgram("client", ["--to", server.urls[0] ?? "", ...known, ...options, "echo", "hi"]);
}

Deno.test("a server is trusted by its pin, or remembered, and a changed one is a hard stop", () =>
  withFolder(async (folder, fingerprint) => {
    await using server = await start(folder);
    const unknown = await echo(folder, server);
    assertEquals([unknown.code, unknown.stdout], [3, ""]);
    assertStringIncludes(unknown.stderr, `--tls-pin ${fingerprint}`);

    const pinned = await echo(folder, server, "--tls-pin", fingerprint);
    assertEquals(pinned, { code: 0, stdout: "hi\n", stderr: "" });
    const other = await echo(folder, server, "--tls-pin", "ab".repeat(32));
    assertEquals([other.code, other.stdout], [4, ""]);
    assertEquals((await echo(folder, server, "--tls-pin", "ab")).code, 2);

    const accepted = await echo(folder, server, "--accept-new");
    assertEquals([accepted.code, accepted.stdout], [0, "hi\n"], accepted.stderr);
    assertStringIncludes(accepted.stderr, `is known from now on: ${fingerprint}`);
    assertEquals(await echo(folder, server), { code: 0, stdout: "hi\n", stderr: "" });

    const renewed = await renew(folder);
    server.kill("SIGHUP");
    await server.logged(/ reloaded /);
    const changed = await echo(folder, server, "--accept-new");
    assertEquals([changed.code, changed.stdout], [4, ""]);
    for (const part of [fingerprint, renewed, "sed -i '1d'"]) {
      assertStringIncludes(changed.stderr, part);
    }
    assertEquals((await echo(folder, server, "--tls-pin", renewed)).code, 0);

    // A certificate that cannot be used changes nothing.
    await Deno.writeTextFile(`${folder}/cert.pem`, "junk");
    server.kill("SIGHUP");
    await server.logged(/ reload-failed /);
    assertEquals((await echo(folder, server, "--tls-pin", renewed)).code, 0);
    server.kill("SIGTERM");
    assertEquals((await server.ended()).code, 0);
  }));

Deno.test("a key or a token that others can read is told", () =>
  withFolder(async (folder) => {
    if (Deno.build.os === "windows") return;
    await Deno.chmod(`${folder}/key.pem`, 0o644);
    await Deno.writeTextFile(`${folder}/token`, "0123456789abcdef\n", { mode: 0o644 });
    await using server = await start(folder, "--token-file", `${folder}/token`);
    server.kill("SIGTERM");
    const { stderr } = await server.ended();
    assertMatch(stderr, /WARNING: others can read the file of --tls-key/);
    assertMatch(stderr, /WARNING: others can read the file of --token-file/);
    assertEquals(stderr.includes("0123456789abcdef"), false);
  }));
