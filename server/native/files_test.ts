import { assert, assertEquals, assertRejects } from "@std/assert";
import { FileRoot, sendFile, streamSource } from "../../protocol/files/mod.ts";
import { ExchangeError, type JsonObject } from "../../protocol/native/mod.ts";
import { type NativePair, nativePair } from "../../protocol/native/testing.ts";
import { filesService } from "./files.ts";

/** A client with a server that lets it read and write below a root; beside it is a file that must stay out of reach. */
async function place(): Promise<
  { above: string; root: string; pair: NativePair } & AsyncDisposable
> {
  const above = await Deno.realPath(await Deno.makeTempDir());
  const root = `${above}/root`;
  await Deno.mkdir(`${root}/dir`, { recursive: true });
  await Deno.writeTextFile(`${above}/secret`, "secret");
  const grant = { root: await FileRoot.open(root), write: true };
  const pair = await nativePair({ files: filesService(grant) });
  return {
    ...{ above, root, pair },
    async [Symbol.asyncDispose]() {
      await pair[Symbol.asyncDispose]();
      await Deno.remove(above, { recursive: true });
    },
  };
}

/** Does something with the service to its end, and gives what it told. */
async function ask(pair: NativePair, args: JsonObject, bytes?: Uint8Array): Promise<JsonObject[]> {
  const exchange = await pair.client.open("files", args);
  const told: JsonObject[] = [];
  if (bytes !== undefined) {
    using source = streamSource(reader(bytes), String(args["name"]));
    await sendFile(exchange, source).catch((error) => {
      if (!(error instanceof ExchangeError)) throw error;
    });
  }
  await exchange.end();
  for await (const { about } of exchange) told.push(about ?? {});
  await exchange.result();
  return told;
}

function reader(bytes: Uint8Array): { read(target: Uint8Array): Promise<number | null> } {
  let left = bytes;
  return {
    read(target) {
      const part = left.subarray(0, target.length);
      target.set(part);
      left = left.subarray(part.length);
      return Promise.resolve(part.length > 0 ? part.length : null);
    },
  };
}

/** The same, or an error when it takes too long. */
async function deadline<Result>(work: Promise<Result>): Promise<Result> {
  const late = Promise.withResolvers<never>();
  const timer = setTimeout(() => late.reject(new Error("it waits")), 10_000);
  try {
    return await Promise.race([work, late.promise]);
  } finally {
    clearTimeout(timer);
  }
}

const NAMES = [
  ...["..", "../secret", "dir/../../secret", "/etc/passwd", "dir/", "dir//x", "./x", "\\\\host\\x"],
  ...["C:\\x", "C:x", "..\\secret", "x\0", "x\n", "x\x1b[2J", "x.", "x ", "CON", "nul.txt", "a:b"],
];

Deno.test("names that lead elsewhere, or mean something else elsewhere, are refused by put, get and ls", async () => {
  await using at = await place();
  for (const name of NAMES) {
    const asked = [
      () => ask(at.pair, { op: "get", name }),
      () => ask(at.pair, { op: "put", name, overwrite: true }, Uint8Array.of(1)),
      () => ask(at.pair, { op: "ls", path: name }),
      () => ask(at.pair, { op: "ls", path: name, recursive: true }),
    ];
    for (const ask of asked) {
      assertEquals((await assertRejects(ask, ExchangeError)).code, "invalid", name);
    }
  }
  assertEquals([...Deno.readDirSync(at.root)].map(({ name }) => name), ["dir"]);
  assertEquals(await Deno.readTextFile(`${at.above}/secret`), "secret");
});

Deno.test("%2e%2e is a name like any other, and stays where it is", async () => {
  await using at = await place();
  await ask(at.pair, { op: "put", name: "%2e%2e%2fsecret" }, Uint8Array.of(1));
  const told = await ask(at.pair, { op: "ls", path: "" });
  assertEquals(told.map(({ name }) => name), ["%2e%2e%2fsecret", "dir"]);
  assertEquals(await Deno.readTextFile(`${at.above}/secret`), "secret");
});

Deno.test("names that nobody could ask for are not listed, and links neither", {
  ignore: Deno.build.os === "windows",
}, async () => {
  await using at = await place();
  for (const name of ["e\x1b]0;x\x07", "a:b", "x.", "CON", ".x.nonstick-part"]) {
    await Deno.writeTextFile(`${at.root}/${name}`, "");
  }
  await Deno.symlink(at.above, `${at.root}/up`);
  const told = await ask(at.pair, { op: "ls", path: "", recursive: true });
  assertEquals(told.map(({ name }) => name), ["dir"]);
});

Deno.test("what is no file is not opened: a pipe would wait for ever for somebody to write", {
  ignore: Deno.build.os === "windows",
}, async () => {
  await using at = await place();
  await new Deno.Command("mkfifo", { args: [`${at.root}/pipe`] }).output();
  for (const name of ["pipe", "dir"]) {
    const get = ask(at.pair, { op: "get", name });
    const error = await assertRejects(() => deadline(get), ExchangeError);
    assertEquals(error.code, "invalid", name);
  }
});

Deno.test("on a full disk nothing of the name is there, the client is told, and later it goes on", async () => {
  await using at = await place();
  const bytes = crypto.getRandomValues(new Uint8Array(60_000));
  const write = Deno.FsFile.prototype.write;
  let room = 20_000;
  Deno.FsFile.prototype.write = function (part) {
    if (room < part.length) {
      return Promise.reject(new Error("No space left on device (os error 28)"));
    }
    room -= part.length;
    return write.call(this, part);
  };
  try {
    const error = await assertRejects(
      () => ask(at.pair, { op: "put", name: "dir/big" }, bytes),
      ExchangeError,
    );
    assertEquals([error.code, error.message], ["io", "There is no room left on the server"]);
  } finally {
    Deno.FsFile.prototype.write = write;
  }
  const left = [...Deno.readDirSync(`${at.root}/dir`)].map(({ name }) => name);
  assert(left.every((name) => name.endsWith(".nonstick-part")), left.join());
  await ask(at.pair, { op: "put", name: "dir/big" }, bytes);
  assertEquals(await Deno.readFile(`${at.root}/dir/big`), bytes);
  assertEquals([...Deno.readDirSync(`${at.root}/dir`)].length, 1);
});
