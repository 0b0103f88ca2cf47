import { projectPath } from "../project.ts";
import { RandomStream } from "../../protocol/transport/random_stream.ts";
import { type Sample, slopePerMinute } from "../trend.ts";
import { type Holdings, WatchedServer } from "../watched_server.ts";
import { FILES, LANES, type Places, putAll, SLEEP } from "./traffic.ts";

/** How it goes. */
export interface SoakPlan {
  /** How long, in s. */
  readonly seconds: number;
  readonly seed: number;
  /** How often it is looked at, in s. */
  readonly every: number;
}

/** What the server holds at a time, in s. */
export interface SoakMoment extends Holdings {
  readonly at: number;
}

/** What it came to. */
export interface SoakResult {
  readonly moments: readonly SoakMoment[];
  /** How often each lane was gone. */
  readonly done: Readonly<Record<string, number>>;
  /** What the server did not do right. */
  readonly wrong: readonly string[];
  /** What it held before, and when all had gone. */
  readonly before: Holdings;
  readonly after: Holdings;
  /** Growth of memory in the second half, in KiB per minute. */
  readonly slope: number;
  /** Files in its directory that should not be there. */
  readonly files: readonly string[];
  /** Programs that outlived who asked for them. */
  readonly orphans: number;
  readonly code: number;
}

/** How long a lane rests after each time, in ms. */
const PAUSE_MS = 60;
/** How long it may take until nothing is left, in ms. */
const CALM_MS = 20_000;
const LARGE_FILE = 3 * 1024 * 1024;

/** Starts a server, and keeps all lanes going until the time is up. */
export async function runSoak(
  plan: SoakPlan,
  onMoment: (moment: SoakMoment, done: Readonly<Record<string, number>>) => void = () => {},
): Promise<SoakResult> {
  const folder = await Deno.makeTempDir();
  try {
    const root = `${folder}/root`;
    await Deno.mkdir(root);
    await Deno.writeFile(`${root}/large`, new Uint8Array(LARGE_FILE).fill(7));
    return await soakIn(folder, root, plan, onMoment);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

async function soakIn(
  folder: string,
  root: string,
  { seconds, seed, every }: SoakPlan,
  onMoment: (moment: SoakMoment, done: Readonly<Record<string, number>>) => void,
): Promise<SoakResult> {
  const testdata = projectPath("protocol/transport/testdata");
  await using server = await WatchedServer.start([
    ...["--listen", "tcp://127.0.0.1:0", "--listen", "tls://localhost:0"],
    ...[
      "--listen",
      `unix://${folder}/s`,
      "--listen",
      "tcp://127.0.0.1:0?speak=upper&framing=u32be",
    ],
    ...["--listen", "udp://127.0.0.1:0?speak=echo"],
    ...["--tls-cert", `${testdata}/cert.pem`, "--tls-key", `${testdata}/key.pem`],
    ...["--root", root, "--allow-write", "--allow-exec", "sh", "--log", "json"],
  ]);
  const [native = "", tls = "", unix = "", framed = "", udp = ""] = server.urls;
  const ca = await Deno.readTextFile(`${testdata}/cert.pem`);
  const places: Places = { native, tls, unix, framed, udp: udp.replace(/\?.*/, ""), ca };
  // Once each, so that what is made once is there.
  for (const [name, lane] of Object.entries(LANES)) {
    await lane(places, new RandomStream(seed, name));
  }
  const before = await calm(server, null);

  const done: Record<string, number> = {}, wrong: string[] = [], moments: SoakMoment[] = [];
  const started = performance.now(), elapsed = () => (performance.now() - started) / 1000;
  const lanes = Object.entries(LANES).map(async ([name, lane]) => {
    const random = new RandomStream(seed, name);
    for (done[name] = 0; elapsed() < seconds; done[name]++) {
      try {
        await lane(places, random);
      } catch (error) {
        wrong.push(`${name}: ${error}`);
      }
      await new Promise((resolve) => setTimeout(resolve, PAUSE_MS));
    }
  });
  while (elapsed() < seconds) {
    await new Promise((resolve) => setTimeout(resolve, 1000 * Math.min(every, seconds)));
    const moment = { at: elapsed(), ...await server.look() };
    moments.push(moment);
    onMoment(moment, done);
  }
  await Promise.all(lanes);
  await putAll(places);
  const after = await calm(server, before);
  const kept = new Set([...FILES, "large"]);
  const names = await Array.fromAsync(Deno.readDir(root), ({ name }) => name);
  const orphans = await sleeping();
  const samples: Sample[] = moments.map(({ at, rss }) => ({ at: 1000 * at, value: rss }));
  return {
    ...{ moments, done, wrong, before, after, orphans },
    slope: slopePerMinute(samples),
    files: names.filter((name) => !kept.has(name)),
    code: await server.end(),
  };
}

/** What it holds once that is no more than before, or when it has had the time. */
async function calm(server: WatchedServer, before: Holdings | null): Promise<Holdings> {
  const until = performance.now() + (before === null ? 3000 : CALM_MS);
  for (;;) {
    const now = await server.look();
    if (performance.now() > until) return now;
    if (before !== null && leftOver(before, now).length === 0) return now;
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
}

/** What is held now, and was not before, in words. */
export function leftOver(before: Holdings, now: Holdings): string[] {
  const kinds = Object.keys(now.open).map((kind): [string, number, number] => [
    kind,
    before.open[kind] ?? 0,
    now.open[kind] ?? 0,
  ]);
  kinds.push(["child processes", before.children, now.children]);
  return kinds.filter(([, was, is]) => is > was).map(([kind, was, is]) => `${kind}: ${was}, ${is}`);
}

/** How many of the programs still run that should have been ended. */
async function sleeping(): Promise<number> {
  let count = 0;
  for await (const { name } of Deno.readDir("/proc")) {
    if (!/^\d+$/.test(name)) continue;
    const words = await Deno.readTextFile(`/proc/${name}/cmdline`).catch(() => "");
    if (words.split("\0").includes(SLEEP)) count++;
  }
  return count;
}
