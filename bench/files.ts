/**
 * `deno task bench files`: how fast files get to the other side, ours beside rsync, scp and nc, in turn in one run. Over
 * loopback; what is sent was read before, so that it comes from memory. Each transfer counts from the start of the sending
 * program to its end, when everything must be there; sizes are always looked at, all bytes in the first round.
 *
 * ```
 * deno task bench files [--dir DIR] [--mib N] [--count N] [--rounds N] [--binaries dist]
 * ```
 *
 * DIR is where the files go, by default the system's directory for temporary ones: on a disk, fsync is part of what is
 * measured, which of all of these nonstick alone does.
 * @module
 */
import { createHash } from "node:crypto";
import { parseOptions, text, wholeNumber, withDefault } from "../cli/options.ts";
import { type FilePeer, type FilePlaces, startPeers } from "./file_peers.ts";
import { type Figure, table } from "./measure.ts";

const OPTIONS = {
  dir: withDefault("DIR", "where the files go", "", text),
  mib: withDefault("N", "size of the large file", "1024", wholeNumber(1, 65_536)),
  count: withDefault("N", "number of small files of 4 KiB", "1000", wholeNumber(1, 100_000)),
  rounds: withDefault("N", "how often each one is measured", "5", wholeNumber(1, 100)),
  binaries: withDefault("DIR", "where the compiled programs are", "", text),
};

const MIB = 1024 * 1024, SMALL = 4096;

/** Something that is sent. */
interface Load {
  readonly name: string;
  readonly many: boolean;
  /** Units of work that it is: bytes of a large file, or small files. */
  readonly units: number;
  readonly title: string;
}

/** Runs the benchmark. */
export async function benchFiles(args: readonly string[]): Promise<void> {
  const { dir, mib, count, rounds, binaries } = parseOptions(OPTIONS, args).values;
  const root = await Deno.realPath(await Deno.makeTempDir(dir === "" ? {} : { dir }));
  const places = { from: `${root}/from`, to: `${root}/to`, scratch: `${root}/scratch` };
  try {
    for (const path of Object.values(places)) await Deno.mkdir(path);
    const loads = [await largeFile(places, mib), await smallFiles(places, count)];
    await using running = new AsyncDisposableStack();
    const { peers, missing } = await startPeers(places, binaries === "" ? undefined : binaries);
    for (const peer of peers) running.use(peer);
    for (const program of missing) console.log(`SKIPPED: ${program} is not installed`);
    for (const load of loads) {
      console.log(table(load.title, await measured(peers, load, places, rounds), "nonstick"));
    }
  } finally {
    await Deno.remove(root, { recursive: true });
  }
}

async function measured(
  peers: readonly FilePeer[],
  load: Load,
  places: FilePlaces,
  rounds: number,
): Promise<Figure[]> {
  const rates = peers.map((): number[] => []);
  for (let round = 0; round < rounds; round++) {
    for (const [i, peer] of peers.entries()) {
      const started = performance.now();
      await peer.send(load.name, load.many);
      rates[i]?.push(load.units / (performance.now() - started) * 1000);
      await check(load, places, peer.name, round === 0);
      await Deno.remove(`${places.to}/${load.name}`, { recursive: true });
    }
  }
  return peers.map(({ name }, i) => {
    const sorted = (rates[i] ?? []).sort((a, b) => a - b);
    const at = (share: number) => sorted[Math.floor(share * (sorted.length - 1))] ?? NaN;
    return { name, median: at(0.5), low: at(0), high: at(1) };
  });
}

async function check(load: Load, places: FilePlaces, who: string, whole: boolean): Promise<void> {
  const names = load.many
    ? [...Deno.readDirSync(`${places.from}/${load.name}`)].map(({ name }) => `${load.name}/${name}`)
    : [load.name];
  for (const name of names) {
    const [sent, kept] = [`${places.from}/${name}`, `${places.to}/${name}`];
    const same = (await Deno.stat(sent)).size === (await Deno.stat(kept)).size &&
      (!whole || await digest(sent) === await digest(kept));
    if (!same) throw new Error(`${who} did not bring ${name} as it is`);
  }
}

async function digest(path: string): Promise<string> {
  const hash = createHash("sha256");
  for await (const chunk of (await Deno.open(path)).readable) hash.update(chunk);
  return hash.digest("hex");
}

async function largeFile(places: FilePlaces, mib: number): Promise<Load> {
  using file = await Deno.open(`${places.from}/large`, { write: true, create: true });
  for (let i = 0; i < mib; i++) await file.write(noise(MIB));
  return {
    name: "large",
    many: false,
    units: mib * MIB,
    title: `one file of ${mib} MiB, bytes per second`,
  };
}

async function smallFiles(places: FilePlaces, count: number): Promise<Load> {
  await Deno.mkdir(`${places.from}/small`);
  for (let i = 0; i < count; i++) await Deno.writeFile(`${places.from}/small/${i}`, noise(SMALL));
  return {
    name: "small",
    many: true,
    units: count,
    title: `${count} files of 4 KiB, files per second`,
  };
}

function noise(size: number): Uint8Array {
  const bytes = new Uint8Array(size);
  for (let at = 0; at < size; at += 65_536) crypto.getRandomValues(bytes.subarray(at, at + 65_536));
  return bytes;
}
