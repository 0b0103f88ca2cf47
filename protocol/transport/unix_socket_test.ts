import { assertEquals, assertRejects, assertStringIncludes } from "@std/assert";
import { connect } from "./connect.ts";
import { ListenError } from "./errors.ts";
import { listen } from "./listen.ts";

/** Runs `test` with the path of a socket in a folder of its own. */
function withPath(test: (path: string) => Promise<void>): () => Promise<void> {
  return async () => {
    const folder = await Deno.makeTempDir();
    try {
      await test(`${folder}/x.sock`);
    } finally {
      await Deno.remove(folder, { recursive: true });
    }
  };
}

const ignore = Deno.build.os === "windows";

Deno.test({
  name: "a Unix socket is for this user only, and is gone after close()",
  ignore,
  fn: withPath(async (path) => {
    const listener = await listen(`unix:${path}`);
    assertEquals(listener.endpoint, `unix://${path}`);
    assertEquals(((await Deno.stat(path)).mode ?? 0) & 0o777, 0o600);
    listener.close();
    await assertRejects(() => Deno.stat(path), Deno.errors.NotFound);
    await using open = await listen(`unix:${path}`, { socketMode: 0o666 });
    assertEquals(((await Deno.stat(path)).mode ?? 0) & 0o777, 0o666);
    assertEquals(open.endpoint, `unix://${path}`);
  }),
});

Deno.test({
  name: "a socket file that nobody listens on is replaced",
  ignore,
  fn: withPath(async (path) => {
    const killed = Deno.listen({ transport: "unix", path: `${path}.old` });
    await Deno.rename(`${path}.old`, path);
    killed.close();
    await using listener = await listen(`unix:${path}`);
    const client = await connect(listener.endpoint);
    (await listener.accept())?.close();
    client.close();
  }),
});

Deno.test({
  name: "a socket in use and a file that is no socket are left alone",
  ignore,
  fn: withPath(async (path) => {
    await using listener = await listen(`unix:${path}`);
    const taken = await assertRejects(() => listen(`unix:${path}`), ListenError);
    assertEquals(taken.reason, "in-use");
    assertStringIncludes(taken.message, "another server listens there");
    // The probe that found it alive is the first to be accepted.
    (await listener.accept())?.close();
    const client = await connect(listener.endpoint);
    (await listener.accept())?.close();
    client.close();

    await Deno.writeTextFile(`${path}.txt`, "precious");
    const file = await assertRejects(() => listen(`unix:${path}.txt`), ListenError);
    assertStringIncludes(file.message, "not a socket");
    assertEquals(await Deno.readTextFile(`${path}.txt`), "precious");
  }),
});

Deno.test({
  name: "neither a link, nor a socket of another kind or of another user is removed",
  ignore,
  fn: withPath(async (path) => {
    const stale = async (at: string) => {
      const killed = Deno.listen({ transport: "unix", path: `${at}.old` });
      await Deno.rename(`${at}.old`, at);
      killed.close();
    };
    const refused = async (at: string, problem: string) => {
      const before = await Deno.lstat(at);
      const { message } = await assertRejects(() => listen(`unix:${at}`), ListenError);
      assertStringIncludes(message, problem);
      assertEquals((await Deno.lstat(at)).ino, before.ino);
    };
    await stale(path);
    // A link could have us remove, or serve at, a place that somebody else has chosen.
    for (const target of [path, `${path}.nothing`]) {
      await Deno.symlink(target, `${path}.link`);
      await refused(`${path}.link`, "not a socket");
      await Deno.remove(`${path}.link`);
    }
    assertEquals((await Deno.lstat(path)).isSocket, true);
    const datagrams = Deno.listenDatagram({ transport: "unixpacket", path: `${path}.dgram` });
    await refused(`${path}.dgram`, "Cannot listen on");
    datagrams.close();
    if (Deno.uid() !== 0) return;
    await Deno.chown(path, 65_534, null);
    await refused(path, "belongs to another user");
  }),
});

Deno.test({
  name: "a folder that is not there is told",
  ignore,
  fn: withPath(async (path) => {
    const error = await assertRejects(() => listen(`unix:${path}/x.sock`), ListenError);
    assertEquals(error.reason, "missing");
    await Deno.writeTextFile(path, "a file, not a folder");
    await assertRejects(() => listen(`unix:${path}/x.sock`), ListenError, "Not a directory");
  }),
});
