import { assert, assertEquals, assertRejects } from "@std/assert";
import type { RunResult } from "../campaign/result.ts";
import { runConformance } from "../run_conformance.ts";
import { ConformanceUsageError, type RunOptions } from "../run_options.ts";
import { isInstalled } from "../testdata/targets/start_target.ts";
import { interpreterOf } from "../testdata/targets/targets.ts";
import { UNHURRIED } from "../testing.ts";
import { TargetStartError } from "../player/target.ts";

const PROVES = Deno.build.os === "linux";
const HEADER = "Content-Length: 5\r\n\r\n";
const ANSWER = new TextEncoder().encode(`${HEADER}hello`);

function run(spawn: string, more: Partial<RunOptions> = {}): Promise<RunResult> {
  return runConformance("tcp://127.0.0.1:0", {
    framing: "content-length",
    expect: "output",
    answer: ANSWER,
    side: "client",
    spawn,
    seed: 1,
    ...UNHURRIED,
    ...more,
  });
}

function client(file: string): string {
  const path = decodeURIComponent(
    new URL(`../testdata/clients/${file}`, import.meta.url).pathname,
  );
  return `${interpreterOf(file)} '${path}' {host} {port}`;
}

/** A client that is this program. */
function program(code: string): string {
  const quoted = code.replaceAll("\\", "\\\\").replaceAll('"', '\\"');
  return `'${Deno.execPath()}' eval "${quoted}" {host} {port}`;
}

const found = ({ cases }: RunResult, id: string) => {
  const one = cases.find((one) => one.id === id);
  assert(one, `case ${id} was run`);
  return one;
};

for (
  const [file, cases] of [["get.py", ["1.1", "1.4", "8.2"]], ["get.mjs", ["1.1", "8.4"]]] as const
) {
  const ready = await isInstalled(interpreterOf(file));
  Deno.test({
    name: `${file} prints the same however its answer is cut, and passes`,
    ignore: !ready,
    async fn() {
      const result = await run(client(file), { cases });
      assertEquals(
        result.cases.map(({ id, verdict }) => `${id} ${verdict}`),
        ["0.1", "0.6", ...cases, "0.8"].map((id) =>
          id === "0.6" && !PROVES ? `${id} INFO` : `${id} PASS`
        ),
      );
      const every = ANSWER.length - 1;
      assertEquals(found(result, "1.1").edges, { proven: PROVES ? every : 0, requested: every });
      const end = found(result, cases.at(-1) ?? "");
      assertEquals(end.deliveries, { played: every, total: every });
      assertEquals([result.verdict, result.exitCode], ["PASS", 0]);
    },
  });
}

/** Wrong clients: where it shows, why, and the smallest cut lists. */
const WRONG: readonly {
  readonly file: string;
  readonly id: string;
  readonly cause: string;
  readonly isSmallest: (cuts: readonly number[], bytes: number) => boolean;
}[] = [
  {
    file: "get_one_recv.py",
    id: "1.1",
    cause: "LOST",
    isSmallest: (cuts) => cuts.length === 1,
  },
  {
    file: "get_one_recv.py",
    id: "1.4",
    cause: "LOST",
    isSmallest: (cuts) => cuts.length === 1,
  },
  {
    file: "get_first_read.mjs",
    id: "1.1",
    cause: "LOST",
    isSmallest: ([cut = 0, ...more]) => cut > HEADER.length && more.length === 0,
  },
  {
    file: "get_ignores_end.py",
    id: "8.2",
    cause: "PHANTOM",
    isSmallest: (cuts, bytes) => cuts.length === 0 && bytes < ANSWER.length,
  },
];

for (const { file, id, cause, isSmallest } of WRONG) {
  const ready = await isInstalled(interpreterOf(file));
  Deno.test({
    name: `${file} is failed for its own reason: ${cause} in ${id}`,
    ignore: !ready,
    async fn() {
      const result = await run(client(file), { cases: [id], shrinkMs: 20_000 });
      const { verdict, cause: why, counterexample, detail } = found(result, id);
      assertEquals([verdict, why, result.exitCode], ["FAIL", cause, 1], detail);
      assert(counterexample);
      const { cuts, stream } = counterexample;
      assert(isSmallest(cuts, stream.length / 2), `${stream} cut at ${cuts.join()}`);
    },
  });
}

const DIAL = `const c = await Deno.connect({ hostname: Deno.args[0], port: Number(Deno.args[1]) });
  const buffer = new Uint8Array(1024);`;

Deno.test("a client that is not deterministic is not blamed", async () => {
  const code = `${DIAL} while (await c.read(buffer) !== null); console.log(crypto.randomUUID());`;
  const result = await run(program(code), { cases: ["1.1"] });
  assertEquals(found(result, "0.1").verdict, "INCONCLUSIVE");
  assertEquals([found(result, "1.1").verdict, result.exitCode], ["INCONCLUSIVE", 3]);
});

Deno.test("a client that needs only a part is not blamed when the rest is cut off", async () => {
  // It prints the first four bytes, whatever follows.
  const code = `${DIAL} let n = 0, text = '';
    while (text.length < 4 && (n = await c.read(buffer)) !== null) {
      text += new TextDecoder().decode(buffer.subarray(0, n));
    }
    if (text.length < 4) Deno.exit(1);
    console.log(text.slice(0, 4));`;
  const result = await run(program(code), { cases: ["1.1", "8.2"] });
  assertEquals(found(result, "1.1").verdict, "PASS");
  const end = found(result, "8.2");
  assertEquals([end.verdict, end.deliveries.total], ["PASS", 3]);
});

Deno.test("to a client that reads until the end FIN is no truncation", async () => {
  const code = `${DIAL} let count = 0;
    for (let n; (n = await c.read(buffer)) !== null;) count += n;
    console.log(count > 0);`;
  const result = await run(program(code), { cases: ["8.2"], timeoutMs: 1000 });
  assertEquals(found(result, "8.2").verdict, "INFO");
});

Deno.test("a client that waits for ever at the end is a HANG", async () => {
  // Reads until it has all 26 bytes, and never looks whether there are more to come.
  const code = `${DIAL} for (let n = 0; n < ${ANSWER.length};) {
      n += await c.read(buffer) ?? 0;
      await new Promise((resolve) => setTimeout(resolve, 1));
    }
    console.log('all');`;
  const result = await run(program(code), { cases: ["8.2"], timeoutMs: 1000, shrinkMs: 1 });
  assertEquals([found(result, "8.2").verdict, found(result, "8.2").cause], ["FAIL", "HANG"]);
});

Deno.test("what cannot be run is refused, and a client that does not dial is told", async () => {
  const refuse = (more: Partial<RunOptions>, message: string) =>
    assertRejects(() => run("x", more), ConformanceUsageError, message);
  await refuse({ side: "server" }, "is for clients");
  await refuse({ answer: new Uint8Array(0) }, "--answer");
  await refuse({ stream: { bytes: Uint8Array.of(1), cuts: [] } }, "the beginning of it");
  await refuse({ stream: { bytes: ANSWER, cuts: [26] } }, "26 is not a place");
  await refuse({ cases: ["9.*"] }, "No case of --expect output");
  const noSpawn: RunOptions = {
    expect: "output",
    answer: ANSWER,
    side: "client",
  };
  await assertRejects(
    () => runConformance("tcp://127.0.0.1:0", noSpawn),
    ConformanceUsageError,
    "--spawn",
  );
  const mute = program("console.error('no luck'); Deno.exit(3)");
  await assertRejects(() => run(mute), TargetStartError, "did not dial");
});
