/**
 * Servers that give other files than were asked for, under other names (docs/THREATS.md, S3 and S6).
 * @module
 */
import { assert, assertEquals, assertRejects, assertStringIncludes } from "@std/assert";
import { type Ended, runProgram } from "../cli/testing.ts";
import { sendFile, streamSource } from "../protocol/files/mod.ts";
import {
  type Exchange,
  ExchangeError,
  type JsonObject,
  type NativeService,
  serveNative,
} from "../protocol/native/mod.ts";
import { nativePair } from "../protocol/native/testing.ts";
import { listen } from "../protocol/transport/mod.ts";
import { entriesOf, type Entry } from "./files/exchange.ts";

/** Lets the client do something in an empty directory, with a server whose service "files" is this one. */
async function withServer(
  files: NativeService,
  body: (world: {
    readonly nonstick: (...args: string[]) => Promise<Ended>;
    /** Every file below the parent of the directory, by its path from there. */
    readonly found: () => string[];
    /** The directory. */
    readonly here: string;
  }) => Promise<void>,
): Promise<void> {
  const above = await Deno.realPath(await Deno.makeTempDir());
  const here = `${above}/here`;
  await Deno.mkdir(here);
  const listener = await listen("tcp://127.0.0.1:0");
  const serving = (async () => {
    for await (const connection of listener.connections()) {
      await serveNative(connection, { services: { files } }).catch(() => {});
      connection.close();
    }
  })();
  try {
    await body({
      here,
      nonstick: (...args) => runProgram("client", ["--to", listener.endpoint, ...args]),
      found: () => [...below(above)].map((path) => path.slice(above.length + 1)).sort(),
    });
  } finally {
    listener.close();
    await serving;
    await Deno.remove(above, { recursive: true });
  }
}

function* below(directory: string): Generator<string> {
  for (const { name, isDirectory } of Deno.readDirSync(directory)) {
    if (isDirectory) yield* below(`${directory}/${name}`);
    else yield `${directory}/${name}`;
  }
}

/** Lists these names, and gives a file whose name is made of the one asked for. */
function giving(
  listed: readonly string[],
  called: (asked: string) => string = (asked) => asked,
): NativeService {
  return async (exchange) => {
    const { op, name } = exchange.args;
    if (op === "ls") {
      for (const name of listed) {
        await exchange.tell({ kind: "entry", name, type: "file", size: 4, mtime: 0 });
      }
      return;
    }
    return await send(exchange, called(String(name)));
  };
}

async function send(exchange: Exchange, name: string): Promise<JsonObject> {
  let left = new TextEncoder().encode("evil");
  const read = (target: Uint8Array) => {
    const count = left.length;
    target.set(left);
    left = left.subarray(count);
    return Promise.resolve(count > 0 ? count : null);
  };
  using source = streamSource({ read }, name);
  return { ...await sendFile(exchange, source) };
}

Deno.test("a file that comes under another name than was asked for is not kept", () =>
  withServer(giving(["notes.txt"], () => "../evil"), async ({ nonstick, found, here }) => {
    for (const args of [["--into", here], ["-o", `${here}/mine`], ["-o", "-"]]) {
      const { code, stdout, stderr } = await nonstick("get", "notes.txt", ...args);
      assertEquals([code, stdout, found()], [5, "", []], stderr);
      assertStringIncludes(stderr, "another file than was asked for");
    }
  }));

Deno.test("names in a list lead nowhere but below where they were asked for", () =>
  withServer(
    giving([
      "dir/../../evil",
      "dir/a/../../../evil",
      "/evil",
      "C:\\evil",
      "dir/con",
      "dir/e\x1b[2J",
    ]),
    async ({ nonstick, found, here }) => {
      for (const what of ["dir", "dir/**", "**"]) {
        const { code, stderr } = await nonstick("get", what, "--into", here);
        assert(code !== 0, stderr);
        assertEquals(found(), [], stderr);
        assert(!stderr.includes("\x1b"), stderr);
      }
    },
  ));

Deno.test("more files than were asked for are passed over", () =>
  withServer(
    giving(["notes.txt", ".bashrc", "dir/other.txt", "notes.txt.exe"]),
    async ({ nonstick, found, here }) => {
      const { code, stderr } = await nonstick("get", "notes.txt", "--into", here);
      assertEquals([code, found()], [0, ["here/notes.txt"]], stderr);
      const pattern = await nonstick("get", "*.exe", "--into", here);
      assertEquals([pattern.code, found()], [0, ["here/notes.txt", "here/notes.txt.exe"]]);
    },
  ));

Deno.test("a list without end fills no memory", async () => {
  let told = 0;
  const files: NativeService = async (exchange) => {
    for (;; told++) {
      await exchange.tell({ kind: "entry", name: `f${told}`, type: "file", size: 0, mtime: 0 });
    }
  };
  await using pair = await nativePair({ files });
  const kept: Entry[] = [];
  const error = await assertRejects(async () => {
    for await (const entry of entriesOf(pair.client, "", true, 1000)) kept.push(entry);
  }, ExchangeError);
  assertEquals([error.code, kept.length], ["limit", 1000]);
});

Deno.test("wrong bytes of a server are exit code 5, and nothing is kept", () =>
  withServer(async (exchange) => {
    const damaged = new Proxy(exchange, {
      get(target, name) {
        const value = Reflect.get(target, name);
        if (name !== "send") return typeof value === "function" ? value.bind(target) : value;
        return (bytes: Uint8Array) => target.send(bytes.map((byte) => byte ^ 1));
      },
    });
    return await send(damaged, "notes.txt");
  }, async ({ nonstick, found, here }) => {
    const args = ["get", "notes.txt", "-o", `${here}/notes.txt`, "--retries", "0"];
    const { code, stderr } = await nonstick(...args);
    assertEquals(code, 5, stderr);
    assertStringIncludes(stderr, "damaged");
    assertEquals(found().filter((path) => !path.endsWith("-part")), []);
  }));
