/**
 * `deno task bench memory`: whether a long stream needs more memory than a short one. Bytes go through `nonstick echo -` in
 * nonstick/1, there and back, as fast as they are taken, to programs that were started for them. Every byte that comes back is
 * compared, and the peak memory of both programs is what the kernel says (`VmHWM`), so that it needs Linux.
 *
 * ```
 * deno task bench memory [--mib N,…] [--binaries dist]
 * ```
 * @module
 */
import { Buffer } from "node:buffer";
import { parseOptions, text, wholeNumber, withDefault } from "../cli/options.ts";
import { ourCommand } from "./our_program.ts";
import { Receiver } from "./receiver.ts";

const OPTIONS = {
  mib: withDefault("N,…", "sizes of the streams", "10,100,1024,10240", sizes),
  binaries: withDefault("DIR", "where the compiled programs are", "", text),
};

const MIB = 1024 * 1024;

/** Several sizes in MiB. */
function sizes(text: string): number[] {
  return text.split(",").map(wholeNumber(1, 1_048_576));
}

/** What one stream came to. */
interface Peak {
  readonly mib: number;
  readonly seconds: number;
  /** Peak memory, in MiB. */
  readonly client: number;
  readonly server: number;
}

/** Runs the benchmark. */
export async function benchMemory(args: readonly string[]): Promise<void> {
  const { mib: all, binaries } = parseOptions(OPTIONS, args).values;
  console.log("peak memory of an echo in nonstick/1, MiB");
  for (const mib of all) {
    const peak = await echoed(mib, binaries === "" ? undefined : binaries);
    console.log(
      `  ${`${mib} MiB`.padEnd(12)} client ${peak.client.toFixed(0).padStart(4)}, ` +
        `server ${peak.server.toFixed(0).padStart(4)}, in ${peak.seconds.toFixed(1)} s`,
    );
  }
}

async function echoed(mib: number, binaries: string | undefined): Promise<Peak> {
  const options = ["--listen", "tcp://127.0.0.1:0"];
  await using server = new Receiver([...await ourCommand("server", binaries), ...options], "piped");
  const url = await server.says(/^listening (\S+)$/m);
  const [program = "", ...rest] = await ourCommand("client", binaries);
  const client = new Deno.Command(program, {
    args: [...rest, "--to", url, "echo", "-"],
    stdin: "piped",
    stdout: "piped",
  }).spawn();
  const block = noise(), started = performance.now();
  const writer = client.stdin.getWriter();
  const [, peak] = await Promise.all([
    (async () => {
      for (let i = 0; i < mib; i++) await writer.write(block);
    })(),
    // Its memory must be read while it lives: when all is back, and before it is told that this was all.
    (async () => {
      const reader = client.stdout.getReader();
      await compare(reader, block, mib * MIB);
      const peak = await peakOf(client.pid);
      await writer.close();
      if (!(await reader.read()).done) throw new Error("more came back than was sent");
      return peak;
    })(),
  ]);
  if (!(await client.status).success) throw new Error("the client failed");
  return {
    mib,
    seconds: (performance.now() - started) / 1000,
    client: peak,
    server: await peakOf(server.pid),
  };
}

/** Reads `total` bytes, which must be the block over and over. */
async function compare(
  reader: ReadableStreamDefaultReader<Uint8Array>,
  block: Uint8Array,
  total: number,
): Promise<void> {
  for (let at = 0; at < total;) {
    const { value } = await reader.read();
    if (value === undefined) throw new Error(`only ${at} of ${total} bytes came back`);
    for (let taken = 0; taken < value.length;) {
      const place = (at + taken) % block.length;
      const part = value.subarray(taken, taken + block.length - place);
      if (Buffer.compare(part, block.subarray(place, place + part.length)) !== 0) {
        throw new Error(`other bytes than were sent came back behind ${at + taken}`);
      }
      taken += part.length;
    }
    at += value.length;
  }
}

/** The most memory that a process has had, in MiB (`proc(5)`). */
async function peakOf(pid: number): Promise<number> {
  const status = await Deno.readTextFile(`/proc/${pid}/status`);
  return Number(/VmHWM:\s+(\d+) kB/.exec(status)?.[1] ?? NaN) / 1024;
}

function noise(): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(MIB);
  for (let at = 0; at < MIB; at += 65_536) crypto.getRandomValues(bytes.subarray(at, at + 65_536));
  return bytes;
}
