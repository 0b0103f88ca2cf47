/**
 * `deno task bench datagrams [ROUND_MS]`: echo over UDP, our server beside Python's sockets, Node's dgram and a bare loop of
 * Deno, each in a process of its own, in turn in one run. A generator keeps 64 datagrams under way; what is not back within
 * 200 ms counts as lost and is made up for.
 * @module
 */
import { permissionFlags, programs } from "../tools/programs.ts";
import { projectPath } from "../tools/project.ts";
import { stdFlags } from "../tools/std.ts";
import { short } from "./measure.ts";

const SIZES = [16, 512, 1400], ROUNDS = 5, WINDOW = 64, SILENCE_MS = 200;

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
  readonly lost: number;
}

/** Measures all of them and prints a table. */
export async function benchDatagrams(args: readonly string[]): Promise<void> {
  const roundMs = Number(args[0] ?? 500);
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
  const servers: { readonly name: string; readonly port: number; readonly end: () => void }[] = [];
  try {
    for (const [name, program, args] of commands) {
      const server = await start(program, args);
      if (server === null) console.log(`${name}: SKIPPED, ${program} is not there`);
      else servers.push({ name, ...server });
    }
    for (const size of SIZES) {
      const rates = servers.map((): Rate[] => []);
      for (let round = -1; round < ROUNDS; round++) {
        for (const [i, { port }] of servers.entries()) {
          const rate = await rateOf(port, size, roundMs);
          if (round >= 0) rates[i]?.push(rate);
        }
      }
      const medians = rates.map((all) =>
        all.map(({ perSecond }) => perSecond).sort((a, b) => a - b)[ROUNDS >> 1] ?? NaN
      );
      console.log(`${size} B, ${WINDOW} under way, ${ROUNDS} rounds of ${roundMs} ms`);
      for (const [i, { name }] of servers.entries()) {
        const median = medians[i] ?? NaN,
          lost = (rates[i] ?? []).reduce((sum, one) => sum + one.lost, 0);
        const ratio = ((medians[0] ?? NaN) / median).toFixed(2);
        console.log(
          `  ${name.padEnd(20)} ${short(median).padStart(7)}/s  ours ÷ it ${ratio}  ${lost} lost`,
        );
      }
    }
  } finally {
    for (const { end } of servers) end();
    await Deno.remove(folder, { recursive: true });
  }
}

/** Starts an echo and reads its port; null if there is no such program. */
async function start(
  program: string,
  args: readonly string[],
): Promise<{ port: number; end: () => void } | null> {
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
    if (port !== undefined) return { port: Number(port), end: () => child.kill("SIGKILL") };
    const { value, done } = await reader.read();
    if (done) throw new Error(`${program} ended, having said ${JSON.stringify(said)}`);
    said += value;
  }
}

/** Datagrams that came back each second. */
async function rateOf(port: number, size: number, ms: number): Promise<Rate> {
  const socket = Deno.listenDatagram({ transport: "udp", hostname: "127.0.0.1", port: 0 });
  const to: Deno.NetAddr = { transport: "udp", hostname: "127.0.0.1", port };
  const message = new Uint8Array(size), view = new DataView(message.buffer);
  let sent = 0, back = 0, lost = 0, backAtLastLook = -1;
  // Each is another one: a server may take the very same bytes for its own answer that comes back.
  const send = async () => {
    view.setUint32(0, sent++);
    await socket.send(message, to);
  };
  const started = performance.now();
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
  return { perSecond: back / seconds, lost };
}
