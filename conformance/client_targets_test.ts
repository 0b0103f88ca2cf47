import { assert, assertEquals } from "@std/assert";
import type { RunResult } from "./campaign/result.ts";
import { CERT, KEY } from "../protocol/transport/testdata/mod.ts";
import { connect, type Connection } from "../protocol/transport/mod.ts";
import { runConformance } from "./run_conformance.ts";
import type { RunOptions } from "./run_options.ts";
import { UNHURRIED } from "./testing.ts";
import { isInstalled } from "./testdata/targets/start_target.ts";
import { interpreterOf } from "./testdata/targets/targets.ts";

const PROVES = Deno.build.os === "linux";
const CASES = ["1.1", "1.4", "1.12", "2.1", "3.3", "3.4", "8.1", "8.2", "8.3", "8.7"];

/** Clients that echo frames, with what each deserves. */
const CLIENTS: readonly (readonly [file: string, cause: string | null])[] = [
  ["echo_loop.py", null],
  ["echo_once.mjs", null],
  ["echo_one_frame.py", null],
  ["echo_recv4.py", "PHANTOM"],
];

function run(listen: string, more: Partial<RunOptions>): Promise<RunResult> {
  return runConformance(listen, {
    framing: "u32be",
    expect: "echo",
    maxFrame: 65_536,
    side: "client",
    seed: 1,
    shrinkMs: 500,
    // One that is started for each connection is played in part.
    budgetMs: 10_000,
    cases: CASES,
    ...more,
  });
}

const wrong = ({ cases }: RunResult) =>
  cases.filter(({ verdict }) => verdict === "FAIL" || verdict === "INCONCLUSIVE")
    .map(({ id, cause, detail }) => `${id} ${cause}: ${detail}`);

function pathOf(file: string): string {
  return decodeURIComponent(new URL(`testdata/clients/${file}`, import.meta.url).pathname);
}

for (const [file, cause] of CLIENTS) {
  const ready = await isInstalled(interpreterOf(file));
  if (!ready) console.error(`NOT TESTED: ${file}, because what runs it is not installed`);
  const spawn = `${interpreterOf(file)} '${pathOf(file)}' {host} {port}`;
  Deno.test({
    name: cause === null
      ? `the client ${file} is right and passes, edges proven`
      : `the client ${file} is failed for its own reason: ${cause} in 1.1`,
    ignore: !ready,
    async fn() {
      if (cause === null) {
        const result = await run("tcp://127.0.0.1:0", { spawn });
        assertEquals(wrong(result), []);
        const { proven = 0, requested = 0 } = result.cases.find(({ id }) => id === "1.1")?.edges ??
          {};
        assertEquals(proven, PROVES ? requested : 0);
        assert(requested > 20);
        assertEquals(result.verdict, "PASS");
        return;
      }
      const { exitCode, cases } = await run("tcp://127.0.0.1:0", { spawn, cases: ["1.1"] });
      const found = cases.find(({ id }) => id === "1.1");
      assertEquals([exitCode, found?.verdict, found?.cause], [1, "FAIL", cause]);
      assertEquals(found?.counterexample?.cuts.length, 1);
    },
  });
}

Deno.test({
  name: "a client over a Unix socket is told the path",
  ignore: Deno.build.os === "windows" || !await isInstalled("python3"),
  async fn() {
    const folder = await Deno.makeTempDir();
    try {
      const spawn = `python3 '${pathOf("echo_loop.py")}' {path}`;
      const result = await run(`unix://${folder}/c.sock`, {
        ...UNHURRIED,
        spawn,
        cases: ["1.1", "8.1"],
      });
      assertEquals(wrong(result), []);
      const splits = result.cases.find(({ id }) => id === "1.1");
      assertEquals(splits?.edges.proven, PROVES ? 299 : 0);
    } finally {
      await Deno.remove(folder, { recursive: true });
    }
  },
});

/** Dials again and again and echoes bytes, which echoes frames as well, until nobody listens. */
async function echoClient(where: string): Promise<void> {
  const buffer = new Uint8Array(64 * 1024);
  for (let connection: Connection | null; (connection = await dialled(where)) !== null;) {
    try {
      for (let count; (count = await connection.read(buffer)) !== null;) {
        for (let at = 0; at < count;) at += await connection.write(buffer.subarray(at, count));
      }
    } catch {
      // A reset ends this connection only.
    } finally {
      connection.close();
    }
  }
}

async function dialled(where: string): Promise<Connection | null> {
  return await connect(where, { tls: { caCerts: [CERT] } }).catch(() => null);
}

Deno.test("a client in this process that dials over TLS, started by hand", async () => {
  let client = Promise.resolve();
  const result = await run("tls://localhost:0", {
    certificate: { cert: CERT, key: KEY },
    cases: ["1.1", "2.1"],
    onWaiting: (where) => client = echoClient(where),
  });
  await client;
  assertEquals(wrong(result), []);
});
