import type { RunResult } from "../campaign/result.ts";
import type { DatagramFate } from "../edge/datagram_queue.ts";
import { lookUntil } from "../edge/patience.ts";
import type { History, Role } from "../history/history.ts";
import type { Finding } from "../judge/verdict.ts";
import type { Play, PlayedChunk } from "../player/play.ts";
import type { Patience } from "../player/session.ts";
import { describeEnd } from "../player/spawned_process.ts";
import type { Delivery } from "../strategy/delivery.ts";
import { AnswerReader } from "./came_answers.ts";
import type { DatagramTarget } from "./datagram_target.ts";
import { type DatagramContract, type DueAnswer, dueAnswers } from "./due_answers.ts";
import { COST, flood, type Flooded, ROOM } from "./flood.ts";
import { judgeVolley, pairAnswers } from "./judge_volley.ts";
import { PeerSockets } from "./peer_sockets.ts";
import { type Sent, sentOf } from "./volley.ts";

/** How long a process may take to end after it failed, in ms. */
const DYING_MS = 250;
/** How often somebody looks whether the target still runs while an answer is awaited, in ms. */
const GLANCE_MS = 100;
/** Time until what was sent within this machine lies in the queue for sure, in ms. */
const ARRIVED_MS = 1;

/** What a stage is made of. */
export interface DatagramStageParts {
  /** The program under test. */
  readonly target: DatagramTarget;
  /** What it promises. */
  readonly contract: DatagramContract;
  /** Where everything is recorded. */
  readonly history: History;
  /** The time of the run in ms. */
  readonly now: () => number;
  /** Ends everything: whatever is played next throws the signal's reason. */
  readonly signal?: AbortSignal;
}

/** A volley that was played, and what is wrong with it. */
export interface DatagramTrial {
  /** What happened. */
  readonly play: Play;
  /** What is wrong; null when nothing is. */
  readonly finding: Finding | null;
  /** Whether the target got it all for sure: what it did not get it need not answer. */
  readonly arrived: boolean;
}

/** Where volleys meet the target; all of it is put into the history. */
export class DatagramStage implements AsyncDisposable {
  readonly #parts: DatagramStageParts;
  #sockets: PeerSockets;
  #connection = 0;
  #isNew = true;
  #case = "";
  /** The longest time that an answer took which was awaited alone, in ms. */
  slowestMs = 0;

  /** Sets the stage. */
  constructor(parts: DatagramStageParts) {
    this.#parts = parts;
    this.#sockets = new PeerSockets(parts.target.endpoint, parts.now);
  }

  /** The target. */
  get target(): DatagramTarget {
    return this.#parts.target;
  }

  /** What it promises. */
  get contract(): DatagramContract {
    return this.#parts.contract;
  }

  /** The time of the run in ms. */
  get now(): () => number {
    return this.#parts.now;
  }

  /** How it is known what was read, and why not better. */
  get edge(): RunResult["edge"] {
    const { queue } = this.target;
    return typeof queue === "string"
      ? { method: "none", reason: queue }
      : { method: "proc", reason: "" };
  }

  /** Says which case everything that follows belongs to. */
  beginCase(id: string): void {
    this.#case = id;
  }

  /** Puts something measured into the history. */
  note(what: string, values: Readonly<Record<string, number | string>>): void {
    const { history, now } = this.#parts;
    history.append({ event: "note", atMs: now(), case: this.#case, what, values });
  }

  /** From now on, other sockets: to the target they are peers that it does not know. */
  async renew(): Promise<void> {
    await this.#sockets[Symbol.asyncDispose]();
    this.#sockets = new PeerSockets(this.target.endpoint, this.now);
    this.#isNew = true;
  }

  /** Plays a volley and judges it. Behind it, `quietMs` is waited for what is too much. */
  async trial(
    delivery: Delivery,
    patience: Patience,
    role: Role,
  ): Promise<DatagramTrial> {
    const play = await this.play(delivery, patience, role);
    const arrived = this.target.endpoint.scheme === "unixgram" ||
      play.chunks.every(({ edge }) => edge === "proven");
    const own = judgeVolley(play, this.contract);
    const gone = play.chunks.some(({ edge }) => edge === "gone");
    const ended = own !== null || gone ? await this.target.endedWithin(DYING_MS) : this.target.end;
    if (ended !== undefined) {
      const how = describeEnd(ended);
      this.#parts.history.append({ event: "ended", atMs: this.now(), how });
      const detail = `the target's process ended: ${how}`;
      return { play, finding: { cause: "CRASH", detail }, arrived: true };
    }
    if (gone) {
      const detail = "nobody receives at its port any more";
      return { play, finding: { cause: "CRASH", detail }, arrived: true };
    }
    return { play, finding: own, arrived };
  }

  /** Plays a volley: sends it so that nothing is lost on the way, and awaits what is due. */
  async play(delivery: Delivery, { answerMs, quietMs }: Patience, role: Role): Promise<Play> {
    const { target, contract, now, signal, history } = this.#parts;
    signal?.throwIfAborted();
    await target.restart();
    if (this.#isNew) {
      this.#isNew = false;
      const { method, reason } = this.edge;
      const connection = ++this.#connection;
      history.append({ event: "connection", atMs: now(), connection, edge: method, reason });
    }
    const sockets = this.#sockets;
    const sent = sentOf(delivery);
    for (const socket of new Set(sent.map(({ socket }) => socket))) await sockets.open(socket);
    const { queue } = target;
    const fate = typeof queue === "string" ? undefined : queue.begin(sockets.ports);
    const startedMs = now();
    const due = dueAnswers(delivery, contract);
    const stallMs = delivery.pace?.stallMs;
    const chunks: { end: number; writtenMs: number }[] = [];
    let end = 0, lying = 0;
    for (const [i, { bytes, socket }] of sent.entries()) {
      if (lying > 0 && lying + bytes.length + COST > ROOM) {
        await this.#drained(fate, answerMs);
        lying = 0;
      }
      await sockets.send(bytes, socket);
      lying += bytes.length + COST;
      end += bytes.length;
      chunks.push({ end, writtenMs: now() });
      if (i === sent.length - 1) break;
      if (stallMs !== undefined) await new Promise((resolve) => setTimeout(resolve, stallMs));
      if (!delivery.waits.includes(end)) continue;
      const askedMs = now();
      await this.#answered(dueOf(due, i), answerMs);
      this.slowestMs = Math.max(this.slowestMs, now() - askedMs);
    }
    await this.#answered(due, answerMs);
    if (quietMs > 0) await this.#quiet(quietMs);
    const missing = pairAnswers(due, this.#answers().answers).missing;
    const seen = missing.length > 0 || due.length === 0 || typeof queue === "string"
      ? await this.#read(fate, answerMs)
      : fate?.();
    const answers = this.#answers().answers.map(({ bytes }) => bytes);
    const edges = this.#edges(chunks, due, seen);
    // What comes from now on shows in the next play: nobody asked for it.
    const { came, stranger } = sockets.take();
    return this.#record({
      delivery,
      connection: this.#connection,
      chunks: edges,
      reads: came.map(({ atMs, bytes }) => ({ atMs, bytes })),
      ...(came.some(({ socket }) => socket !== 0)
        ? { cameTo: came.map(({ socket }) => socket) }
        : {}),
      answers,
      ...(stranger === undefined ? {} : {
        undecodable: `a datagram came from ${stranger}, which is not the target's address`,
      }),
      lateAt: [],
      state: "open",
      startedMs,
      finishedMs: now(),
    }, role);
  }

  /** Sends without awaiting anything but that it is read; for what is never answered. Tells what became of it. */
  async flood(datagrams: Iterable<Sent>, ms: number): Promise<Flooded> {
    const { target, signal, now } = this.#parts;
    await target.restart();
    const { queue } = target;
    const fate = typeof queue === "string" ? undefined : queue.begin([]);
    const deadline = now() + ms;
    return await flood(datagrams, {
      send: async ({ bytes, socket }) => {
        signal?.throwIfAborted();
        await this.#sockets.open(socket);
        await this.#sockets.send(bytes, socket);
      },
      drained: () => this.#drained(fate, ms),
      settled: () => this.#read(fate, ms),
      isOver: () => now() > deadline,
    });
  }

  /** Closes our sockets. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.#sockets[Symbol.asyncDispose]();
  }

  #answers(): AnswerReader {
    const reader = new AnswerReader(this.contract.framing);
    for (const datagram of this.#sockets.came) reader.push(datagram);
    return reader;
  }

  /** Waits until all that must come has come; `ms` without anything more are too long. */
  async #answered(due: readonly DueAnswer[], ms: number): Promise<void> {
    if (!this.contract.expectation.answers) return;
    let count = 0, deadline = this.now() + ms;
    for (;;) {
      const { missing, strange } = pairAnswers(due, this.#answers().answers);
      if (missing.length === 0) return;
      // Something is wrong already: whether more of it comes is soon told.
      if (strange.length > 0) deadline = Math.min(deadline, this.now() + GLANCE_MS);
      const left = deadline - this.now();
      if (left <= 0 || this.target.end !== undefined) return;
      await this.#sockets.more(Math.min(left, GLANCE_MS));
      if (this.#sockets.came.length > count && strange.length === 0) deadline = this.now() + ms;
      count = this.#sockets.came.length;
    }
  }

  async #quiet(ms: number): Promise<void> {
    const deadline = this.now() + ms;
    for (let left = ms; left > 0; left = deadline - this.now()) await this.#sockets.more(left);
  }

  /** Waits until all was read that is not lost; undefined where that cannot be seen. */
  async #read(
    fate: (() => DatagramFate) | undefined,
    ms: number,
  ): Promise<DatagramFate | undefined> {
    await new Promise((resolve) => setTimeout(resolve, ARRIVED_MS));
    return await this.#drained(fate, ms);
  }

  /** The same, when it does not matter whether the last of it has arrived. */
  async #drained(
    fate: (() => DatagramFate) | undefined,
    ms: number,
  ): Promise<DatagramFate | undefined> {
    if (fate === undefined) return undefined;
    const seen = () => {
      const now = fate();
      return now === "waiting" ? undefined : now;
    };
    return await lookUntil(seen, ms) ?? "waiting";
  }

  /** What is known of each datagram: its answer proves that it was read, and so does the queue. */
  #edges(
    chunks: readonly { readonly end: number; readonly writtenMs: number }[],
    due: readonly DueAnswer[],
    seen: DatagramFate | undefined,
  ): PlayedChunk[] {
    const { met } = pairAnswers(due, this.#answers().answers);
    const answered = new Set(met.flatMap(({ datagrams }) => datagrams));
    return chunks.map((chunk, i) => ({
      ...chunk,
      edge: answered.has(i) || seen === "read"
        ? "proven"
        : seen === "waiting"
        ? "timeout"
        : seen === "gone"
        ? "gone"
        : "assumed",
    }));
  }

  #record(play: Play, role: Role): Play {
    const { history, now } = this.#parts;
    const number = history.append({ event: "play", atMs: now(), case: this.#case, role, play });
    return { ...play, number };
  }
}

/** What the first datagrams make due, up to number `last`. */
function dueOf(due: readonly DueAnswer[], last: number): DueAnswer[] {
  return due.filter(({ datagrams }) => datagrams.every((number) => number <= last));
}
