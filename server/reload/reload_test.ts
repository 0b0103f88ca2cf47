import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { RunningServer, runProgram } from "../../cli/testing.ts";
import { OPTIONS } from "../options.ts";
import { parseOptions } from "../../cli/options.ts";
import { connect } from "../../protocol/transport/mod.ts";
import { projectPath } from "../../tools/project.ts";
import { hear, hearAll, say } from "../testing.ts";
import { CHANGEABLE, changesOf } from "./changes.ts";

/** Windows has no SIGHUP. */
const ignore = Deno.build.os === "windows";

function settings(...args: string[]) {
  return parseOptions(OPTIONS, args).values;
}

Deno.test("what can change is told apart from what needs a restart", () => {
  const old = settings("--deny", "10.0.0.0/8", "--max-frame", "10", "--root", "/a", "--rooms", "5");
  const fresh = settings(
    "--deny",
    "10.0.0.0/9",
    "--max-frame",
    "11",
    "--root",
    "/b",
    "--rooms",
    "5",
  );
  const { settings: now, changed, needRestart } = changesOf(old, fresh);
  assertEquals([changed, needRestart], [["deny", "max-frame"], ["root"]]);
  assertEquals([now["max-frame"], now.root, now.deny.flat()[0]?.text], [11, "/a", "10.0.0.0/9"]);
  assertEquals(changesOf(old, old), { settings: old, changed: [], needRestart: [] });
});

Deno.test("the documentation names every option that a SIGHUP changes", async () => {
  const text = await Deno.readTextFile(projectPath("docs/OPERATING.md"));
  const section = text.slice(text.indexOf("### What SIGHUP changes"));
  for (const name of CHANGEABLE) assertStringIncludes(section.split("\n#")[0] ?? "", `--${name}`);
  assertEquals([...CHANGEABLE].filter((name) => !Object.hasOwn(OPTIONS, name)), []);
});

/** A server with a config file that the test writes; `reload` writes another one and waits for `event`. */
async function withConfig(
  config: Record<string, unknown>,
  test: (
    server: RunningServer,
    reload: (
      config: string | Record<string, unknown>,
      event: string,
    ) => Promise<Record<string, unknown>>,
    folder: string,
  ) => Promise<void>,
  args: readonly string[] = [],
): Promise<void> {
  const folder = await Deno.makeTempDir(), file = `${folder}/server.jsonc`;
  try {
    await Deno.writeTextFile(file, JSON.stringify({ log: "json", ...config }));
    await using server = await RunningServer.start(["--config", file, ...args], 1);
    let reloads = 0;
    await test(server, async (next, event) => {
      const text = typeof next === "string" ? next : JSON.stringify({ log: "json", ...next });
      await Deno.writeTextFile(file, text);
      server.kill("SIGHUP");
      reloads++;
      const pattern = /^\{.*"event":"(?:reloaded|reload-failed)".*\n/gm;
      const [line] = await server.logged(pattern, reloads);
      const told: Record<string, unknown> = JSON.parse(line);
      assertEquals(told["event"], event, line);
      return told;
    }, folder);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

const TOKENS = ["first secret, long enough", "second secret, long enough"] as const;

Deno.test({
  name: "SIGHUP: limits and lists hold for who connects next, open connections go on",
  ignore,
  fn: () =>
    withConfig({ listen: "tcp://:0?framing=u8", "max-frame": 2 }, async (server, reload) => {
      const [url = ""] = server.urls;
      const old = await connect(url);
      const asked = async (text: string) => {
        const client = await connect(url);
        await say(client, text);
        await client.closeWrite();
        const answer = await hearAll(client);
        client.close();
        return answer;
      };
      await say(old, "\x02ab");
      assertEquals(await hear(old), "\x02ab");
      assertEquals(await asked("\x03abc"), "");
      const told = await reload(
        { listen: ["tcp://:0?framing=u8", "tcp://:0"], "max-frame": 3, rooms: 1 },
        "reloaded",
      );
      assertEquals([told["changed"], told["needs-restart"]], ["max-frame", "listen, rooms"]);
      assertEquals(await asked("\x03abc"), "\x03abc");
      await say(old, "\x02cd");
      assertEquals(await hear(old), "\x02cd");
      // What cannot be used changes nothing, not even what could be used of it.
      for (
        const bad of [
          { "max-frame": 4, deny: "everybody" },
          { "max-frame": 4, "no-such-option": 1 },
          '{ "max-frame": 4,, }',
          { "max-frame": 4, "token-file": "/no/such/file" },
        ]
      ) {
        const { level, message } = await reload(bad, "reload-failed");
        assertEquals(level, "error");
        assert(String(message).startsWith("Cannot"), String(message));
      }
      assertEquals(await asked("\x03abc"), "\x03abc");
      assertEquals(await asked("\x04abcd"), "");
      await reload({ deny: "127.0.0.0/8" }, "reloaded");
      assertEquals(await asked("\x01a").catch(() => ""), "");
      await say(old, "\x02ef");
      assertEquals(await hear(old), "\x02ef");
      await reload({ allow: "127.0.0.1" }, "reloaded");
      assertEquals(await asked("\x01a"), "\x01a");
      old.close();
    }),
});

Deno.test({
  name: "SIGHUP: the token is read again, and cannot be taken away",
  ignore,
  fn: () =>
    withConfig({ listen: "tcp://:0" }, async (server, reload, folder) => {
      const [url = ""] = server.urls, file = `${folder}/token`;
      const code = async (token: string) => {
        await Deno.writeTextFile(`${folder}/theirs`, token);
        const args = ["--to", url, "--token-file", `${folder}/theirs`, "echo", "x"];
        return (await runProgram("client", args)).code;
      };
      assertEquals((await runProgram("client", ["--to", url, "echo", "x"])).code, 0);
      for (const token of TOKENS) {
        await Deno.writeTextFile(file, token);
        await reload({ listen: "tcp://:0", "token-file": file }, "reloaded");
        assertEquals([await code(token), await code(`not ${token}`)], [0, 4]);
      }
      const { message } = await reload({ listen: "tcp://:0" }, "reload-failed");
      assertStringIncludes(String(message), "--token-file cannot be taken away");
      assertEquals(await code(TOKENS[1]), 0);
      server.kill("SIGTERM");
      const said = JSON.stringify(await server.ended());
      for (const token of TOKENS) assertEquals(said.includes(token), false);
    }),
});

Deno.test({
  name: "SIGHUP: more and fewer connections, other log lines",
  ignore,
  fn: () =>
    withConfig(
      { listen: "tcp://:0?framing=line", "max-connections": 1 },
      async (server, reload, folder) => {
        const [url = ""] = server.urls;
        const first = await connect(url);
        await say(first, "a\n");
        assertEquals(await hear(first), "a\n");
        const second = await connect(url);
        await say(second, "b\n");
        const heard = hear(second);
        await reload({ "max-connections": 2, "log-level": "debug" }, "reloaded");
        assertEquals(await heard, "b\n");
        const third = await connect(url);
        first.close();
        await server.logged(/"event":"disconnected"/g, 1);
        await say(third, "c\n");
        assertEquals(await hear(third), "c\n");
        await Deno.writeTextFile(`${folder}/server.jsonc`, '{ "listen": "tcp://:0?framing=line" }');
        server.kill("SIGHUP");
        await server.logged(/^\S+ info +reloaded signal=SIGHUP changed=".*log.*"/m);
        second.close();
        third.close();
      },
    ),
});

Deno.test({
  name: "SIGHUP: what would open the server to strangers is refused",
  ignore,
  fn: () =>
    withConfig(
      { listen: "tcp://0.0.0.0:0", insecure: true },
      async (_, reload) => {
        const { message } = await reload({ listen: "tcp://0.0.0.0:0" }, "reload-failed");
        assertStringIncludes(String(message), "would let anybody");
      },
    ),
});

Deno.test({
  name: "SIGHUP: every worker takes it over",
  ignore: Deno.build.os !== "linux",
  fn: () =>
    withConfig({ listen: "tcp://:0?framing=u8", "max-frame": 2 }, async (server, reload) => {
      await reload({ "max-frame": 3 }, "reloaded");
      // The system shares connections out by their ports: both have some of so many.
      for (let i = 0; i < 24; i++) {
        const client = await connect(server.urls[0] ?? "");
        await say(client, "\x03abc");
        assertEquals(await hear(client), "\x03abc");
        client.close();
      }
    }, ["--workers", "2"]),
});
