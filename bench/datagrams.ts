/**
 * `deno task bench datagrams [ROUND_MS]`: echo over UDP, our server beside Python's sockets, Node's dgram and a bare loop of
 * Deno, each in a process of its own, in turn in one run. A generator keeps 64 datagrams under way; what is not back within
 * 200 ms counts as lost and is made up for. On Linux the CPU that a datagram costs the server is told, too, which says more than
 * the rate on a machine with other work to do.
 * @module
 */
import { permissionFlags, programs } from "../tools/programs.ts";
import { projectPath } from "../tools/project.ts";
import { stdFlags } from "../tools/std.ts";
import { cpuOf } from "./cpu_time.ts";
import { short } from "./measure.ts";

const SIZES = [16, 512, 1400], ROUNDS = 15, WINDOW = 64, SILENCE_MS = 200;
/** Rounds that warming up takes as long as. */
const WARM_UP = 8;

/** Echoes of others; each prints its port. */
const PYTHON = `
import socket
s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
s.bind(("127.0.0.1", 0))
print(s.getsockname()[1], flush=True)
while True:
    data, peer = s.recvfrom(65535)
    s.sendto(data, peer)
`;
const NODE = `
const socket = require("node:dgram").createSocket("udp4");
socket.on("message", (data, { port, address }) => socket.send(data, port, address));
socket.bind(0, "127.0.0.1", () => console.log(socket.address().port));
`;
const BARE = `
const socket = Deno.listenDatagram({ transport: "udp", hostname: "127.0.0.1", port: 0 });
console.log(socket.addr.port);
const buffer = new Uint8Array(65535);
for (;;) {
  const [data, peer] = await socket.receive(buffer);
  await socket.send(data, peer);
}
`;

interface Rate {
  readonly perSecond: number;
  readonly back: number;
  /** CPU of the server, in seconds. */
  readonly cpu: number;
  readonly lost: number;
}

/** Measures all of them and prints a table. */
export async function benchDatagrams(args: readonly string[]): Promise<void> {
  const roundMs = Number(args[0] ?? 300);
  const folder = await Deno.makeTempDir();
  await Deno.writeTextFile(`${folder}/bare.ts`, BARE);
  const deno = Deno.execPath();
  const commands: readonly (readonly [name: string, program: string, args: readonly string[]])[] = [
    ["ours", deno, [
      ...["run", "--config", projectPath("deno.json"), ...await stdFlags()],
      ...permissionFlags(programs.server),
      ...[projectPath(programs.server.main), "--listen", "udp://127.0.0.1:0?speak=echo"],
    ]],
    ["deno, a bare loop", deno, [
      ...["run", "--no-config", "--quiet", "--unstable-net", "--allow-net", `${folder}/bare.ts`],
    ]],
    ["node:dgram", "node", ["-e", NODE]],
    ["python, socket", "python3", ["-c", PYTHON]],
  ];
  const servers: (Started & { readonly name: string })[] = [];
  try {
    for (const [name, program, args] of commands) {
      const server = await start(program, args);
      if (server === null) console.log(`${name}: SKIPPED, ${program} is not there`);
      else servers.push({ name, ...server });
    }
    for (const size of SIZES) {
      const rates = servers.map((): Rate[] => []);
      for (let round = -1; round < ROUNDS; round++) {
        for (const [i, server] of servers.entries()) {
          // The first one is long, and not counted: programs that are compiled as they run get faster.
          const rate = await rateOf(server, size, round < 0 ? WARM_UP * roundMs : roundMs);
          if (round >= 0) rates[i]?.push(rate);
        }
      }
      const sums = rates.map((all) => ({
        perSecond: median(all.map(({ perSecond }) => perSecond)),
        // Linux counts in ticks of 10 ms: too coarse for one round.
        cpuMicros: 1e6 * sum(all.map(({ cpu }) => cpu)) / sum(all.map(({ back }) => back)),
        lost: sum(all.map(({ lost }) => lost)),
      }));
      console.log(`${size} B, ${WINDOW} under way, ${ROUNDS} rounds of ${roundMs} ms`);
      const ours = sums[0];
      for (const [i, { name }] of servers.entries()) {
        const its = sums[i];
        if (ours === undefined || its === undefined) continue;
        console.log(
          `  ${name.padEnd(20)} ${short(its.perSecond).padStart(7)}/s  ` +
            `ours ÷ it ${(ours.perSecond / its.perSecond).toFixed(2)}  ` +
            `CPU ${its.cpuMicros.toFixed(1).padStart(5)} µs, its ÷ ours ` +
            `${(its.cpuMicros / ours.cpuMicros).toFixed(2)}  ${its.lost} lost`,
        );
      }
    }
  } finally {
    for (const { end } of servers) end();
    await Deno.remove(folder, { recursive: true });
  }
}

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[values.length >> 1] ?? NaN;
}

function sum(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0);
}

interface Started {
  readonly pid: number;
  readonly port: number;
  readonly end: () => void;
}

/** Starts an echo and reads its port; null if there is no such program. */
async function start(
  program: string,
  args: readonly string[],
): Promise<Started | null> {
  let child: Deno.ChildProcess;
  try {
    child = new Deno.Command(program, {
      args: [...args],
      stdout: "piped",
      stderr: "null",
      stdin: "null",
    }).spawn();
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return null;
    throw error;
  }
  const reader = child.stdout.pipeThrough(new TextDecoderStream()).getReader();
  let said = "";
  for (;;) {
    const port = /(?:^|:)(\d+)(?:\?\S*)?\n/.exec(said)?.[1];
    if (port !== undefined) {
      return { pid: child.pid, port: Number(port), end: () => child.kill("SIGKILL") };
    }
    const { value, done } = await reader.read();
    if (done) throw new Error(`${program} ended, having said ${JSON.stringify(said)}`);
    said += value;
  }
}

/** Datagrams that came back each second. */
async function rateOf({ pid, port }: Started, size: number, ms: number): Promise<Rate> {
  const socket = Deno.listenDatagram({ transport: "udp", hostname: "127.0.0.1", port: 0 });
  const to: Deno.NetAddr = { transport: "udp", hostname: "127.0.0.1", port };
  const message = new Uint8Array(size), view = new DataView(message.buffer);
  let sent = 0, back = 0, lost = 0, backAtLastLook = -1;
  // Each is another one: a server may take the very same bytes for its own answer that comes back.
  const send = async () => {
    view.setUint32(0, sent++);
    await socket.send(message, to);
  };
  const cpu = () => Deno.build.os === "linux" ? cpuOf(pid) : NaN;
  const cpuBefore = await cpu(), started = performance.now();
  const watch = setInterval(() => {
    if (back === backAtLastLook) {
      const gone = sent - back - lost;
      lost += gone;
      for (let i = 0; i < gone; i++) void send().catch(() => {});
    }
    backAtLastLook = back;
  }, SILENCE_MS);
  for (let i = 0; i < WINDOW; i++) await send();
  const buffer = new Uint8Array(65_535);
  while (performance.now() - started < ms) {
    const [data] = await socket.receive(buffer);
    if (data.length !== size) throw new Error(`${data.length} bytes came back of ${size}`);
    back++;
    await send();
  }
  const seconds = (performance.now() - started) / 1000;
  clearInterval(watch);
  socket.close();
  return { perSecond: back / seconds, back, cpu: await cpu() - cpuBefore, lost };
}
