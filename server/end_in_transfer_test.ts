/**
 * Signals, and readers that go, while something is under way (docs/THREATS.md, S25).
 * @module
 */
import { assert, assertEquals, assertMatch } from "@std/assert";
import { concat } from "@std/bytes/concat";
import { RunningServer } from "../cli/testing.ts";
import { envelope } from "../protocol/framing/mod.ts";
import { connect, type Connection } from "../protocol/transport/mod.ts";
import { permissionFlags, programs } from "../tools/programs.ts";
import { projectPath } from "../tools/project.ts";
import { stdFlags } from "../tools/std.ts";
import { hear, hearAll, say } from "./testing.ts";

const unix = { ignore: Deno.build.os === "windows" };
/** The file transfer of the tutorials: a header, then the bytes. */
const LAYOUT = envelope("json+i32le?size=filesize");
const FIRST = "half a file, ", SECOND = "and the other half";
const SIZE = FIRST.length + SECOND.length;

/** A server for files, and somebody who has put half of one. */
async function halfPut(): Promise<
  { server: RunningServer; root: string; client: Connection } & AsyncDisposable
> {
  const root = await Deno.makeTempDir();
  const server = await RunningServer.start([
    ...["--listen", "tcp://127.0.0.1:0?speak=files-json", "--log", "json"],
    ...["--root", root, "--allow-write"],
  ], 1);
  const client = await connect(server.urls[0] ?? "");
  const header = LAYOUT.encodeHeader({ cmd: "put", filename: "a.txt", filesize: SIZE });
  const bytes = concat([header, new TextEncoder().encode(FIRST)]);
  for (let at = 0; at < bytes.length;) at += await client.write(bytes.subarray(at));
  while (written(root) < FIRST.length) await new Promise((resolve) => setTimeout(resolve, 10));
  return {
    ...{ server, root, client },
    async [Symbol.asyncDispose]() {
      client.close();
      await server[Symbol.asyncDispose]();
      await Deno.remove(root, { recursive: true });
    },
  };
}

/** Bytes of all files in a directory. */
function written(root: string): number {
  return [...Deno.readDirSync(root)].reduce(
    (sum, { name }) => sum + Deno.statSync(`${root}/${name}`).size,
    0,
  );
}

Deno.test(
  "SIGTERM during an upload: it may end, is whole, and the exit code is 0",
  unix,
  async () => {
    await using at = await halfPut();
    at.server.kill("SIGTERM");
    // It drains: nobody new is let in, and who is in may go on.
    const url = at.server.urls[0] ?? "";
    while (await connect(url).then((other) => (other.close(), true), () => false));
    await say(at.client, SECOND);
    await at.client.closeWrite();
    await hearAll(at.client);
    assertEquals((await at.server.ended()).code, 0);
    assertEquals(await Deno.readTextFile(`${at.root}/a.txt`), FIRST + SECOND);
    assertEquals([...Deno.readDirSync(at.root)].length, 1);
  },
);

Deno.test(
  "SIGTERM during an upload that does not go on: closed in time, and no half file",
  unix,
  async () => {
    await using at = await halfPut();
    at.server.kill("SIGTERM");
    const { code, stderr } = await at.server.ended();
    assertEquals(code, 0);
    assertMatch(stderr, /"event":"stopped","closed":1/);
    assertEquals([...Deno.readDirSync(at.root)], []);
  },
);

Deno.test("two SIGINT during an upload: at once, and no half file of that name", unix, async () => {
  await using at = await halfPut();
  at.server.kill("SIGINT");
  await at.server.logged(/"event":"draining"/);
  at.server.kill("SIGINT");
  assertEquals((await at.server.ended()).code, 130);
  const left = [...Deno.readDirSync(at.root)].map(({ name }) => name);
  assert(left.every((name) => name.endsWith(".nonstick-part")), left.join());
});

Deno.test("who reads the server's output may go: it serves on", unix, async () => {
  const program = programs.server;
  const child = new Deno.Command(Deno.execPath(), {
    args: [
      ...["run", ...permissionFlags(program), "--config", projectPath("deno.json")],
      ...[...await stdFlags(), projectPath(program.main)],
      ...["--listen", "tcp://127.0.0.1:0?speak=echo&framing=line", "--max-frame", "9"],
    ],
    stdin: "null",
    stdout: "piped",
    stderr: "piped",
  }).spawn();
  try {
    const reader = child.stdout.pipeThrough(new TextDecoderStream()).getReader();
    let said = "";
    while (!/^listening (\S+)\n/.test(said)) {
      const { value, done } = await reader.read();
      assert(!done, `the server ended early: ${said}`);
      said += value;
    }
    const url = /^listening (\S+)\n/.exec(said)?.[1] ?? "";
    // From here on each line that it writes is EPIPE.
    await reader.cancel();
    await child.stderr.cancel();
    for (let i = 0; i < 20; i++) {
      const bad = await connect(url);
      await say(bad, "this line is longer than nine bytes\n");
      await hearAll(bad).catch(() => "");
      bad.close();
    }
    const good = await connect(url);
    await say(good, "hello\n");
    assertEquals(await hear(good), "hello\n");
    good.close();
    child.kill("SIGTERM");
    assertEquals((await child.status).code, 0);
  } finally {
    killIfThere(child);
    await child.status;
  }
});

function killIfThere(child: Deno.ChildProcess): void {
  try {
    child.kill("SIGKILL");
  } catch (error) {
    if (!(error instanceof TypeError)) throw error;
  }
}

/** Whether a process is there and no zombie. */
async function lives(pid: number): Promise<boolean> {
  const { stdout } = await new Deno.Command("ps", { args: ["-o", "stat=", "-p", String(pid)] })
    .output();
  return /^[^Z\s]/.test(new TextDecoder().decode(stdout));
}

for (const workers of ["1", "2"]) {
  Deno.test(`a second signal leaves no program behind, --workers ${workers}`, unix, async () => {
    await using server = await RunningServer.start([
      ...["--listen", "tcp://127.0.0.1:0?speak=exec-raw", "--allow-exec", "*", "--exec-shell"],
      ...["--workers", workers, "--log", "json"],
    ], 1);
    const folder = await Deno.makeTempDir(), file = `${folder}/pid`;
    const client = await connect(server.urls[0] ?? "");
    try {
      await say(client, `echo $$ > ${file}; sleep 600`);
      let pid = NaN;
      while (!(pid > 0)) {
        await new Promise((resolve) => setTimeout(resolve, 10));
        pid = parseInt(await Deno.readTextFile(file).catch(() => ""));
      }
      assert(await lives(pid));
      server.kill("SIGTERM");
      await server.logged(/"event":"draining"/);
      server.kill("SIGTERM");
      const { code, stderr } = await server.ended();
      assertEquals([code, /worker-failed/.test(stderr)], [143, false], stderr);
      for (let i = 0; await lives(pid); i++) assert(i < 1000, `process ${pid} lives on`);
    } finally {
      client.close();
      await Deno.remove(folder, { recursive: true });
    }
  });
}
