import { turns } from "../protocol/session/turns.ts";

/** From so many bytes on a read or a write has to take its turn. */
const LEAST = 16_384;

/** A read or write of `most` bytes at most: what it resolves to, in its turn if that is much. */
export function inTurn<Moved extends number | null>(
  most: number,
  work: Promise<Moved>,
): Promise<Moved> {
  return most < LEAST ? work : waitForTurn(work);
}

async function waitForTurn<Moved extends number | null>(work: Promise<Moved>): Promise<Moved> {
  const moved = await work;
  if (moved !== null && moved >= LEAST) await turns.take(moved);
  return moved;
}
