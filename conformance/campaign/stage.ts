import type { EdgeProbe, EdgeWatch } from "../edge/edge_probe.ts";
import { lookUntil } from "../edge/patience.ts";
import type { History, Role } from "../history/history.ts";
import { judgePlay } from "../judge/judge_play.ts";
import type { Trial } from "../judge/judge_trial.ts";
import { type Growth, watchMemory } from "../player/memory_watch.ts";
import { type Play, refusedPlay } from "../player/play.ts";
import { boundReceiveWindow } from "../player/receive_window.ts";
import { type Patience, Session } from "../player/session.ts";
import { SocketOwners } from "../player/socket_owner.ts";
import { describeEnd } from "../player/spawned_process.ts";
import type { Target, TargetConnection } from "../player/target.ts";
import { UnreadConnection } from "../player/unread_connection.ts";
import type { Contract } from "../stimulus/contract.ts";
import type { Stimulus } from "../stimulus/stimulus.ts";
import { breaksOff, deliver, type Delivery, isHostile } from "../strategy/delivery.ts";

/** How long a process may take to end after its connections went down, in ms. */
const DYING_MS = 250;
/** How long a target may take to accept a connection before its process is looked for, in ms. */
const ACCEPT_MS = 100;

/** What is said of a target that does not serve a connection while another one is open. */
export const ONE_AT_A_TIME = "the target serves one connection after the other";

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

/** What a connection must be able to do. */
export interface OpenOptions {
  /** Whether it must be able to send RST. */
  readonly resets?: boolean;
  /** Bytes that our kernel may keep unread; see `Pace`. */
  readonly window?: number | undefined;
}

/** What a trial needs to know. */
export interface TrialOptions {
  /** What the delivery is played for; by default `subject`. */
  readonly role?: Role;
  /** Whether the connection must be able to send RST. */
  readonly resets?: boolean;
}

/** Where deliveries meet the target: opens connections, plays, and puts everything into the history. */
export class Stage {
  #parts: StageParts;
  readonly #owners = new SocketOwners();
  #connections = 0;
  #together: boolean | undefined;
  #case = "";
  /** First plays of this case's stimuli. */
  readonly #controls = new Map<Stimulus, Play>();
  /** How edges were watched on the last connection, and why not better. */
  edge: Pick<EdgeProbe, "method" | "reason">;
  /** Whether the target closes the connection after each answer, so that no second frame can be sent on it. */
  oneFrame = false;
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

  /** A plain frame as a delivery. */
  get plain(): Delivery {
    return deliver(this.#parts.plain);
  }

  /** Says which case everything that follows belongs to. */
  beginCase(id: string): void {
    this.#case = id;
    this.#controls.clear();
  }

  /** Does `work` while connections are made and watched in another way, such as through a proxy. */
  async through<Result>(
    way: Pick<StageParts, "target" | "probe">,
    work: () => Promise<Result>,
  ): Promise<Result> {
    const parts = this.#parts, edge = this.edge;
    this.#parts = { ...parts, ...way };
    try {
      return await work();
    } finally {
      this.#parts = parts;
      this.edge = edge;
    }
  }

  /** What edges are watched with. */
  get probe(): EdgeProbe {
    return this.#parts.probe;
  }

  /** Puts something measured that is no play into the history. */
  note(what: string, values: Readonly<Record<string, number | string>>): void {
    const { history, now } = this.#parts;
    history.append({ event: "note", atMs: now(), case: this.#case, what, values });
  }

  /** A fresh connection; null when the target accepts none. A target of ours whose process ended is started again. */
  async open(patience: Patience, options: OpenOptions = {}): Promise<Session | null> {
    const connection = await this.#connect(options);
    if (connection === null) return null;
    const { history, now } = this.#parts;
    const number = ++this.#connections;
    const session = await Session.begin(this.#parts, connection, number, patience);
    const { method, reason } = session.edge;
    this.edge = { method, reason };
    history.append({ event: "connection", atMs: now(), connection: number, edge: method, reason });
    return session;
  }

  /** A fresh connection on which nothing is read; null when the target accepts none. */
  async openUnread(options: OpenOptions = {}): Promise<UnreadConnection | null> {
    const connection = await this.#connect(options);
    if (connection === null) return null;
    connection.setNoDelay?.(true);
    const edge = this.#parts.probe.watch(connection.pipe ?? connection.addresses);
    return new UnreadConnection(connection, edge, this.now);
  }

  /** Whether the target serves a connection while another one is open; found out once. */
  async servesTogether(patience: Patience): Promise<boolean> {
    return this.#together ??= await this.#lookWhetherTogether(patience);
  }

  /** The process at the other end of a connection, which may be our own; undefined when it is not to be seen. */
  async processOf(edge: EdgeWatch): Promise<number | undefined> {
    const isWatched = edge.method !== "none" && edge.method !== "exact";
    await lookUntil(() => !isWatched || edge.targetInode > 0 || undefined, ACCEPT_MS);
    return this.#owners.find(edge.targetInode) ?? this.target.pid;
  }

  /** Begins to watch the memory of the process at the other end of a connection. */
  async watchMemory(edge: EdgeWatch): Promise<Growth> {
    return watchMemory(await this.processOf(edge));
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
  async trial(delivery: Delivery, patience: Patience, options: TrialOptions = {}): Promise<Trial> {
    const session = await this.openFor(delivery, patience, options.resets);
    return await this.trialOn(session, delivery, patience, options.role);
  }

  /** A connection that can do what this delivery needs. */
  async openFor(delivery: Delivery, patience: Patience, resets = false): Promise<Session | null> {
    return await this.open(patience, { resets, window: delivery.pace?.window });
  }

  /** The same as a trial, on a fresh connection that is there already; closes it. */
  async trialOn(
    session: Session | null,
    delivery: Delivery,
    patience: Patience,
    role: Role = "subject",
  ): Promise<Trial> {
    if (session === null) {
      return await this.#withEnd({ subject: await this.play(null, delivery, role, patience) });
    }
    const { target } = this.#parts;
    const hostile = isHostile(delivery);
    let trial: Trial;
    try {
      const subject = delivery.stimulus.hasBad
        ? await this.#measured(session, delivery, role, patience)
        : await this.play(session, delivery, role, patience);
      const probe = hostile || !session.usable || this.oneFrame
        ? undefined
        : await this.play(session, this.plain, "probe", patience);
      trial = { subject, ...(probe ? { probe } : {}), ...this.#controlOf(subject) };
    } finally {
      await session[Symbol.asyncDispose]();
    }
    if (!hostile && (trial.probe ?? trial.subject).state === "open" && target.end === undefined) {
      return trial;
    }
    let followUp = await this.#followUp(patience, hostile);
    // The first connection after a broken one may be accepted before the break is looked at; the second one is not.
    if (breaksOff(delivery) && judgePlay(followUp, { contract: this.contract }) === null) {
      followUp = await this.#followUp(patience, hostile);
    }
    return await this.#withEnd({ ...trial, followUp });
  }

  async #lookWhetherTogether(patience: Patience): Promise<boolean> {
    const sessions: (Session | null)[] = [];
    let answered = true;
    try {
      while (answered && sessions.length < 2) {
        const session = await this.open(patience);
        sessions.push(session);
        const play = await this.play(session, this.plain, "probe", patience);
        answered = judgePlay(play, { contract: this.contract }) === null;
      }
      return answered;
    } finally {
      for (const session of sessions) await session?.[Symbol.asyncDispose]();
    }
  }

  async #connect({ resets = false, window }: OpenOptions): Promise<TargetConnection | null> {
    const { target, history, now, signal } = this.#parts;
    signal?.throwIfAborted();
    try {
      await target.restart();
      const connection = await target.connect(resets);
      const { addresses } = connection;
      if (window !== undefined && addresses) boundReceiveWindow(addresses, window);
      return connection;
    } catch (error) {
      const why = error instanceof Error ? error.message : String(error);
      history.append({ event: "refused", atMs: now(), why });
      return null;
    }
  }

  /** The first play of the same bytes in this case, where they are such that a target has a choice. */
  #controlOf(subject: Play): Pick<Trial, "control"> {
    const { stimulus } = subject.delivery;
    if (!stimulus.hasBad) return {};
    const control = this.#controls.get(stimulus);
    if (control !== undefined) return { control };
    this.#controls.set(stimulus, subject);
    return {};
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
    const growth = await this.watchMemory(session.edge);
    const play = await session.play(delivery, patience);
    const memoryGrowth = growth();
    return this.#record(memoryGrowth === undefined ? play : { ...play, memoryGrowth }, role);
  }

  #record(play: Play, role: Role): Play {
    const { history, now } = this.#parts;
    const number = history.append({ event: "play", atMs: now(), case: this.#case, role, play });
    return { ...play, number };
  }
}
