import type { DatagramFate } from "../edge/datagram_queue.ts";
import { processMemory } from "../player/process_memory.ts";
import type { Sent } from "./volley.ts";

/** Bytes that may lie in a target's queue: more might find no room there. A datagram takes up to 1,300 besides its own. */
export const ROOM = 128 * 1024, COST = 1300;
/** How often fragments are sent: what is kept of the first ones may be garbage, and room that is filled once. */
export const ROUNDS = 3;
/** A target leaks when each round but the first makes it grow by this part of what was sent. */
const KEPT = 0.75;

/** Where datagrams go that nobody answers. */
export interface FloodTarget {
  /** Sends one. */
  send(datagram: Sent): Promise<void>;
  /** Waits until all that has arrived was read; `waiting` when it is not in time, undefined where that cannot be seen. */
  drained(): Promise<DatagramFate | undefined>;
  /** The same, when the last of it may be under way. */
  settled(): Promise<DatagramFate | undefined>;
  /** Whether nothing more is to be sent. */
  isOver(): boolean;
}

/** What was sent, and what became of it. */
export interface Flooded {
  /** Datagrams. */
  readonly sent: number;
  /** Their bytes. */
  readonly bytes: number;
  /** What is known of them in the end. */
  readonly fate: DatagramFate | undefined;
}

/** Sends datagrams as fast as they are read, awaiting nothing else. */
export async function flood(datagrams: Iterable<Sent>, target: FloodTarget): Promise<Flooded> {
  let lying = 0, sent = 0, bytes = 0;
  for (const datagram of datagrams) {
    const { length } = datagram.bytes;
    if (lying + length + COST > ROOM) {
      if (target.isOver() || await target.drained() === "waiting") break;
      lying = 0;
    }
    await target.send(datagram);
    lying += length + COST;
    sent++;
    bytes += length;
  }
  return { sent, bytes, fate: await target.settled() };
}

/** A flood, and by how many bytes the process grew; undefined where that is not to be seen. */
export interface Round extends Flooded {
  readonly growth: number | undefined;
}

/** Measures the memory of a process around a flood. */
export async function measured(
  pid: number | undefined,
  flooding: () => Promise<Flooded>,
): Promise<Round> {
  const memory = () => pid === undefined ? undefined : processMemory(pid)?.now;
  const before = memory();
  const flooded = await flooding();
  const after = memory();
  const growth = before === undefined || after === undefined ? undefined : after - before;
  return { ...flooded, growth };
}

/** Whether what was sent is kept, in every round but the first. */
export function isLeak(rounds: readonly Round[]): boolean {
  return rounds.length === ROUNDS &&
    rounds.slice(1).every(({ growth = 0, bytes }) => growth >= KEPT * bytes);
}

/** How much was sent, and by how much memory grew, in words. */
export function describeGrowth(rounds: readonly Round[]): string {
  const sent = rounds.reduce((sum, round) => sum + round.sent, 0);
  const growth = rounds.reduce((sum, round) => sum + (round.growth ?? 0), 0);
  return `its memory grew by ${Math.round(growth / 2 ** 20)} MiB on ${sent}`;
}
