import type { EdgeProbe, EdgeWatch } from "../edge/edge_probe.ts";
import type { Contract } from "../stimulus/contract.ts";
import type { Delivery } from "../strategy/delivery.ts";
import type { Connection } from "../../protocol/transport/mod.ts";
import { AnswerReader } from "./answer_reader.ts";
import type { Play, PlayedChunk } from "./play.ts";

/** How long a player waits, in ms. All of it is an upper bound: what has come is seen at once. */
export interface Patience {
  /** For an answer that is due, counted from the last byte that came. */
  readonly answerMs: number;
  /** For an answer that must not come, when the connection stays open. */
  readonly quietMs: number;
}

/** What every session of a run needs. */
export interface SessionContext {
  /** What the target claims to speak. */
  readonly contract: Contract;
  /** Watches the edges of chunks. */
  readonly probe: EdgeProbe;
  /** The time of the run in ms. */
  readonly now: () => number;
}

/** Bytes of answers in excess of the payloads, for each frame; wide of the mark is good enough. */
const OVERHEAD = 64;

/**
 * Plays deliveries on one connection: write a chunk, wait until the target has read it, write the next one; take the
 * answers meanwhile.
 */
export class Session implements AsyncDisposable {
  readonly #context: SessionContext;
  readonly #connection: Connection;
  readonly #edge: EdgeWatch;
  readonly #answers: AnswerReader;
  /** The greeting, until it is told with the first delivery. */
  #greeted: readonly Uint8Array[] | undefined;
  /** Number of the connection within the run. */
  readonly number: number;

  private constructor(context: SessionContext, connection: Connection, number: number) {
    this.#context = context;
    this.#connection = connection;
    this.number = number;
    connection.setNoDelay?.(true);
    this.#edge = context.probe.watch(connection.addresses);
    this.#answers = new AnswerReader(connection, context.contract.framing, context.now);
  }

  /** Begins a session on a fresh connection and takes the greeting, if the target has one. */
  static async begin(
    context: SessionContext,
    connection: Connection,
    number: number,
    patience: Patience,
  ): Promise<Session> {
    const session = new Session(context, connection, number);
    await session.#greet(patience);
    return session;
  }

  /** How the edges of this connection are watched. */
  get edge(): EdgeWatch {
    return this.#edge;
  }

  /** Whether more can be played here. */
  get usable(): boolean {
    return this.#answers.state === "open" && this.#answers.undecodable === undefined;
  }

  /** Plays one delivery and tells what happened. It never throws for what a target does. */
  async play(delivery: Delivery, patience: Patience): Promise<Play> {
    const { contract, now } = this.#context;
    const { stimulus, end } = delivery;
    const answers = this.#answers;
    const startedMs = now();
    const expected = stimulus.frames.reduce((sum, frame) => sum + frame.answer.length, 0);
    answers.expect(2 * expected + OVERHEAD * stimulus.frames.length);
    const chunks: PlayedChunk[] = [];
    const lateAt: number[] = [];
    const sentAll = await this.#send(delivery, patience, chunks, lateAt);
    if (sentAll) {
      if (end === "fin") await this.#connection.closeWrite().catch(() => {});
      if (end === "reset") this.#connection.reset?.();
    }
    if (end !== "reset" || !sentAll) await this.#awaitEnd(delivery, patience, contract);
    const greeted = this.#greeted;
    this.#greeted = undefined;
    return {
      delivery,
      connection: this.number,
      chunks,
      ...(greeted ? { greeted } : {}),
      ...answers.take(),
      ...(answers.undecodable === undefined ? {} : { undecodable: answers.undecodable }),
      lateAt,
      state: answers.state,
      startedMs,
      finishedMs: now(),
    };
  }

  /** Closes the connection. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.#connection.close();
    await this.#answers.done;
  }

  /** Writes the chunks, each once the one before was read. False when the target did not take them all. */
  async #send(
    { stimulus, cuts, waits, end }: Delivery,
    patience: Patience,
    chunks: PlayedChunk[],
    lateAt: number[],
  ): Promise<boolean> {
    const { contract, now } = this.#context;
    const length = stimulus.bytes.length;
    let from = 0, wait = 0;
    for (const to of [...cuts, length]) {
      if (this.#answers.state !== "open") return false;
      const written = await this.#write(stimulus.bytes.subarray(from, to), patience);
      const writtenMs = now();
      if (written === "stuck") chunks.push({ end: to, writtenMs, edge: "timeout" });
      if (written !== "done") return false;
      const waited = waits[wait] === to;
      if (waited) wait++;
      // The answer to the last byte proves that it was read, unless there is none or the end comes first.
      const needed = to < length || waited || (end === "none" && !contract.expectation.answers);
      const edge = needed
        ? await this.#edge.settled({ deadlineMs: patience.answerMs })
        : "unneeded";
      chunks.push({ end: to, writtenMs, edge });
      if (edge === "timeout") return false;
      if (edge === "gone") {
        await this.#answers.until(Infinity, patience.answerMs);
        return false;
      }
      if (waited && contract.expectation.answers) {
        // After the first answer that did not come, the others are not waited for as long.
        const idleMs = lateAt.length === 0 ? patience.answerMs : patience.quietMs;
        if (!await this.#answers.until(stimulus.dueAt(to), idleMs)) lateAt.push(to);
      }
      from = to;
    }
    return true;
  }

  /** Waits for what is due behind the last byte, and after FIN for what must not come. */
  async #awaitEnd(
    { stimulus, end }: Delivery,
    patience: Patience,
    contract: Contract,
  ): Promise<void> {
    if (!contract.expectation.answers) {
      if (end !== "none" || stimulus.hasBad) await this.#answers.until(Infinity, patience.quietMs);
      return;
    }
    const { frames } = stimulus;
    // Behind bytes that must be refused nothing is due, unless the target goes on with a frame behind them.
    const open = stimulus.hasBad && frames.at(-1)?.afterBad !== true;
    const all = await this.#answers.until(open ? Infinity : frames.length, patience.answerMs);
    if (all && end === "fin") await this.#answers.until(Infinity, patience.quietMs);
  }

  /** Writes all of `bytes`, unless the target takes no more (`stuck`) or breaks off (`broken`). */
  async #write(bytes: Uint8Array, patience: Patience): Promise<"done" | "stuck" | "broken"> {
    let stuck = false;
    for (let at = 0; at < bytes.length && !stuck;) {
      const timer = setTimeout(() => {
        stuck = true;
        this.#connection.close();
      }, Math.max(patience.answerMs, 1000));
      try {
        at += await this.#connection.write(at === 0 ? bytes : bytes.subarray(at));
      } catch {
        // That the target broke off is seen and told by the reading side.
        if (!stuck) await this.#answers.until(Infinity, patience.answerMs);
        return stuck ? "stuck" : "broken";
      } finally {
        clearTimeout(timer);
      }
    }
    return stuck ? "stuck" : "done";
  }

  async #greet(patience: Patience): Promise<void> {
    const { greeting } = this.#context.contract.expectation;
    if (greeting.length === 0) return;
    await this.#answers.until(greeting.length, patience.answerMs);
    this.#greeted = this.#answers.take().answers;
  }
}
