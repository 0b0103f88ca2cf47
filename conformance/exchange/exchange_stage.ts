import type { EdgeProbe } from "../edge/edge_probe.ts";
import type { History, Role } from "../history/history.ts";
import type { Finding } from "../judge/verdict.ts";
import { refusedPlay } from "../player/play.ts";
import { describeEnd } from "../player/spawned_process.ts";
import type { Target, TargetConnection } from "../player/target.ts";
import type { Delivery } from "../strategy/delivery.ts";
import { type ExchangePatience, ExchangeSession } from "./exchange_session.ts";
import type { Exchange, ExchangePlay } from "./oracle.ts";

/** How long a process may take to end after its connections went down, in ms. */
const DYING_MS = 250;

/** What a stage is made of. */
export interface ExchangeStageParts {
  /** The program under test. */
  readonly target: Target;
  /** Watches the edges of chunks. */
  readonly probe: EdgeProbe;
  /** Where everything is recorded. */
  readonly history: History;
  /** The time of the run in ms. */
  readonly now: () => number;
  /** Ends everything: whatever is played next throws the signal's reason. */
  readonly signal?: AbortSignal;
}

/** A play, and what is wrong with it. */
export interface ExchangeTrial {
  /** What happened. */
  readonly play: ExchangePlay;
  /** What is wrong; null when nothing is. */
  readonly finding: Finding | null;
}

/** How a delivery is tried. */
export interface TrialOptions {
  /** How long to wait. */
  readonly patience: ExchangePatience;
  /** What it is for; by default it is the `subject`. */
  readonly role?: Role;
  /** Whether only the life of the target is judged, not what it answers. */
  readonly liveness?: boolean;
}

/** Where exchanges meet the target: each on a connection of its own, all of it put into the history. */
export class ExchangeStage {
  readonly #parts: ExchangeStageParts;
  #connections = 0;
  #case = "";
  /** How edges were watched on the last connection, and why not better. */
  edge: Pick<EdgeProbe, "method" | "reason">;
  /** New connections after hostile deliveries that were served, and all of them. */
  readonly liveness = { alive: 0, total: 0 };

  /** Sets the stage. */
  constructor(parts: ExchangeStageParts) {
    this.#parts = parts;
    this.edge = { method: parts.probe.method, reason: parts.probe.reason };
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

  /** Plays one delivery on a fresh connection. A target of ours whose process ended is started again before. */
  async play(
    delivery: Delivery,
    exchange: Exchange,
    { patience, role = "subject" }: TrialOptions,
  ): Promise<ExchangePlay> {
    const { target, history, now, signal } = this.#parts;
    signal?.throwIfAborted();
    const number = ++this.#connections;
    let connection: TargetConnection;
    try {
      await target.restart();
      connection = await target.connect(delivery.end === "reset");
    } catch (error) {
      const why = error instanceof Error ? error.message : String(error);
      history.append({ event: "refused", atMs: now(), why });
      return this.#record({ ...refusedPlay(delivery, number, now()), marks: new Map() }, role);
    }
    await using session = new ExchangeSession(this.#parts, connection);
    const { method, reason } = session.edge;
    this.edge = { method, reason };
    history.append({ event: "connection", atMs: now(), connection: number, edge: method, reason });
    return this.#record(await session.play(delivery, exchange, patience, number), role);
  }

  /** Plays one delivery, judges it, and looks what it left behind. */
  async trial(
    delivery: Delivery,
    exchange: Exchange,
    options: TrialOptions,
  ): Promise<ExchangeTrial> {
    const play = await this.play(delivery, exchange, options);
    const own = options.liveness && play.state !== "refused" ? null : exchange.oracle.judge(play);
    const hostile = delivery.end !== "none";
    if (own === null && !hostile) return { play, finding: null };
    const crash = await this.#crash(play);
    if (crash !== null || own !== null) return { play, finding: crash ?? own };
    return { play, finding: await this.#followUp(exchange, options.patience) };
  }

  async #followUp(exchange: Exchange, patience: ExchangePatience): Promise<Finding | null> {
    const play = await this.play(exchange.base, exchange, { patience, role: "follow-up" });
    const found = exchange.oracle.judge(play);
    this.liveness.total++;
    if (found === null) this.liveness.alive++;
    if (found === null) return null;
    const crash = await this.#crash(play);
    if (crash !== null) return crash;
    const detail = `a new connection after it: ${found.detail}`;
    const cause = found.cause === "CRASH" || found.cause === "HANG" ? found.cause : "DESYNC";
    return { cause, detail };
  }

  /** Whether the target's process ended, where the connection says that this may be near. */
  async #crash({ state }: ExchangePlay): Promise<Finding | null> {
    const { target, history, now } = this.#parts;
    const ended = state === "open" ? target.end : await target.endedWithin(DYING_MS);
    if (ended === undefined) return null;
    const how = describeEnd(ended);
    history.append({ event: "ended", atMs: now(), how });
    return { cause: "CRASH", detail: `the target's process ended: ${how}` };
  }

  #record(play: ExchangePlay, role: Role): ExchangePlay {
    const { history, now } = this.#parts;
    const number = history.append({ event: "play", atMs: now(), case: this.#case, role, play });
    return { ...play, number };
  }
}
