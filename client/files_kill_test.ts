import { assert, assertEquals } from "@std/assert";
import { RunningServer, startProgram } from "../cli/testing.ts";
import { random } from "../protocol/framing/testing.ts";

/** How often something is killed, and how large the file is in MiB; docs/BENCHMARKS.md has a run with 100 and 64. */
const KILLS = Number(Deno.env.get("NONSTICK_KILLS") ?? 6);
const SIZE = Number(Deno.env.get("NONSTICK_KILL_MIB") ?? 24) * 1024 * 1024;
const SEED = Number(crypto.getRandomValues(new Uint32Array(1))[0]);
/** A transfer takes about so long at first; learnt from those that end, in ms. */
const FIRST_GUESS_MS = 400;
/** After so many kills some must have hit, whatever luck they had. */
const MANY = 50;
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
  meddle: (client: Deno.ChildProcess) => () => void = () => () => {},
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
  done();
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
    let server = await startServer(there), usualMs = FIRST_GUESS_MS, broken = 0;
    try {
      for (let round = 0; round < KILLS; round++) {
        const way = below(2) === 0 ? "put" : "get", victim = below(2) === 0 ? "client" : "server";
        const [source, root] = way === "put" ? [`${here}/p.bin`, there] : [`${there}/g.bin`, here];
        const target = way === "put" ? `${there}/p.bin` : `${here}/g.bin`;
        const command = way === "put" ? ["put", source] : ["get", "g.bin", "--into", here];
        const before = await read(target);
        const bytes = randomBytes(SIZE);
        await Deno.writeFile(source, bytes);
        const started = performance.now();
        // A server may be killed when the client has all it wants, but has not ended yet.
        let serverKilled = false;
        const code = await transfer(server, command, (client) => {
          const timer = setTimeout(() => {
            serverKilled = victim === "server";
            killIfThere(serverKilled ? server : client);
          }, below(Math.ceil(1.1 * usualMs)));
          return () => clearTimeout(timer);
        });
        if (code === 0) usualMs = performance.now() - started;
        else broken++;
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
      `${broken} of ${KILLS} transfers were broken off, all of them completed later`,
      () => assert(broken > 0 || KILLS < MANY, "no kill hit a transfer: the times are wrong"),
    );
  },
);

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
