import { assert, assertEquals, assertRejects } from "@std/assert";
import { random } from "../framing/testing.ts";
import { type Exchange, ExchangeError, type NativeService } from "../native/mod.ts";
import { nativePair } from "../native/testing.ts";
import { PartialFile, type PartialOptions } from "./partial_file.ts";
import { receiveFile } from "./receive_file.ts";
import { FileRoot } from "./root.ts";
import { sendFile, type Sent } from "./send_file.ts";
import { fileSource, type SendSource, streamSource } from "./source.ts";
import type { TransferResult } from "./transfer.ts";

const SEED = Number(crypto.getRandomValues(new Uint32Array(1))[0]);
/** Small, so that all edges are near. */
const blockSize = 1000;
const BOOT = 1_700_000_000_000;
const options = { blockSize };

function bytesOf(size: number, seed: number): Uint8Array {
  const below = random(seed);
  return new Uint8Array(size).map(() => below(256));
}

/** Two directories and a name: where a file comes from, and where it goes. */
async function place(): Promise<
  { source: string; root: FileRoot; target: string } & AsyncDisposable
> {
  const directory = await Deno.makeTempDir();
  await Deno.mkdir(`${directory}/root`);
  return {
    source: `${directory}/source`,
    root: await FileRoot.open(`${directory}/root`),
    target: `${directory}/root/a.bin`,
    [Symbol.asyncDispose]: () => Deno.remove(directory, { recursive: true }),
  };
}

/** Which side of the exchange sends the file: the client, or the service. */
type Way = "put" | "get";

/** Whether the source is old enough to have a version, in both directions. */
const SETTLED_AND_WAY: readonly (readonly [boolean, Way])[] = [
  [true, "put"],
  [true, "get"],
  [false, "put"],
  [false, "get"],
];

/** Sends a source to a root; `between` stands between the sender and its exchange. */
async function transfer(
  source: SendSource,
  root: FileRoot,
  more: PartialOptions & {
    readonly between?: (exchange: Exchange) => Exchange;
    readonly way?: Way;
  } = {},
): Promise<{ sent: Sent; kept: TransferResult }> {
  const { between = (exchange: Exchange) => exchange, way = "put", ...partial } = more;
  const send = (exchange: Exchange) => sendFile(between(exchange), source, options);
  const receive = (exchange: Exchange) =>
    receiveFile(
      exchange,
      (offer) =>
        PartialFile.open(root, offer.name, offer, { bootedMs: BOOT, ...options, ...partial }),
      options,
    );
  let sent: Sent | undefined, kept: TransferResult | undefined;
  const service: NativeService = async (exchange) => {
    if (way === "put") kept = await receive(exchange);
    else sent = await send(exchange);
  };
  await using pair = await nativePair({ transfer: service });
  const exchange = await pair.client.open("transfer");
  try {
    if (way === "put") sent = await send(exchange);
    else kept = await receive(exchange);
    await exchange.end();
    await exchange.result();
    if (sent === undefined || kept === undefined) throw new Error("one side has no result");
    return { sent, kept };
  } catch (error) {
    if (!(error instanceof ExchangeError)) throw error;
    // Whichever side finds a fault, the other one is told.
    await exchange.fail(error.code, error.message);
    throw error;
  } finally {
    source[Symbol.dispose]();
    pair.client.close();
    await pair.served;
  }
}

async function open(path: string, name = "a.bin", now?: number): Promise<SendSource> {
  return await fileSource(await Deno.open(path), name, now);
}

/** An exchange whose sending side breaks off, or damages, at a byte of the stream. */
function tampered(
  at: number,
  how: "cut" | "flip" | "drop" | "double",
): (exchange: Exchange) => Exchange {
  return (exchange) => {
    let sent = 0;
    return new Proxy(exchange, {
      get(target, name) {
        const value = Reflect.get(target, name);
        if (name !== "send") return typeof value === "function" ? value.bind(target) : value;
        return async (bytes: Uint8Array, about?: never) => {
          const here = about === undefined && sent <= at && at < sent + bytes.length;
          sent += about === undefined ? bytes.length : 0;
          if (!here) return await target.send(bytes, about);
          const i = at - (sent - bytes.length);
          if (how === "cut") {
            await target.send(bytes.slice(0, i));
            throw new Error("broken off");
          }
          if (how === "flip") bytes[i] = (bytes[i] ?? 0) ^ 1;
          if (how === "drop") return await target.send(bytes.slice(1));
          await target.send(bytes);
          if (how === "double") await target.send(bytes.slice(0, 1));
        };
      },
    });
  };
}

Deno.test("a file arrives as it is, whatever its size", async () => {
  for (const size of [0, 1, 999, 1000, 1001, 2000, 12_345, 600_000]) {
    await using at = await place();
    await Deno.writeFile(at.source, bytesOf(size, size));
    const { sent, kept } = await transfer(await open(at.source), at.root);
    assertEquals(kept, { name: "a.bin", size, root: sent.root, resumedAt: 0 });
    assertEquals(await Deno.readFile(at.target), await Deno.readFile(at.source));
    assertEquals([...Deno.readDirSync(at.root.path)].map(({ name }) => name), ["a.bin"]);
  }
});

Deno.test(`resume: every size of what is there, the same or different (seed ${SEED})`, async () => {
  const below = random(SEED);
  const sizes = [0, 1, 999, 1000, 1001, 1999, 2000, 2001, 4999, 5000, 5001];
  for (const size of [0, 1, 1000, 5000, 5001]) {
    for (const cut of sizes.filter((cut) => cut < size)) {
      for (const prefix of ["same", "different", "longer"]) {
        for (const [settled, way] of SETTLED_AND_WAY) {
          await using at = await place();
          const later = Date.now() + (settled ? 60_000 : 0);
          const old = bytesOf(size, 7);
          await Deno.writeFile(at.source, old);
          await assertRejects(
            async () =>
              await transfer(await open(at.source, "a.bin", later), at.root, {
                way,
                between: tampered(cut, "cut"),
              }),
            Error,
          );
          const fresh = prefix === "longer" ? bytesOf(size + 1500, 7) : old.slice();
          let firstChange = Infinity;
          if (prefix === "different") {
            firstChange = below(size);
            fresh[firstChange] = (fresh[firstChange] ?? 0) ^ 0x80;
          }
          if (prefix !== "same") await Deno.writeFile(at.source, fresh);
          const { kept } = await transfer(await open(at.source, "a.bin", later), at.root, { way });
          const what = `seed ${SEED}: ${way} ${size}, ${cut}, ${prefix}, ${settled}`;
          assertEquals(await Deno.readFile(at.target), fresh, what);
          const whole = Math.floor(Math.min(cut, firstChange) / blockSize) * blockSize;
          assertEquals(kept.resumedAt, whole, what);
          assertEquals([...Deno.readDirSync(at.root.path)].length, 1, what);
        }
      }
    }
  }
});

Deno.test("after a restart of the system what was kept is looked at, not believed", async () => {
  await using at = await place();
  const bytes = bytesOf(5500, 3);
  await Deno.writeFile(at.source, bytes);
  await assertRejects(async () =>
    await transfer(await open(at.source), at.root, { between: tampered(4200, "cut") })
  );
  const partial = [...Deno.readDirSync(at.root.path)].map(({ name }) => `${at.root.path}/${name}`)
    .find((path) => !path.includes(".list.")) ?? "";
  const damaged = await Deno.readFile(partial);
  damaged[2500] = (damaged[2500] ?? 0) ^ 1;
  await Deno.writeFile(partial, damaged);
  const { kept } = await transfer(await open(at.source), at.root, { bootedMs: BOOT + 3_600_000 });
  assertEquals(kept.resumedAt, 2000);
  assertEquals(await Deno.readFile(at.target), bytes);
});

Deno.test("damaged, missing and surplus bytes are never committed", async () => {
  for (const how of ["flip", "drop", "double"] as const) {
    for (const byte of [0, 999, 1000, 2500, 2999]) {
      await using at = await place();
      await Deno.writeFile(at.source, bytesOf(3000, 1));
      const error = await assertRejects(
        async () =>
          await transfer(await open(at.source), at.root, { between: tampered(byte, how) }),
        ExchangeError,
      );
      assert(["integrity", "protocol"].includes(error.code), `${how} at ${byte}: ${error}`);
      await assertRejects(() => Deno.lstat(at.target), Deno.errors.NotFound);
    }
  }
});

Deno.test("a file that grows or changes while it is sent is not committed", async () => {
  for (const how of ["grows", "shrinks", "changes"]) {
    await using at = await place();
    const bytes = bytesOf(300_000, 5);
    await Deno.writeFile(at.source, bytes);
    const source = await open(at.source);
    let reads = 0;
    const meddled: SendSource = {
      ...source,
      async read(target) {
        if (reads++ === 100) {
          if (how === "grows") await Deno.writeFile(at.source, bytes, { append: true });
          else if (how === "shrinks") await Deno.truncate(at.source, 150_000);
          else {
            bytes[299_000] = (bytes[299_000] ?? 0) ^ 1;
            await Deno.writeFile(at.source, bytes);
          }
        }
        return await source.read(target);
      },
    };
    const error = await assertRejects(() => transfer(meddled, at.root), ExchangeError);
    assertEquals(error.code, "integrity", how);
    await assertRejects(() => Deno.lstat(at.target), Deno.errors.NotFound);
  }
});

Deno.test("what is there is refused, overwritten or kept beside, as asked; nothing is lost", async () => {
  await using at = await place();
  await Deno.writeTextFile(at.target, "old");
  await Deno.writeTextFile(at.source, "new");
  const error = await assertRejects(
    async () => await transfer(await open(at.source), at.root),
    ExchangeError,
    "a.bin is there already",
  );
  assertEquals(error.code, "exists");
  const { kept } = await transfer(await open(at.source), at.root, { whenExists: "rename" });
  assertEquals(kept.name, "a (1).bin");
  assertEquals(await Deno.readTextFile(at.target), "old");
  await transfer(await open(at.source), at.root, { whenExists: "overwrite" });
  assertEquals(await Deno.readTextFile(at.target), "new");
  assertEquals([...Deno.readDirSync(at.root.path)].map(({ name }) => name).sort(), [
    "a (1).bin",
    "a.bin",
  ]);
});

Deno.test("a file that comes while another is sent is not overwritten", async () => {
  await using at = await place();
  await Deno.writeTextFile(at.source, "new");
  const source = await open(at.source);
  const meddled: SendSource = {
    ...source,
    async read(target) {
      await Deno.writeTextFile(at.target, "came first");
      return await source.read(target);
    },
  };
  const error = await assertRejects(() => transfer(meddled, at.root), ExchangeError);
  assertEquals(error.code, "exists");
  assertEquals(await Deno.readTextFile(at.target), "came first");
});

Deno.test("a stream of unknown length arrives whole, and is never resumed", async () => {
  await using at = await place();
  const bytes = bytesOf(3500, 9);
  const stream = () => {
    let at = 0;
    return streamSource({
      read(target) {
        const count = Math.min(target.length, 700, bytes.length - at);
        if (count === 0) return Promise.resolve(null);
        target.set(bytes.subarray(at, at += count));
        return Promise.resolve(count);
      },
    }, "a.bin");
  };
  await assertRejects(() => transfer(stream(), at.root, { between: tampered(2500, "cut") }));
  const { kept } = await transfer(stream(), at.root);
  assertEquals(kept.resumedAt, 0);
  assertEquals(await Deno.readFile(at.target), bytes);
});

Deno.test("links are not followed: in the way, at the end, and in place of partial files", {
  ignore: Deno.build.os === "windows",
}, async () => {
  await using at = await place();
  const outside = await Deno.makeTempDir();
  await Deno.writeTextFile(`${outside}/secret`, "secret");
  await Deno.writeTextFile(at.source, "new");
  await Deno.symlink(outside, `${at.root.path}/way`);
  await Deno.symlink(`${outside}/secret`, at.target);
  for (const [name, whenExists] of [["way/x", "refuse"], ["a.bin", "overwrite"]] as const) {
    const error = await assertRejects(
      async () => await transfer(await open(at.source, name), at.root, { whenExists }),
      ExchangeError,
    );
    assertEquals(error.code, "denied");
  }
  await Deno.remove(at.target);
  // Somebody knows the name of the partial file and has put links there.
  await assertRejects(async () =>
    await transfer(await open(at.source), at.root, { between: tampered(1, "cut") })
  );
  for (const { name } of [...Deno.readDirSync(at.root.path)].filter(({ isFile }) => isFile)) {
    await Deno.remove(`${at.root.path}/${name}`);
    await Deno.symlink(`${outside}/secret`, `${at.root.path}/${name}`);
  }
  await transfer(await open(at.source), at.root);
  assertEquals(await Deno.readTextFile(`${outside}/secret`), "secret");
  assertEquals(await Deno.readTextFile(at.target), "new");
  await Deno.remove(outside, { recursive: true });
});

Deno.test("a partial file that was published but not removed is not written to", {
  ignore: Deno.build.os === "windows",
}, async () => {
  await using at = await place();
  await Deno.writeFile(at.source, bytesOf(2500, 1));
  await assertRejects(async () =>
    await transfer(await open(at.source), at.root, { between: tampered(2200, "cut") })
  );
  const partial = [...Deno.readDirSync(at.root.path)].map(({ name }) => `${at.root.path}/${name}`)
    .find((path) => !path.includes(".list.")) ?? "";
  // A kill between link and remove leaves both names.
  await Deno.link(partial, at.target);
  const before = await Deno.readFile(at.target);
  await assertRejects(async () =>
    await transfer(await open(at.source), at.root, {
      whenExists: "overwrite",
      between: tampered(300, "cut"),
    })
  );
  assertEquals(await Deno.readFile(at.target), before);
});

Deno.test("two senders of one name do not mix: the second one is told to wait", async () => {
  await using at = await place();
  await Deno.writeTextFile(at.source, "x".repeat(5000));
  const first = await PartialFile.open(at.root, "a.bin", { name: "a.bin" }, options);
  const error = await assertRejects(
    async () => await transfer(await open(at.source), at.root),
    ExchangeError,
    "is being sent by somebody else",
  );
  assertEquals(error.code, "exists");
  await first.discard();
  await transfer(await open(at.source), at.root);
});

Deno.test("what was kept of another version is not taken for this one, however often it breaks off", async () => {
  await using at = await place();
  const old = bytesOf(3000, 1), fresh = bytesOf(3000, 2);
  const settled = Date.now() + 10_000;
  await Deno.writeFile(at.source, old);
  await assertRejects(() =>
    open(at.source, "a.bin", settled).then((source) =>
      transfer(source, at.root, { between: tampered(2500, "cut") })
    )
  );
  await Deno.writeFile(at.source, fresh);
  // The receiver hears of the new version, and the sender goes before it has looked at what is there.
  const { version } = await open(at.source, "a.bin", settled).then((source) => {
    source[Symbol.dispose]();
    return source;
  });
  assert(version !== undefined);
  const offer = { name: "a.bin", size: 3000, version };
  const partial = await PartialFile.open(at.root, "a.bin", offer, { bootedMs: BOOT, ...options });
  assertEquals(partial.digests.length, 2);
  assert(partial.version !== version);
  await partial.suspend();
  await transfer(await open(at.source, "a.bin", settled), at.root);
  assertEquals(await Deno.readFile(at.target), fresh);
});

Deno.test("while another program puts a name here, nobody else does", async () => {
  await using at = await place();
  const offer = { name: "a.bin" };
  const first = await PartialFile.open(at.root, "a.bin", offer, options);
  const again = () => PartialFile.open(at.root, "a.bin", offer, options);
  const here = await assertRejects(again, ExchangeError, "being sent by somebody else");
  assertEquals([here.code, here.info], ["exists", { busy: true }]);
  await first.suspend();
  const part = [...Deno.readDirSync(at.root.path)].find(({ name }) => !name.includes(".list."));
  using other = await Deno.open(`${at.root.path}/${part?.name}`, { read: true, write: true });
  await other.lock(true);
  await assertRejects(again, ExchangeError, "being sent by somebody else");
  await other.unlock();
  await (await again()).discard();
  assertEquals([...Deno.readDirSync(at.root.path)], []);
});

Deno.test("what is not to be resumed may come several times at once", async () => {
  await using at = await place();
  const own = { ...options, resumable: false, whenExists: "rename" } as const;
  const open = () => PartialFile.open(at.root, "a.bin", { name: "a.bin" }, own);
  const files = await Promise.all([open(), open(), open()]);
  for (const [i, file] of files.entries()) await file.write(Uint8Array.of(i));
  await files[2]?.discard();
  for (const file of files.slice(0, 2)) await file.commit();
  const names = [...Deno.readDirSync(at.root.path)].map(({ name }) => name).sort();
  assertEquals(names, ["a (1).bin", "a.bin"]);
  assertEquals(await Deno.readFile(at.target), Uint8Array.of(0));
});
