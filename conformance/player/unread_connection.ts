import type { EdgeWatch } from "../edge/edge_probe.ts";
import type { Connection } from "../../protocol/transport/mod.ts";

/**
 * How often it is looked, in the time after which a target has stopped, whether it has taken more: what holds us up, and a
 * target beside us perhaps, costs one look.
 */
const LOOKS = 15;
/** Bytes read at once. */
const READ_SIZE = 64 * 1024;

/** How far {@linkcode UnreadConnection.press} goes. */
export interface PressLimits {
  /** Bytes that are written at most. */
  readonly mostBytes: number;
  /** A target that has taken nothing for so long has stopped, in ms. */
  readonly stoppedMs: number;
  /** Longest time in all, in ms. */
  readonly mostMs: number;
}

/** What a target took while nothing that it answered was read. */
export interface Pressed {
  /**
   * How it came to an end: the target `stopped` reading, it `closed` the connection, it took `all`, or the `time` was
   * over while it was still taking more.
   */
  readonly how: "stopped" | "closed" | "all" | "time";
  /** Bytes that it read; where the kernel does not tell, those that were written. */
  readonly taken: number;
  /** How long that took, in ms. */
  readonly ms: number;
}

/** A connection that is written to and never read, as by a client that asks and does not listen. */
export class UnreadConnection implements Disposable {
  readonly #connection: Connection;
  readonly #now: () => number;
  /** How its edges are watched. */
  readonly edge: EdgeWatch;

  /** Takes a connection that nobody reads. `now` tells the time in ms. */
  constructor(connection: Connection, edge: EdgeWatch, now: () => number) {
    this.#connection = connection;
    this.edge = edge;
    this.#now = now;
  }

  /** Writes `bytes` over and over until the target takes no more, or a limit is reached. */
  async press(bytes: Uint8Array, { mostBytes, stoppedMs, mostMs }: PressLimits): Promise<Pressed> {
    const started = this.#now();
    let written = 0;
    const taken = () => this.edge.taken ?? written;
    const pressed = (how: Pressed["how"]): Pressed => ({
      how,
      taken: taken(),
      ms: this.#now() - started,
    });
    while (written < mostBytes) {
      const writing = this.#connection.write(bytes.subarray(written % bytes.length)).then(
        (count) => count,
        () => undefined,
      );
      for (let before = taken(), quiet = 0;;) {
        const count = await within(writing, stoppedMs / LOOKS);
        if (count === undefined) return pressed("closed");
        if (count !== "late") {
          written += count;
          break;
        }
        // A busy machine may let a timer pass before anybody else gets a turn: one look is not enough. And who has not
        // begun to read has not stopped.
        quiet = taken() === before && before > 0 ? quiet + 1 : 0;
        if (quiet === LOOKS) return pressed("stopped");
        if (this.#now() - started > mostMs) return pressed("time");
        before = taken();
      }
      if (this.#now() - started > mostMs) return pressed("time");
    }
    const settled = await this.edge.settled({ deadlineMs: stoppedMs });
    return pressed(settled === "timeout" ? "stopped" : settled === "gone" ? "closed" : "all");
  }

  /** Reads at last, and counts what comes: until nothing has come for `idleMs`, or `mostBytes` have. */
  async count(limits: { readonly mostBytes: number; readonly idleMs: number }): Promise<number> {
    const buffer = new Uint8Array(READ_SIZE);
    let came = 0;
    while (came < limits.mostBytes) {
      const reading = this.#connection.read(buffer).catch(() => null);
      const count = await within(reading, limits.idleMs);
      if (count === null || count === "late") break;
      came += count;
    }
    return came;
  }

  /** Closes it; a write or read that is under way ends. */
  [Symbol.dispose](): void {
    this.#connection.close();
  }
}

async function within<T>(promise: Promise<T>, ms: number): Promise<T | "late"> {
  const late = Promise.withResolvers<"late">();
  const timer = setTimeout(() => late.resolve("late"), ms);
  try {
    return await Promise.race([promise, late.promise]);
  } finally {
    clearTimeout(timer);
  }
}
