import type { Connection } from "../../protocol/transport/mod.ts";
import type { EdgeProbe } from "../edge/edge_probe.ts";
import type { History, Role } from "../history/history.ts";
import type { Trial } from "../judge/judge_trial.ts";
import { growth, processMemory } from "../player/process_memory.ts";
import { type Play, refusedPlay } from "../player/play.ts";
import { type Patience, Session } from "../player/session.ts";
import { describeEnd } from "../player/spawned_process.ts";
import type { Target } from "../player/target.ts";
import type { Contract } from "../stimulus/contract.ts";
import type { Stimulus } from "../stimulus/stimulus.ts";
import { deliver, type Delivery, isHostile } from "../strategy/delivery.ts";

/** How long a process may take to end after its connections went down, in ms. */
const DYING_MS = 250;

/** What a stage is made of. */
export interface StageParts {
  /** The server under test. */
  readonly target: Target;
  /** What it claims to speak. */
  readonly contract: Contract;
  /** Watches the edges of chunks. */
  readonly probe: EdgeProbe;
  /** Where everything is recorded. */
  readonly history: History;
  /** A plain frame, answered by every target that is alive. */
  readonly plain: Stimulus;
  /** The time of the run in ms. */
  readonly now: () => number;
  /** Ends everything: whatever is played next throws the signal's reason. */
  readonly signal?: AbortSignal;
}

/** Where deliveries meet the target: opens connections, plays, and puts everything into the history. */
export class Stage {
  readonly #parts: StageParts;
  #connections = 0;
  #case = "";
  /** How edges were watched on the last connection, and why not better. */
  edge: Pick<EdgeProbe, "method" | "reason">;
  /** Follow-ups after hostile deliveries that were answered, and all of them. */
  readonly liveness = { alive: 0, total: 0 };

  /** Sets the stage. */
  constructor(parts: StageParts) {
    this.#parts = parts;
    this.edge = { method: parts.probe.method, reason: parts.probe.reason };
  }

  /** The contract of the target. */
  get contract(): Contract {
    return this.#parts.contract;
  }

  /** The target. */
  get target(): Target {
    return this.#parts.target;
  }

  /** The time of the run in ms. */
  get now(): () => number {
    return this.#parts.now;
  }

  /** Says which case everything that follows belongs to. */
  beginCase(id: string): void {
    this.#case = id;
  }

  /** A fresh connection; null when the target accepts none. A target of ours whose process ended is started again. */
  async open(patience: Patience, resettable = false): Promise<Session | null> {
    const { target, history, now, signal } = this.#parts;
    signal?.throwIfAborted();
    let connection: Connection;
    try {
      await target.restart();
      connection = await target.connect(resettable);
    } catch (error) {
      const why = error instanceof Error ? error.message : String(error);
      history.append({ event: "refused", atMs: now(), why });
      return null;
    }
    const number = ++this.#connections;
    const session = await Session.begin(this.#parts, connection, number, patience);
    const { method, reason } = session.edge;
    this.edge = { method, reason };
    history.append({ event: "connection", atMs: now(), connection: number, edge: method, reason });
    return session;
  }

  /** Plays one delivery on an open connection. */
  async play(
    session: Session | null,
    delivery: Delivery,
    role: Role,
    patience: Patience,
  ): Promise<Play> {
    const { now, signal } = this.#parts;
    signal?.throwIfAborted();
    const play = session === null
      ? refusedPlay(delivery, this.#connections, now())
      : await session.play(delivery, patience);
    return this.#record(play, role);
  }

  /** Plays one delivery on a connection of its own, and looks what it left behind. */
  async trial(
    delivery: Delivery,
    patience: Patience,
    options: { readonly role?: Role; readonly resets?: boolean } = {},
  ): Promise<Trial> {
    const { target } = this.#parts;
    const { role = "subject", resets = false } = options;
    const hostile = isHostile(delivery);
    const session = await this.open(patience, resets);
    if (session === null) {
      return this.#withEnd({ subject: await this.play(null, delivery, role, patience) });
    }
    let trial: Trial;
    try {
      const subject = await this.#measured(session, delivery, role, patience);
      const probe = hostile || !session.usable
        ? undefined
        : await this.play(session, this.plain, "probe", patience);
      trial = { subject, ...(probe ? { probe } : {}) };
    } finally {
      await session[Symbol.asyncDispose]();
    }
    if (!hostile && (trial.probe ?? trial.subject).state === "open" && target.end === undefined) {
      return trial;
    }
    return await this.#withEnd({ ...trial, followUp: await this.#followUp(patience, hostile) });
  }

  /** A plain frame as a delivery. */
  get plain(): Delivery {
    return deliver(this.#parts.plain);
  }

  async #followUp(patience: Patience, hostile: boolean): Promise<Play> {
    const { target } = this.#parts;
    // A process that has ended must not be started again before that was seen.
    const session = target.end === undefined ? await this.open(patience) : null;
    try {
      const play = await this.play(session, this.plain, "follow-up", patience);
      if (hostile) {
        this.liveness.total++;
        if (play.state === "open") this.liveness.alive++;
      }
      return play;
    } finally {
      await session?.[Symbol.asyncDispose]();
    }
  }

  /** Waits for the end of the target's process where the connections say that it is near. */
  async #withEnd(trial: Trial): Promise<Trial> {
    const { target, history, now } = this.#parts;
    const down = (trial.followUp ?? trial.subject).state !== "open";
    const ended = down ? await target.endedWithin(DYING_MS) : target.end;
    if (ended === undefined) return trial;
    history.append({ event: "ended", atMs: now(), how: describeEnd(ended) });
    return { ...trial, ended };
  }

  async #measured(
    session: Session,
    delivery: Delivery,
    role: Role,
    patience: Patience,
  ): Promise<Play> {
    const { pid } = this.#parts.target;
    if (pid === undefined || !delivery.stimulus.hasBad) {
      return await this.play(session, delivery, role, patience);
    }
    const before = processMemory(pid);
    const play = await session.play(delivery, patience);
    const after = processMemory(pid);
    const known = before !== undefined && after !== undefined;
    return this.#record(known ? { ...play, memoryGrowth: growth(before, after) } : play, role);
  }

  #record(play: Play, role: Role): Play {
    const { history, now } = this.#parts;
    history.append({ event: "play", atMs: now(), case: this.#case, role, play });
    return play;
  }
}
