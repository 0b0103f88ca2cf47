import { DeadlineError, type DeadlinePhase } from "../../protocol/session/mod.ts";
import { Pace } from "../../protocol/session/pace.ts";
import type { Connection } from "../../protocol/transport/mod.ts";
import type { HandlerContext } from "../server.ts";
import type { Limits } from "./limits.ts";

/** Size of the read buffer in bytes: at first, for thousands of idle connections, and at most. */
const FIRST_READ = 1024, LARGEST_READ = 65_536;

/** Reads and writes of bare bytes, each within its time. */
export class RawTalk {
  readonly #connection: Connection;
  readonly #limits: Limits;
  #buffer = new Uint8Array(FIRST_READ);
  readonly #admit: () => void;
  #full = false;
  #begun = false;

  constructor(connection: Connection, limits: Limits, { admit }: HandlerContext) {
    this.#connection = connection;
    this.#limits = limits;
    this.#admit = admit;
  }

  /** What one read gives, null at the end; valid until the next read. */
  async read(): Promise<Uint8Array | null> {
    if (this.#full && this.#buffer.length < LARGEST_READ) {
      this.#buffer = new Uint8Array(4 * this.#buffer.length);
    }
    const { handshakeTimeoutMs, idleTimeoutMs } = this.#limits;
    const [phase, waitMs]: [DeadlinePhase, number] = this.#begun
      ? ["idle", idleTimeoutMs]
      : ["handshake", handshakeTimeoutMs];
    const count = await this.#within(waitMs, phase, () => this.#connection.read(this.#buffer));
    if (!this.#begun) this.#admit();
    this.#begun = true;
    this.#full = count === this.#buffer.length;
    return count === null ? null : this.#buffer.subarray(0, count);
  }

  /** Writes all of it; the peer has to keep up the least speed. */
  async write(bytes: Uint8Array): Promise<void> {
    const { writeTimeoutMs, minRate } = this.#limits;
    const pace = new Pace(minRate);
    pace.begin(performance.now());
    for (let at = 0; at < bytes.length;) {
      const left = writeTimeoutMs - (performance.now() - pace.since);
      const write = () => this.#connection.write(bytes.subarray(at));
      const count = await this.#within(left, "write", write, writeTimeoutMs);
      at += count;
      pace.moved(count, performance.now());
    }
  }

  /** Does one read or write. Closing the connection is the only way to stop one that takes too long. */
  async #within<Result>(
    ms: number,
    phase: DeadlinePhase,
    work: () => Promise<Result>,
    limitMs = ms,
  ): Promise<Result> {
    let late = false;
    const timer = setTimeout(() => {
      late = true;
      this.#connection.close();
    }, ms);
    try {
      return await work();
    } catch (error) {
      throw late ? new DeadlineError(phase, limitMs) : error;
    } finally {
      clearTimeout(timer);
    }
  }
}
