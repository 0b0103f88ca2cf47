import { fileURLToPath } from "node:url";
import { type EdgeMethod, openEdgeProbe } from "../conformance/edge/edge_probe.ts";

/** Chunks of one measurement, and the bytes of each. */
const CHUNKS = 100, CHUNK = 2;
/** What the readers do after each read, in ms. */
const WORK = [0, 1, 2, 5, 10];
/** Longest wait for one edge, in ms. */
const DEADLINE_MS = 10_000;

/** How a chunk is kept apart from the next one. */
interface Way {
  readonly name: string;
  /** Waits behind a chunk. */
  readonly waitMs?: number;
  /** Asks the kernel behind a chunk. */
  readonly method?: EdgeMethod;
  /** How often it is measured, where luck decides; by default once. */
  readonly rounds?: number;
}

const WAYS: readonly Way[] = [
  { name: "TCP_NODELAY, no wait", rounds: 10 },
  { name: "sleep 1 ms", waitMs: 1 },
  { name: "sleep 5 ms", waitMs: 5 },
  { name: "our proof, sock_diag", method: "sock_diag" },
  { name: "our proof, /proc/net/tcp", method: "proc" },
];

/** What came of one way with one reader. */
interface Truth {
  /** Edges that were the end of a read, of all that were asked for. */
  readonly share: number;
  /** Time for one edge, its write included, in ms. */
  readonly msPerEdge: number;
}

/** One way to keep chunks apart, measured with each reader. */
export interface EdgeRow {
  /** What is done behind a chunk. */
  readonly way: string;
  /** For each reader, what came of it: share of the edges seen, and ms for one edge. */
  readonly cells: readonly string[];
}

/** Measures which share of the edges that were asked for a reader sees. */
export async function measureEdges(): Promise<EdgeRow[]> {
  const rows: EdgeRow[] = [];
  for (const way of WAYS) {
    const cells: string[] = [];
    for (const workMs of WORK) {
      const seen: Truth[] = [];
      for (let round = way.rounds ?? 1; round > 0; round--) {
        seen.push(...await measureTruth(way, workMs));
      }
      cells.push(cellOf(seen));
    }
    rows.push({ way: way.name, cells });
  }
  return rows;
}

/** The rows as a table in Markdown. */
export function edgesPart(rows: readonly EdgeRow[]): string[] {
  const line = (cells: readonly string[]) => `| ${cells.join(" | ")} |`;
  const readers = WORK.map((ms) => ms === 0 ? "fast reader" : `${ms} ms a read`);
  return [
    line(["", ...readers]),
    line(["---", ...readers.map(() => "---")]),
    ...rows.map(({ way, cells }) => line([way, ...cells])),
  ];
}

/** Measures and prints. */
export async function benchEdges(): Promise<void> {
  console.log(`\nedges seen by a reader, of ${CHUNKS - 1} asked for, and ms for one edge`);
  console.log(edgesPart(await measureEdges()).join("\n"));
}

/** The median share and time; with the lowest and the highest share where there are several. */
function cellOf(truths: readonly Truth[]): string {
  const sorted = truths.toSorted((a, b) => a.share - b.share);
  const median = sorted[Math.floor(sorted.length / 2)], low = sorted[0], high = sorted.at(-1);
  if (median === undefined || low === undefined || high === undefined) return "not here";
  const percent = (share: number) => (100 * share).toFixed(0);
  const range = sorted.length > 1 ? ` (${percent(low.share)}-${percent(high.share)})` : "";
  return `${percent(median.share)} %${range}, ${median.msPerEdge.toFixed(2)} ms`;
}

/** Measures one way with one reader; nothing where the way is not to be had. */
async function measureTruth({ waitMs, method }: Way, workMs: number): Promise<Truth[]> {
  using probe = openEdgeProbe({ method: method ?? "none", gapMs: waitMs ?? 0 });
  if (method !== undefined && probe.method !== method) return [];
  const child = new Deno.Command(Deno.execPath(), {
    args: ["run", "--quiet", "--no-config", "--allow-net=127.0.0.1", readerPath(), String(workMs)],
    stdin: "null",
    stdout: "piped",
    stderr: "inherit",
  }).spawn();
  const said = child.stdout.pipeThrough(new TextDecoderStream()).getReader();
  const { value: port = "" } = await said.read();
  const socket = await Deno.connect({ hostname: "127.0.0.1", port: Number(port) });
  socket.setNoDelay(true);
  const edge = probe.watch({ local: socket.localAddr, remote: socket.remoteAddr });
  const chunk = new Uint8Array(CHUNK);
  // The reader is up to speed, and edges of this first chunk are not counted.
  await socket.write(chunk);
  await edge.settled({ deadlineMs: DEADLINE_MS });
  const started = performance.now();
  for (let i = 0; i < CHUNKS; i++) {
    await socket.write(chunk);
    const waits = (waitMs !== undefined || method !== undefined) && i < CHUNKS - 1;
    if (waits) await edge.settled({ deadlineMs: DEADLINE_MS });
  }
  const ms = performance.now() - started;
  socket.close();
  const { value: sizes = "[]" } = await said.read();
  await said.cancel();
  await child.status;
  return [{ share: seenShare(sizes), msPerEdge: ms / (CHUNKS - 1) }];
}

/** The share of the edges between chunks at which a read ended. */
function seenShare(line: string): number {
  const sizes: unknown = JSON.parse(line);
  if (!Array.isArray(sizes)) throw new TypeError(`The reader said ${line}`);
  let at = 0, seen = 0;
  for (const size of sizes) {
    at += Number(size);
    const inner = at > CHUNK && at < CHUNK * (CHUNKS + 1);
    if (inner && at % CHUNK === 0) seen++;
  }
  return seen / (CHUNKS - 1);
}

function readerPath(): string {
  return fileURLToPath(new URL("./slow_reader.ts", import.meta.url));
}

if (import.meta.main) await benchEdges();
