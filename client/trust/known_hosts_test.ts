import { assert, assertEquals, assertRejects, assertStringIncludes } from "@std/assert";
import { UsageError } from "../../cli/options.ts";
import { ConnectError, type PeerCertificate } from "../../protocol/transport/mod.ts";
import { CERT, FINGERPRINT } from "../../protocol/transport/testdata/mod.ts";
import { askYesNo } from "./ask.ts";
import { type FirstUse, trustOnFirstUse } from "./first_use.ts";
import { defaultKnownHosts, KnownHosts } from "./known_hosts.ts";

const PEER: PeerCertificate = {
  endpoint: "tls://example.com:7443",
  fingerprint: FINGERPRINT,
  pem: CERT,
  problem: "UnknownIssuer",
};
const OTHER = { ...PEER, fingerprint: "00:".repeat(31) + "00" };

/** A file of known hosts that is not there yet, in a directory that is not, either. */
async function withHosts(test: (hosts: KnownHosts, use: FirstUse) => Promise<void>): Promise<void> {
  const folder = await Deno.makeTempDir();
  const hosts = new KnownHosts(`${folder}/config/nonstick/known_hosts`);
  try {
    await test(hosts, { hosts, acceptNew: false, tell: () => {} });
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

function refused(peer: PeerCertificate, use: FirstUse): Promise<ConnectError> {
  return assertRejects(() => trustOnFirstUse(peer, use), ConnectError);
}

Deno.test("a server that is remembered is known by host, port and fingerprint", () =>
  withHosts(async (hosts) => {
    assertEquals(await hosts.find(PEER.endpoint), []);
    await hosts.add(PEER);
    await hosts.add({ ...PEER, endpoint: "tls://example.com:1" });
    const [found, ...others] = await hosts.find(PEER.endpoint);
    assertEquals(others, []);
    assertEquals(found?.fingerprint, FINGERPRINT);
    assertEquals(found?.pem.replace(/\s/g, ""), CERT.replace(/\s/g, ""));
    assertEquals(found?.line, 1);
    if (Deno.build.os !== "windows") {
      assertEquals((await Deno.stat(hosts.path)).mode! & 0o777, 0o600);
    }
  }));

Deno.test("a damaged line is an error, a remark is none", () =>
  withHosts(async (hosts) => {
    await hosts.add(PEER);
    const text = await Deno.readTextFile(hosts.path);
    await Deno.writeTextFile(hosts.path, `# mine\n\n${text}`);
    assertEquals((await hosts.find(PEER.endpoint))[0]?.line, 3);
    for (const bad of [text.replace("MII", "MIJ"), "junk\n", `${text.trim()} more\n`]) {
      await Deno.writeTextFile(hosts.path, `# mine\n${bad}`);
      const error = await assertRejects(() => hosts.find("tls://other:1"), UsageError);
      assertStringIncludes(error.message, "Line 2 of");
    }
  }));

Deno.test("where nobody can be asked a new server is refused with the command that accepts it", () =>
  withHosts(async (hosts, use) => {
    const error = await refused(PEER, use);
    assertEquals(error.reason, "tls");
    assertStringIncludes(error.message, `--tls-pin ${FINGERPRINT}`);
    assertEquals(await hosts.find(PEER.endpoint), []);
  }));

Deno.test("a new server is remembered after a yes or --accept-new, and not after a no", () =>
  withHosts(async (hosts, use) => {
    const asked: string[] = [];
    const answer = (yes: boolean) => (question: string) => {
      asked.push(question);
      return Promise.resolve(yes);
    };
    assertEquals((await refused(PEER, { ...use, ask: answer(false) })).reason, "identity");
    assertEquals(await hosts.find(PEER.endpoint), []);
    assertEquals(await trustOnFirstUse(PEER, { ...use, ask: answer(true) }), true);
    assert(asked.every((question) => question.includes(FINGERPRINT)));
    assertEquals((await hosts.find(PEER.endpoint)).length, 1);
    // Known from now on: nobody is asked again.
    assertEquals(await trustOnFirstUse(PEER, use), true);
    const second = { ...PEER, endpoint: "tls://second:1" };
    assertEquals(await trustOnFirstUse(second, { ...use, acceptNew: true }), true);
    assertEquals((await hosts.find(second.endpoint)).length, 1);
  }));

Deno.test("a changed certificate is a hard stop that shows both, even with --accept-new", () =>
  withHosts(async (hosts, use) => {
    await hosts.add(PEER);
    const error = await refused(OTHER, {
      ...use,
      acceptNew: true,
      ask: () => Promise.resolve(true),
    });
    assertEquals(error.reason, "identity");
    for (const part of [FINGERPRINT, OTHER.fingerprint, `sed -i '1d' '${hosts.path}'`]) {
      assertStringIncludes(error.message, part);
    }
  }));

Deno.test("the file is under the directory for settings of this user", () => {
  const path = (env: Record<string, string>, os: typeof Deno.build.os = "linux") =>
    defaultKnownHosts((name) => env[name], os);
  assertEquals(path({ HOME: "/h", XDG_CONFIG_HOME: "/c" }), "/c/nonstick/known_hosts");
  assertEquals(path({ HOME: "/h", XDG_CONFIG_HOME: "c" }), "/h/.config/nonstick/known_hosts");
  assertEquals(path({ HOME: "/h" }), "/h/.config/nonstick/known_hosts");
  assertEquals(path({}), undefined);
  assertEquals(path({ APPDATA: "C:\\A", HOME: "/h" }, "windows"), "C:\\A/nonstick/known_hosts");
});

Deno.test("only yes and no are answers; escapes in the question are shown", async () => {
  const answers = ["maybe\n", "YES\n", "no\n"], shown: string[] = [];
  const input = {
    read(target: Uint8Array) {
      const answer = answers.shift();
      if (answer === undefined) return Promise.resolve(null);
      return Promise.resolve(new TextEncoder().encodeInto(answer, target).written);
    },
  };
  const show = (text: string) => Promise.resolve(shown.push(text));
  assertEquals(await askYesNo("Connect\u001b[2J? ", input, show), true);
  assertEquals(await askYesNo("Connect? ", input, show), false);
  assertEquals(await askYesNo("Connect? ", input, show), false);
  assertEquals(shown, [
    ...["Connect\\u001b[2J? ", "yes or no? ", "Connect? ", "Connect? "],
    // What is told next begins on a line of its own.
    "\n",
  ]);
});
