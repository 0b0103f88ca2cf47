import { assert, assertEquals } from "@std/assert";
import { RunningServer, startProgram } from "../cli/testing.ts";
import { PARTIAL_SUFFIX } from "../protocol/files/name.ts";
import { random } from "../protocol/framing/testing.ts";

/** How often something is killed, and how large the file is in MiB; docs/BENCHMARKS.md has a run with 100 and 64. */
const KILLS = Number(Deno.env.get("NONSTICK_KILLS") ?? 6);
const SIZE = Number(Deno.env.get("NONSTICK_KILL_MIB") ?? 24) * 1024 * 1024;
const SEED = Number(crypto.getRandomValues(new Uint32Array(1))[0]);
/** After so many kills some must have hit the bytes, whatever luck they had. */
const MANY = 50;
/** How often it is looked how much of a file has arrived, in ms. */
const LOOK_MS = 1;
/** How long a name may be taken after its client was killed, in ms. */
const FREED_MS = 60_000;
/** Longest life of a process of this test, in ms. */
const DEADLINE_MS = 600_000;

async function startServer(root: string): Promise<RunningServer> {
  const args = ["--listen", "tcp://:0", "--root", root, "--allow-write"];
  return await RunningServer.start(args, 1, DEADLINE_MS);
}

/** Runs a command of the client, and lets `meddle` at it while it runs. */
async function transfer(
  server: RunningServer,
  command: readonly string[],
  meddle: (client: Deno.ChildProcess) => () => Promise<void> = () => () => Promise.resolve(),
): Promise<number> {
  const args = [
    "--to",
    server.urls[0] ?? "",
    "--retries",
    "0",
    "--quiet",
    ...command,
    "--overwrite",
  ];
  const client = await startProgram("client", args, DEADLINE_MS);
  const done = meddle(client);
  await client.stdout.cancel();
  const { code } = await client.status;
  await done();
  return code;
}

Deno.test(
  `kill -9 of either side at any time leaves the old file or the new one, and it goes on (seed ${SEED})`,
  { ignore: Deno.build.os === "windows" },
  async (t) => {
    const below = random(SEED);
    const directory = await Deno.realPath(await Deno.makeTempDir());
    const here = `${directory}/here`, there = `${directory}/there`;
    await Promise.all([here, there].map((path) => Deno.mkdir(path)));
    let server = await startServer(there), broken = 0, amid = 0;
    try {
      // How long it takes when nobody meddles: on a busy machine a program may need longer to start than to send.
      await Deno.writeFile(`${here}/p.bin`, randomBytes(SIZE));
      const started = performance.now();
      assertEquals(await transfer(server, ["put", `${here}/p.bin`]), 0);
      const usualMs = performance.now() - started;
      for (let round = 0; round < KILLS; round++) {
        const way = below(2) === 0 ? "put" : "get", victim = below(2) === 0 ? "client" : "server";
        const [source, root] = way === "put" ? [`${here}/p.bin`, there] : [`${there}/g.bin`, here];
        const target = way === "put" ? `${there}/p.bin` : `${here}/g.bin`;
        const command = way === "put" ? ["put", source] : ["get", "g.bin", "--into", here];
        const before = await read(target);
        const bytes = randomBytes(SIZE);
        await Deno.writeFile(source, bytes);
        // Half of them by time, at any moment from the start of the client on; half of them amid the bytes.
        const reached = round % 2 === 0
          ? arrived(root, below(SIZE))
          : passed(below(Math.ceil(1.1 * usualMs)));
        // A server may be killed when the client has all it wants, but has not ended yet.
        let serverKilled = false;
        const code = await transfer(server, command, (client) => {
          const over = new AbortController();
          const watching = reached(over.signal).then((isIt) => {
            if (!isIt) return;
            serverKilled = victim === "server";
            killIfThere(serverKilled ? server : client);
          });
          return async () => {
            over.abort();
            await watching;
          };
        });
        if (code !== 0) {
          broken++;
          const kept = partialBytes(root);
          if (kept > 0 && kept < SIZE) amid++;
        }
        if (serverKilled) {
          await server[Symbol.asyncDispose]();
          server = await startServer(there);
        }
        const what = `seed ${SEED}, round ${round}: ${way}, ${victim} killed, exit code ${code}`;
        const found = await read(target);
        assert(same(found, before) || same(found, bytes), `${what}: neither old nor new`);
        if (code === 0) assert(same(found, bytes), `${what}: said done, and is not`);
        // Until the server has seen the end of the killed client, the name is taken.
        const giveUp = performance.now() + FREED_MS;
        let again: number;
        do again = await transfer(server, command); while (
          again === 1 && performance.now() < giveUp
        );
        assertEquals(again, 0, what);
        assert(same(await read(target), bytes), `${what}: resumed to something else`);
        const left = [...Deno.readDirSync(root)].filter(({ name }) => name.startsWith("."));
        assertEquals(left, [], what);
      }
    } finally {
      await server[Symbol.asyncDispose]();
      await Deno.remove(directory, { recursive: true });
    }
    // Deno shows no output of a test that passes, but the names of its steps.
    await t.step(
      `${broken} of ${KILLS} transfers were broken off, ${amid} amid the bytes; all were completed later`,
      () => assert(amid > 0 || KILLS < MANY, "no kill hit the bytes"),
    );
  },
);

/** Waits for a moment at which something is killed; false if the transfer is over before. */
type Moment = (over: AbortSignal) => Promise<boolean>;

/** When so many bytes have arrived below `root`. */
function arrived(root: string, bytes: number): Moment {
  return async (over) => {
    while (!over.aborted && partialBytes(root) < bytes) await sleep(LOOK_MS);
    return !over.aborted;
  };
}

/** When so much time has passed. */
function passed(ms: number): Moment {
  return (over) =>
    new Promise((resolve) => {
      const timer = setTimeout(() => resolve(true), ms);
      over.addEventListener("abort", () => {
        clearTimeout(timer);
        resolve(false);
      });
    });
}

/** What has arrived so far of the file that is on its way into `root`. */
function partialBytes(root: string): number {
  const parts = [...Deno.readDirSync(root)].map(({ name }) => name)
    .filter((name) => name.endsWith(PARTIAL_SUFFIX) && !name.includes(".list."));
  return Math.max(0, ...parts.map((name) => sizeOf(`${root}/${name}`)));
}

function sizeOf(path: string): number {
  try {
    return Deno.statSync(path).size;
  } catch (error) {
    // It has become the file meanwhile.
    if (error instanceof Deno.errors.NotFound) return 0;
    throw error;
  }
}

function sleep(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}

/** The victim may have ended by itself, and this process not have noticed yet. */
function killIfThere(victim: { kill(signal: Deno.Signal): void }): void {
  try {
    victim.kill("SIGKILL");
  } catch (error) {
    if (!(error instanceof TypeError)) throw error;
  }
}

function randomBytes(size: number): Uint8Array {
  const bytes = new Uint8Array(size);
  for (let at = 0; at < size; at += 65_536) crypto.getRandomValues(bytes.subarray(at, at + 65_536));
  return bytes;
}

async function read(path: string): Promise<Uint8Array | null> {
  return await Deno.readFile(path).catch(() => null);
}

function same(a: Uint8Array | null, b: Uint8Array | null): boolean {
  if (a === null || b === null) return a === b;
  return a.length === b.length && a.every((byte, i) => byte === b[i]);
}
