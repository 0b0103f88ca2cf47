import { ExchangeError } from "../../protocol/native/mod.ts";
import { Pace } from "../../protocol/session/pace.ts";

/** How slowly the bytes of a file may come. */
export interface Patience {
  /** Least speed in bytes per second. */
  readonly minRate: number;
  /** How far it may fall behind, in ms. */
  readonly graceMs: number;
}

/**
 * Watches bytes that were announced and are coming: to be called with how many there are by now. It starts with the first ones,
 * since before these the peer may have to look through what it has.
 *
 * @throws {ExchangeError} `timeout` when they come too slowly.
 */
export function keepPace({ minRate, graceMs }: Patience): (bytes: number) => void {
  const pace = new Pace(minRate);
  let before = 0;
  return (bytes) => {
    const now = performance.now();
    pace.begin(now);
    pace.moved(bytes - before, now);
    before = bytes;
    if (now - pace.since > graceMs) {
      throw new ExchangeError("timeout", `It comes at less than ${minRate} bytes a second`);
    }
  };
}
