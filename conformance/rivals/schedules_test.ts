import { assert, assertEquals } from "@std/assert";
import { framing } from "../../protocol/framing/mod.ts";
import { EXPECTATIONS } from "../stimulus/expectation.ts";
import { RandomStream } from "../stimulus/random_stream.ts";
import { MutantHost } from "./mutant_server.ts";
import { rivalStreams } from "./rival_streams.ts";
import { runRival } from "./run_rival.ts";
import { type Schedule, SCHEDULES } from "./schedules.ts";
import { RIGHT, specimenNamed } from "./specimens.ts";

const SEED = 1;
const contract = { framing: framing("u32be"), expectation: EXPECTATIONS.echo, maxFrame: 65_536 };

function named(name: string): Schedule {
  const schedule = SCHEDULES.find((one) => one.name === name);
  assert(schedule !== undefined);
  return schedule;
}

Deno.test("every schedule cuts inside the streams, rising, and the same way each time", () => {
  const { good, hostile } = rivalStreams(contract, SEED, false);
  assert(good.length >= 4 && hostile.length >= 3);
  for (const schedule of SCHEDULES) {
    for (const stimulus of [...good, ...hostile]) {
      const lists = () => schedule.cutLists(stimulus, new RandomStream(SEED, "x"));
      assertEquals(lists(), lists());
      for (const cuts of lists()) {
        for (const [i, cut] of cuts.entries()) {
          assert(cut > (cuts[i - 1] ?? 0) && cut < stimulus.bytes.length, schedule.name);
        }
      }
    }
  }
});

Deno.test("a rival finds what it can, misses what it cannot, and does not blame a right server", async () => {
  await using host = new MutantHost();
  const found = async (mutant: string, schedule: string) =>
    (await runRival(host, specimenNamed(mutant), named(schedule), SEED)).found;
  assert(await found("rest-of-read-dropped", "nio-three") !== undefined);
  assert(await found("short-ones-first", "nio-three") !== undefined);
  assertEquals(await found("half-close-is-close", "nio-three"), undefined);
  assertEquals(await found("half-close-is-close", "chop-997"), undefined);
  for (const schedule of ["frame-per-write", "chop-997", "nio-three"]) {
    const [right] = RIGHT;
    assert(right !== undefined);
    const run = await runRival(host, right, named(schedule), SEED);
    assertEquals(run.found, undefined);
    assert(run.chunks > 0);
  }
});
