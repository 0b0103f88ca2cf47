/**
 * S1 to S7: what becomes of files.
 * @module
 */
import { dirname } from "node:path";
import { exchange, header, hostileServer, putting, read, textConnection, utf8 } from "../attack.ts";
import type { Probe, Served, Target } from "../target.ts";

const BROKEN = (says: string) => ({ safe: false, says });
const SAFE = (says: string) => ({ safe: true, says });

/** Names that lead out of the root, or mean something else on some system. */
const BAD_NAMES = [
  ...["../evil", "a/../../evil", "C:\\evil", "\\\\host\\share\\evil", "..\\evil"],
  ...["a:b", "evil.", "evil ", "CON", "e\0vil", "/etc/../evil"],
];

/** S1 */
export const traversal: Probe = async (target) => {
  await using served = await serve(target);
  const outside = dirname(served.root), port = served.port("files");
  const got = await exchange(port, header('{"cmd":"get","filename":"../secret"}'));
  if (got.includes("top secret")) return BROKEN("gives `../secret`, a file beside the root");
  for (const name of BAD_NAMES) {
    await exchange(port, putting(name, "evil"));
    if (await read(`${outside}/evil`) !== null) return BROKEN("writes beside the root");
    if ([...Deno.readDirSync(served.root)].length > 0) return BROKEN("keeps a name that is none");
  }
  return SAFE("refuses each of the names");
};

/** S2 */
export const symlink: Probe = async (target) => {
  await using served = await serve(target);
  const outside = dirname(served.root);
  await Deno.symlink(`${outside}/secret`, `${served.root}/link`);
  await Deno.symlink(outside, `${served.root}/way`);
  const request = (filename: string) => header(JSON.stringify({ cmd: "get", filename }));
  for (const name of ["link", "way/secret"]) {
    const got = await exchange(served.port("files"), request(name));
    if (got.includes("top secret")) return BROKEN("gives what a link in the root leads to");
  }
  await exchange(served.port("files"), putting("way/evil", "evil"));
  await exchange(served.port("files"), putting("link", "evil"));
  if (await read(`${outside}/evil`) !== null) return BROKEN("writes through a link");
  return SAFE("follows no link, reading or writing");
};

/** S3 */
export const serversName: Probe = async (target) => {
  await using place = await directory();
  const here = `${place.path}/here`;
  await Deno.mkdir(here);
  await using server = hostileServer(async (conn) => {
    await conn.read(new Uint8Array(1000));
    const answer = { isfile: true, filesize: 4, filename: "../evil" };
    await conn.write(header(JSON.stringify(answer)));
    await conn.write(utf8("evil and more than was said"));
    await conn.read(new Uint8Array(1));
  });
  await using client = await target.get(server.port, "notes.txt", here);
  await client.ended();
  if (await read(`${place.path}/evil`) !== null) {
    return BROKEN("writes `../evil`, as the server says");
  }
  const kept = [...Deno.readDirSync(here)].map(({ name }) => name);
  if (kept.some((name) => name !== "notes.txt")) return BROKEN("keeps what nobody asked for");
  return SAFE("keeps `notes.txt` or nothing");
};

/** S4 */
export const overwrite: Probe = async (target) => {
  await using served = await serve(target);
  await Deno.writeTextFile(`${served.root}/notes.txt`, "years of work");
  await exchange(served.port("files"), putting("notes.txt", "oops"));
  return await read(`${served.root}/notes.txt`) === "years of work"
    ? SAFE("keeps the file that is there")
    : BROKEN("puts the new file over the old one");
};

/** S5 */
export const halfAFile: Probe = async (target) => {
  await using served = await serve(target);
  await using conn = await textConnection(served.port("files"));
  await conn.say(putting("big.bin", "half", 8));
  await somethingIn(served.root);
  await served.process[Symbol.asyncDispose]();
  return await read(`${served.root}/big.bin`) === null
    ? SAFE("killed in the middle of an upload, it leaves no file of that name")
    : BROKEN("killed in the middle of an upload, it leaves half a file under its name");
};

/** S6 */
export const shortBody: Probe = async (target) => {
  await using served = await serve(target);
  await exchange(served.port("files"), putting("notes.txt", "half", 8));
  return await read(`${served.root}/notes.txt`) === null
    ? SAFE("a body that is too short is no file")
    : BROKEN("keeps 4 bytes of 8, and nobody is told");
};

/** S7 */
export const resume: Probe = async (target) => {
  await using served = await serve(target);
  await using place = await directory();
  const size = 9_000_000;
  await Deno.writeFile(`${served.root}/disk.img`, new Uint8Array(size).fill(1));
  await using relay = breakingRelay(target.resumePort(served), size / 2);
  await using first = await target.resume(served, relay.port, "disk.img", place.path);
  await first.ended();
  await Deno.writeFile(`${served.root}/disk.img`, new Uint8Array(size).fill(2));
  const port = target.resumePort(served);
  await using second = await target.resume(served, port, "disk.img", place.path);
  await second.ended();
  const bytes = await Deno.readFile(`${place.path}/disk.img`);
  return bytes.length === size && bytes.every((byte) => byte === 2)
    ? SAFE("sees that the file is another one, and fetches all of it")
    : BROKEN("joins half of the old file with half of the new one");
};

/** Starts a server with a file beside its root that must stay out of reach. */
async function serve(target: Target): Promise<Served> {
  const served = await target.serve();
  await Deno.writeTextFile(`${dirname(served.root)}/secret`, "top secret");
  return served;
}

async function directory(): Promise<{ readonly path: string } & AsyncDisposable> {
  const path = await Deno.makeTempDir();
  return { path, [Symbol.asyncDispose]: () => Deno.remove(path, { recursive: true }) };
}

/** Waits until bytes of an upload have come to a disk. */
async function somethingIn(root: string): Promise<void> {
  for (let size = 0; size === 0;) {
    for (const { name } of Deno.readDirSync(root)) size += Deno.statSync(`${root}/${name}`).size;
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}

/** Hands on what a server says, and breaks off behind so many bytes. */
function breakingRelay(port: number, bytes: number) {
  return hostileServer(async (conn) => {
    const server = await Deno.connect({ hostname: "127.0.0.1", port });
    const upwards = conn.readable.pipeTo(server.writable).catch(() => {});
    const buffer = new Uint8Array(65_536);
    let passed = 0;
    try {
      while (passed < bytes) {
        const read = await server.read(buffer);
        if (read === null) break;
        for (let at = 0; at < read;) at += await conn.write(buffer.subarray(at, read));
        passed += read;
      }
      server.close();
    } catch {
      // One of the two has gone: that is what this is for.
    }
    void upwards;
  });
}
