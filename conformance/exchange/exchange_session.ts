import type { Connection } from "../../protocol/transport/mod.ts";
import type { TargetConnection } from "../player/target.ts";
import type { EdgeProbe, EdgeWatch } from "../edge/edge_probe.ts";
import type { PlayedChunk } from "../player/play.ts";
import type { Patience } from "../player/session.ts";
import type { Delivery } from "../strategy/delivery.ts";
import type { Came, Exchange, ExchangePlay, Oracle } from "./oracle.ts";
import { MOST_BYTES, RawReader } from "./raw_reader.ts";

/** How long a target is watched behind each of many deliveries, to see whether it closes, in ms. */
export const LINGER_MS = 1;

/** How long a session waits, in ms. */
export interface ExchangePatience extends Patience {
  /**
   * How long the target is watched, once it has said everything, to see whether it closes.
   *
   * @default {quietMs}
   */
  readonly lingerMs?: number;
}

/** What every session of a run needs. */
export interface SessionContext {
  /** Watches the edges of chunks. */
  readonly probe: EdgeProbe;
  /** The time of the run in ms. */
  readonly now: () => number;
}

/** It is quiet when nothing came for so many times as long as the first byte took. */
const QUIET_FACTOR = 4;
/** Least time for one write, in ms. */
const LEAST_WRITE = 1000;

/**
 * Plays one delivery of an exchange on a connection of its own: awaits the greeting, writes a chunk, waits until the
 * target has read it, writes the next one, and awaits what the oracle says is due. In the end it says that nothing
 * more comes (FIN), so that what is too much shows at once.
 */
export class ExchangeSession implements AsyncDisposable {
  readonly #context: SessionContext;
  readonly #connection: Connection;
  readonly #reader: RawReader;
  readonly #marks = new Map<number, number>();
  readonly #chunks: PlayedChunk[] = [];
  readonly #lateAt: number[] = [];
  /** How the edges of this connection are watched. */
  readonly edge: EdgeWatch;

  /** Begins a session on a fresh connection. */
  constructor(context: SessionContext, connection: TargetConnection) {
    this.#context = context;
    this.#connection = connection;
    connection.setNoDelay?.(true);
    this.edge = context.probe.watch(connection.pipe ?? connection.addresses);
    this.#reader = new RawReader(connection, context.now);
  }

  /** Plays the one delivery and tells what happened. It never throws for what a target does. */
  async play(
    delivery: Delivery,
    exchange: Exchange,
    patience: ExchangePatience,
    number: number,
  ): Promise<ExchangePlay> {
    const { now } = this.#context;
    const reader = this.#reader;
    const startedMs = now();
    const { oracle } = exchange;
    const { stimulus: { bytes: { length } }, end } = delivery;
    const sentAll = await this.#await(oracle, 0, patience) !== "wrong" &&
      await this.#send(delivery, exchange, patience);
    if (sentAll) {
      if (end === "fin") await this.#connection.closeWrite().catch(() => {});
      // What the target has ended already cannot be broken off.
      if (end === "reset" && reader.state === "open") this.#connection.reset?.();
      if (end === "close") this.#connection.close();
      if (end === "none" || end === "fin") await this.#await(oracle, length, patience);
    }
    // One that closes now, though nobody asked it to, is told from one that answers our FIN.
    if (end === "none") await this.#ended(patience.lingerMs ?? patience.quietMs);
    const { state } = reader;
    if (state === "open" && end !== "reset" && end !== "close") {
      if (end === "none") await this.#connection.closeWrite().catch(() => {});
      await this.#quiet(patience.quietMs);
    }
    return {
      delivery,
      connection: number,
      chunks: this.#chunks,
      reads: reader.reads,
      answers: [],
      lateAt: this.#lateAt,
      ...(reader.flooded ? { undecodable: `more than ${MOST_BYTES} bytes came back` } : {}),
      state,
      marks: this.#marks,
      startedMs,
      finishedMs: now(),
    };
  }

  /** Closes the connection. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.#connection.close();
    await this.#reader.done;
  }

  /** Writes the chunks, each once the one before was read. False when the target did not take them all. */
  async #send(
    { stimulus: { bytes }, cuts, waits, end }: Delivery,
    { oracle, pauses }: Exchange,
    patience: Patience,
  ): Promise<boolean> {
    const { now } = this.#context;
    let from = 0;
    await pause(pauses.get(0));
    for (const to of bytes.length === 0 ? [] : [...cuts, bytes.length]) {
      if (this.#reader.state !== "open") return false;
      const writtenMs = now();
      const written = await this.#write(bytes.subarray(from, to), patience);
      if (written === "stuck") this.#chunks.push({ end: to, writtenMs, edge: "timeout" });
      if (written !== "done") return false;
      const waited = waits.includes(to);
      // What comes back for the last byte proves that it was read, unless the end comes first.
      const needed = to < bytes.length || waited || end === "reset" || end === "close";
      const edge = needed ? await this.edge.settled({ deadlineMs: patience.answerMs }) : "unneeded";
      this.#chunks.push({ end: to, writtenMs, edge });
      if (edge === "timeout") return false;
      if (edge === "gone") {
        await this.#quiet(patience.answerMs);
        return false;
      }
      if (waited) {
        if (await this.#await(oracle, to, patience) === "wrong") return false;
        await pause(pauses.get(to));
      }
      from = to;
    }
    return true;
  }

  /** Awaits what is due once `sent` bytes were sent. */
  async #await(oracle: Oracle, sent: number, patience: Patience): Promise<"right" | "wrong"> {
    const { now } = this.#context;
    const reader = this.#reader;
    const began = now();
    // After the first answer that did not come, the others are not waited for as long.
    const answerMs = this.#lateAt.length === 0 ? patience.answerMs : patience.quietMs;
    let firstMs = 0;
    const over = (result: "right" | "wrong" | "late") => {
      this.#marks.set(sent, reader.bytes.length);
      if (result === "late") this.#lateAt.push(sent);
      return result === "wrong" ? "wrong" : "right";
    };
    for (;;) {
      const standing = oracle.standing(this.#came, sent);
      if (standing === "wrong") {
        // The rest shows what is wrong.
        await this.#quiet(patience.quietMs);
        return over("wrong");
      }
      if (standing === "right") return over("right");
      const enough = standing === "quiet" ? "right" : "late";
      if (reader.state !== "open" || reader.flooded) return over(enough);
      if (firstMs === 0 && reader.lastMs > began) firstMs = reader.lastMs - began;
      const idleMs = standing === "quiet"
        ? Math.max(patience.quietMs, QUIET_FACTOR * firstMs)
        : answerMs;
      const leftMs = Math.max(began, reader.lastMs) + idleMs - now();
      if (leftMs <= 0) return over(enough);
      await reader.news(leftMs);
    }
  }

  get #came(): Came {
    return { bytes: this.#reader.bytes, state: this.#reader.state, marks: this.#marks };
  }

  /** Waits until the connection has ended, at most `ms`. */
  async #ended(ms: number): Promise<void> {
    const { now } = this.#context;
    const until = now() + ms;
    while (this.#reader.state === "open" && !this.#reader.flooded) {
      const leftMs = until - now();
      if (leftMs <= 0) return;
      await this.#reader.news(leftMs);
    }
  }

  /** Waits until the connection has ended or nothing has come for `ms`. */
  async #quiet(ms: number): Promise<void> {
    const { now } = this.#context;
    const reader = this.#reader;
    const began = now();
    while (reader.state === "open" && !reader.flooded) {
      const leftMs = Math.max(began, reader.lastMs) + ms - now();
      if (leftMs <= 0) return;
      await reader.news(leftMs);
    }
  }

  /** Writes all of `bytes`, unless the target takes no more (`stuck`) or breaks off (`broken`). */
  async #write(bytes: Uint8Array, patience: Patience): Promise<"done" | "stuck" | "broken"> {
    let stuck = false;
    const timer = setTimeout(() => {
      stuck = true;
      this.#connection.close();
    }, Math.max(patience.answerMs, LEAST_WRITE));
    try {
      for (let at = 0; at < bytes.length;) {
        at += await this.#connection.write(bytes.subarray(at));
      }
      return "done";
    } catch {
      // That the target broke off is seen and told by the reading side.
      if (!stuck) await this.#quiet(patience.answerMs);
      return stuck ? "stuck" : "broken";
    } finally {
      clearTimeout(timer);
    }
  }
}

async function pause(ms = 0): Promise<void> {
  if (ms > 0) await new Promise((resolve) => setTimeout(resolve, ms));
}
