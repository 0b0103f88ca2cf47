import { equals } from "@std/bytes/equals";
import type { EdgeProbe, EdgeWatch } from "../edge/edge_probe.ts";
import type { Contract } from "../stimulus/contract.ts";
import type { Stimulus } from "../stimulus/stimulus.ts";
import type { Delivery, Pace } from "../strategy/delivery.ts";
import { AnswerReader } from "./answer_reader.ts";
import { PacedReading } from "./paced_reading.ts";
import type { Play, PlayedChunk } from "./play.ts";
import type { TargetConnection } from "./target.ts";

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
/** A target that takes nothing for so long, while its answers are not read, waits for us to read them, in ms. */
const HELD_UP_MS = 250;
/** In which steps that is counted, in ms: time in which we were held up ourselves is one. */
const HELD_UP_STEP_MS = 20;
/** Longest time in which answers are not read at all, in ms. */
const MOST_HELD_UP_MS = 5000;
/** Least time after which a write counts as stuck, in ms. */
const STUCK_MS = 1000;

/**
 * Plays deliveries on one connection: write a chunk, wait until the target has read it, write the next one; take the
 * answers meanwhile.
 */
export class Session implements AsyncDisposable {
  readonly #context: SessionContext;
  readonly #connection: PacedReading;
  readonly #edge: EdgeWatch;
  readonly #target: Pick<TargetConnection, "edge" | "decoder" | "takeSteps">;
  readonly #answers: AnswerReader;
  /** The greeting, until it is told with the first delivery. */
  #greeted: readonly Uint8Array[] | undefined;
  /** Bytes on the wire so far; unknown where the wire carries more than what is written (TLS). */
  #written: number | undefined;
  /** How long it may take until the first byte is read, in ms; 0 once it was. */
  #startsMs: number;
  /** Number of the connection within the run. */
  readonly number: number;

  private constructor(context: SessionContext, connection: TargetConnection, number: number) {
    this.#context = context;
    this.#connection = new PacedReading(connection);
    this.number = number;
    this.#startsMs = connection.startsMs ?? 0;
    this.#written = connection.remote.startsWith("tcp:") ? 0 : undefined;
    connection.setNoDelay?.(true);
    this.#target = connection;
    this.#edge = connection.edge ??
      context.probe.watch(connection.pipe ?? connection.addresses);
    this.#answers = new AnswerReader(this.#connection, context.contract.framing, context.now);
  }

  /** Begins a session on a fresh connection and takes the greeting, if the target has one. */
  static async begin(
    context: SessionContext,
    connection: TargetConnection,
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

  /**
   * Plays one delivery and tells what happened. It never throws for what a target does.
   *
   * @param used how much processor time the target has used, in ms; noted with each chunk.
   */
  async play(
    delivery: Delivery,
    patience: Patience,
    used?: () => number | undefined,
  ): Promise<Play> {
    const { contract, now } = this.#context;
    const { stimulus, end, pace: { reading } = {} } = delivery;
    const answers = this.#answers;
    const startedMs = now();
    this.#connection.pace = reading === "late" ? "held" : reading;
    const expected = stimulus.frames.reduce((sum, frame) => sum + frame.answer.length, 0);
    answers.expect(2 * expected + OVERHEAD * stimulus.frames.length);
    const chunks: PlayedChunk[] = [];
    const lateAt: number[] = [];
    const sentAll = await this.#send(delivery, patience, chunks, lateAt, used);
    if (sentAll) {
      if (end === "fin") await this.#connection.closeWrite().catch(() => {});
      if (end === "reset" || end === "close") {
        answers.abandon();
        if (end === "reset") this.#connection.reset();
        else this.#connection.close();
        await answers.done;
      }
    }
    if (this.#connection.pace === "held") await this.#holdUp();
    const over = sentAll && (end === "reset" || end === "close");
    if (!over) await this.#awaitEnd(delivery, patience, contract);
    if (reading !== undefined) this.#connection.pace = undefined;
    const greeted = this.#greeted;
    this.#greeted = undefined;
    const { decoder } = this.#target;
    const undecodable = answers.undecodable ?? decoder?.unframable;
    return {
      delivery,
      connection: this.number,
      chunks,
      ...(greeted ? { greeted } : {}),
      ...answers.take(),
      ...(undecodable === undefined ? {} : { undecodable }),
      ...(decoder ? { decoder } : {}),
      lateAt,
      state: answers.state,
      startedMs,
      finishedMs: now(),
    };
  }

  /** Waits until the target ends the connection by itself, at most `ms`, and says whether it did. */
  async endsWithin(ms: number): Promise<boolean> {
    await this.#answers.until(Infinity, ms);
    return this.#answers.state === "ended";
  }

  /** Closes the connection. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.#connection.close();
    await this.#answers.done;
  }

  /** Writes the chunks, each once the one before was read. False when the target did not take them all. */
  async #send(
    { stimulus, cuts, waits, end, pace }: Delivery,
    patience: Patience,
    chunks: PlayedChunk[],
    lateAt: number[],
    used?: () => number | undefined,
  ): Promise<boolean> {
    const { contract, now } = this.#context;
    const length = stimulus.bytes.length;
    // What each chunk brings is told afterwards, so the next one need not wait.
    const exact = this.#target.edge !== undefined && !stimulus.hasBad;
    this.#target.takeSteps?.();
    let from = 0, wait = 0;
    for (const to of [...cuts, length]) {
      if (!this.#sendable(pace)) return false;
      const written = await this.#write(stimulus.bytes.subarray(from, to), patience);
      const writtenMs = now(), usedMs = used?.();
      if (written === "stuck") chunks.push({ end: to, writtenMs, edge: "timeout" });
      if (written !== "done") return false;
      const waited = waits[wait] === to && !exact;
      if (waited) wait++;
      // The answer to the last byte proves that it was read, unless there is none or the end comes first.
      const last = to === length;
      const needed = exact
        ? last
        : !last || waited || (end === "none" && !contract.expectation.answers) ||
          this.#startsMs > 0;
      const deadlineMs = Math.max(patience.answerMs, this.#startsMs);
      const edge = needed
        ? await this.#edge.settled({ deadlineMs, written: this.#written })
        : exact
        ? "proven"
        : "unneeded";
      this.#startsMs = 0;
      chunks.push({ end: to, writtenMs, edge, ...(usedMs === undefined ? {} : { usedMs }) });
      if (edge === "timeout") return false;
      if (edge === "gone") {
        await this.#answers.until(Infinity, patience.answerMs);
        if (pace?.sendsOn !== true) return false;
      }
      if (waited && contract.expectation.answers) {
        // After the first answer that did not come, the others are not waited for as long.
        const idleMs = lateAt.length === 0 ? patience.answerMs : patience.quietMs;
        if (!await this.#answers.until(stimulus.dueAt(to), idleMs)) lateAt.push(to);
      }
      const stalls = pace?.stallMs !== undefined && (to < length || end !== "none");
      if (stalls) await this.#answers.until(Infinity, pace.stallMs);
      from = to;
    }
    if (exact) lateAt.push(...this.#lateSteps(stimulus, chunks));
    return true;
  }

  /** Ends of chunks with which less came than was due. */
  #lateSteps(stimulus: Stimulus, chunks: readonly PlayedChunk[]): number[] {
    let given = 0;
    return (this.#target.takeSteps?.() ?? []).flatMap((frames, i) => {
      given += frames;
      const end = chunks[i]?.end ?? 0;
      return given < stimulus.dueAt(end) ? [end] : [];
    });
  }

  /** Reads nothing until the target has taken everything, or takes no more because its answers are not read. */
  async #holdUp(): Promise<void> {
    const giveUpAt = this.#context.now() + MOST_HELD_UP_MS;
    for (let before = this.#edge.taken; this.#context.now() < giveUpAt;) {
      const edge = await this.#edge.settled({ deadlineMs: HELD_UP_MS });
      const { taken } = this.#edge;
      if (edge !== "timeout" || taken === undefined || taken === before) break;
      before = taken;
    }
    this.#connection.pace = undefined;
  }

  #sendable(pace: Pace | undefined): boolean {
    const { state } = this.#answers;
    return state === "open" || (state === "ended" && pace?.sendsOn === true);
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
    const idleMs = open && stimulus.mayWait ? patience.quietMs : patience.answerMs;
    const all = await this.#answers.until(open ? Infinity : frames.length, idleMs);
    if (all && stimulus.optional > 0 && !this.#hasLast(stimulus)) {
      await this.#answers.until(frames.length + stimulus.optional, patience.answerMs);
    }
    const endMs = contract.atEof === "error" ? patience.answerMs : patience.quietMs;
    if (all && end === "fin") await this.#answers.until(Infinity, endMs);
  }

  /** Whether the last answer that came is that of the last frame. */
  #hasLast({ frames }: Stimulus): boolean {
    const came = this.#answers.answers.at(-1), last = frames.at(-1);
    return came !== undefined && last !== undefined && equals(came, last.answer);
  }

  /** Writes all of `bytes`, unless the target takes no more (`stuck`) or breaks off (`broken`). */
  async #write(bytes: Uint8Array, patience: Patience): Promise<"done" | "stuck" | "broken"> {
    let stuck = false;
    let at = 0;
    // An empty chunk is one, too: a decoder gets it.
    do {
      const held = this.#connection.pace === "held";
      let leftMs = HELD_UP_MS;
      const letGo = held
        ? setInterval(() => {
          leftMs -= HELD_UP_STEP_MS;
          if (leftMs <= 0) this.#connection.pace = undefined;
        }, HELD_UP_STEP_MS)
        : 0;
      let taken = this.#edge.taken;
      const giveUp = setInterval(() => {
        // Full buffers take a slow reader long to empty so far that more fits in: as long as it reads, it is not stuck.
        const before = taken;
        taken = this.#edge.taken;
        if (taken !== before) return;
        stuck = true;
        this.#connection.close();
      }, Math.max(patience.answerMs, STUCK_MS));
      try {
        const count = await this.#connection.write(at === 0 ? bytes : bytes.subarray(at));
        if (this.#written !== undefined) this.#written += count;
        at += count;
      } catch {
        // That the target broke off is seen and told by the reading side.
        if (!stuck) await this.#answers.until(Infinity, patience.answerMs);
        return stuck ? "stuck" : "broken";
      } finally {
        if (held) clearInterval(letGo);
        clearInterval(giveUp);
      }
    } while (at < bytes.length && !stuck);
    return stuck ? "stuck" : "done";
  }

  async #greet(patience: Patience): Promise<void> {
    const { greeting } = this.#context.contract.expectation;
    if (greeting.length === 0) return;
    await this.#answers.until(greeting.length, Math.max(patience.answerMs, this.#startsMs));
    this.#greeted = this.#answers.take().answers;
  }
}
