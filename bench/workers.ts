/**
 * `deno task bench workers [ROUNDS] [SECONDS]`: framed echo over 64 connections, one worker beside two, in turn. The generator
 * (`load.c`, needs cc) runs on the same cores, so besides frames per second it tells who has used the CPU, and how much more
 * two workers could do than one on a machine of two cores that does nothing else. Linux only.
 * @module
 */
import { permissionFlags, programs } from "../tools/programs.ts";
import { projectPath } from "../tools/project.ts";
import { stdFlags } from "../tools/std.ts";
import { framing } from "../protocol/framing/mod.ts";
import { cpuOf, cpuOfAll } from "./cpu_time.ts";

const CONNECTIONS = 64;

/** What is asked of the server. */
interface Load {
  readonly speak: string;
  readonly spec: string;
  readonly payload: number;
  /** Frames under way on each connection. */
  readonly frames: number;
}

const LOADS: readonly Load[] = [
  { speak: "echo", spec: "u32be", payload: 64, frames: 1 },
  { speak: "echo", spec: "u32be", payload: 16_384, frames: 1 },
  { speak: "echo", spec: "u32be", payload: 256, frames: 64 },
  { speak: "upper", spec: "u32be", payload: 256, frames: 64 },
  { speak: "echo", spec: "netstring", payload: 16, frames: 1024 },
  { speak: "upper", spec: "u32be", payload: 16, frames: 1024 },
];

/** What one measurement came to: frames per second, and seconds of CPU per second. */
interface Sample {
  readonly rate: number;
  readonly server: number;
  readonly generator: number;
  readonly others: number;
}

/** Measures, and prints a table. */
export async function benchWorkers(args: readonly string[]): Promise<void> {
  const rounds = Number(args[0] ?? 5), seconds = Number(args[1] ?? 3);
  const folder = await Deno.makeTempDir();
  try {
    const load = `${folder}/load`;
    await run("cc", ["-O2", "-o", load, projectPath("bench/load.c")]);
    for (const one of LOADS) {
      const samples: [Sample[], Sample[]] = [[], []];
      for (let round = 0; round < rounds; round++) {
        for (const [i, some] of samples.entries()) {
          some.push(await sample(one, i + 1, load, seconds));
        }
      }
      tell(one, samples);
    }
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

async function sample(load: Load, workers: number, path: string, seconds: number): Promise<Sample> {
  const { speak, spec, payload, frames } = load;
  // Upper case and digits: upper answers with the same bytes as echo.
  const encoder = framing(spec).createEncoder();
  const frame = encoder.encode(new Uint8Array(payload).map((_, i) => 48 + i % 10));
  const chunk = new Uint8Array(frame.length * frames);
  for (let i = 0; i < frames; i++) chunk.set(frame, i * frame.length);
  await using server = await start(workers, `tcp://127.0.0.1:0?speak=${speak}&framing=${spec}`);
  const ask = (seconds: number) =>
    run(path, [String(server.port), String(CONNECTIONS), "1", String(seconds)], chunk);
  await ask(0.5);
  const [before, all] = [await cpuOf(server.pid), await cpuOfAll()];
  const [bytes = 0, took = 1, generator = 0] = (await ask(seconds)).split(" ").map(Number);
  const used = await cpuOf(server.pid) - before;
  const others = Math.max(0, await cpuOfAll() - all - used - generator);
  return {
    rate: bytes / frame.length / took,
    ...{ server: used / took, generator: generator / took, others: others / took },
  };
}

/** Prints medians, and what they say. */
function tell(
  { speak, spec, payload, frames }: Load,
  samples: readonly [Sample[], Sample[]],
): void {
  console.log(`\n${speak} ${spec}, ${CONNECTIONS} connections × ${frames} frames of ${payload} B`);
  const [one, two] = samples.map((some) => {
    const at = (of: (sample: Sample) => number) => median(some.map(of));
    return {
      ...{ rate: at(({ rate }) => rate), server: at(({ server }) => server) },
      ...{ generator: at(({ generator }) => generator), others: at(({ others }) => others) },
      perServer: at(({ rate, server }) => rate / server),
      perGenerator: at(({ rate, generator }) => rate / generator),
    };
  });
  if (one === undefined || two === undefined) return;
  for (
    const [i, { rate, server, generator, others, perServer, perGenerator }] of [one, two].entries()
  ) {
    console.log(
      `  ${i + 1} worker${i === 0 ? " " : "s"}  ${mega(rate)} M frames/s; cores: server ${
        server.toFixed(2)
      }, ` +
        `generator ${generator.toFixed(2)}, others ${others.toFixed(2)}; ` +
        `M frames per CPU second: server ${mega(perServer)}, generator ${mega(perGenerator)}`,
    );
  }
  // One worker has a core, the generator the other one; two workers and the generator have both.
  const alone = Math.min(one.perServer, one.perGenerator);
  const shared = 2 / (1 / two.perServer + 1 / two.perGenerator);
  console.log(
    `  measured ${(two.rate / one.rate).toFixed(2)} ×; by CPU per frame on two idle cores ` +
      `${(shared / alone).toFixed(2)} ×; with the generator elsewhere ` +
      `${(2 * two.perServer / one.perServer).toFixed(2)} ×`,
  );
}

interface Running extends AsyncDisposable {
  readonly pid: number;
  readonly port: number;
}

async function start(workers: number, url: string): Promise<Running> {
  const { server } = programs;
  const flags = [...permissionFlags(server), "--config", projectPath("deno.json")];
  const child = new Deno.Command(Deno.execPath(), {
    args: [
      ...["run", ...flags, ...await stdFlags(), projectPath(server.main)],
      ...["--workers", String(workers), "--listen", url],
    ],
    ...{ stdin: "null", stdout: "piped", stderr: "null" },
  }).spawn();
  const reader = child.stdout.pipeThrough(new TextDecoderStream()).getReader();
  let said = "", port: string | undefined;
  while (port === undefined) {
    const { value, done } = await reader.read();
    if (done) throw new Error(`The server ended early: ${said}`);
    said += value;
    port = /^listening \S+?:(\d+)\?.*\n/m.exec(said)?.[1];
  }
  return {
    pid: child.pid,
    port: Number(port),
    async [Symbol.asyncDispose]() {
      child.kill("SIGTERM");
      await reader.cancel();
      await child.status;
    },
  };
}

/** Runs a program to its end, and resolves to what it has printed. */
async function run(
  program: string,
  args: string[],
  input?: Uint8Array<ArrayBuffer>,
): Promise<string> {
  const child = new Deno.Command(program, {
    args,
    ...{ stdin: input === undefined ? "null" : "piped", stdout: "piped" },
    signal: AbortSignal.timeout(120_000),
  }).spawn();
  if (input !== undefined) {
    const writer = child.stdin.getWriter();
    await writer.write(input);
    await writer.close();
  }
  const { code, stdout } = await child.output();
  if (code !== 0) throw new Error(`${program} ended with ${code}`);
  return new TextDecoder().decode(stdout);
}

function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.floor((sorted.length - 1) / 2)] ?? NaN;
}

function mega(rate: number): string {
  return (rate / 1e6).toPrecision(3);
}
