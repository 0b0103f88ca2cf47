import type { EdgeProbe } from "../edge/edge_probe.ts";
import type { History, Role } from "../history/history.ts";
import type { PlayedChunk } from "../player/play.ts";
import { refusedPlay } from "../player/play.ts";
import { within } from "../player/spawned_process.ts";
import { TargetStartError } from "../player/target.ts";
import type { Delivery } from "../strategy/delivery.ts";
import type { OutputPlay } from "./output.ts";
import type { Launched, OutputTarget } from "./output_target.ts";
import { recordOutput } from "./record_output.ts";
import { RequestReader } from "./request_reader.ts";

/** What has to come from the client before the stream is sent: so many bytes; 0 for nothing at all. */
export type After = number;

/** What a stage is made of. */
export interface OutputStageParts {
  /** The client. */
  readonly target: OutputTarget;
  /** Watches the edges of chunks. */
  readonly probe: EdgeProbe;
  /** Where everything is recorded. */
  readonly history: History;
  /** The time of the run in ms. */
  readonly now: () => number;
  /** Ends everything: whatever is played next throws the signal's reason. */
  readonly signal?: AbortSignal;
}

/** How long a client that ended may take to let go of its output, in ms. */
const OUTPUT_MS = 1000;

/** Where deliveries meet the client: each starts it anew, and everything is put into the history. */
export class OutputStage {
  readonly #parts: OutputStageParts;
  #connections = 0;
  #case = "";
  /** How edges were watched on the last connection, and why not better. */
  edge: Pick<EdgeProbe, "method" | "reason">;
  /** What has to come before the stream is sent. */
  after: After = 0;

  /** Sets the stage. */
  constructor(parts: OutputStageParts) {
    this.#parts = parts;
    this.edge = { method: parts.probe.method, reason: parts.probe.reason };
  }

  /** The client. */
  get target(): OutputTarget {
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

  /** How many bytes a client sends by itself before it gets any, as far as it does so within `ms`. */
  async requestWithin(ms: number): Promise<number> {
    await using launched = await this.target.launch();
    const reader = new RequestReader(launched.connection, this.now);
    await reader.until(1, ms);
    const { count } = reader;
    launched.connection.close();
    await reader.done;
    return count;
  }

  /** Starts the client and plays one delivery; waits at most `ms` for whatever it has to do. */
  async play(delivery: Delivery, ms: number, role: Role = "subject"): Promise<OutputPlay> {
    const { target, history, now, signal } = this.#parts;
    signal?.throwIfAborted();
    const number = ++this.#connections;
    let launched: Launched;
    try {
      launched = await target.launch(delivery.end === "reset");
    } catch (error) {
      if (!(error instanceof TargetStartError)) throw error;
      history.append({ event: "refused", atMs: now(), why: error.message });
      const output = { stdout: new Uint8Array(0), length: 0, end: undefined };
      return this.#record(
        { ...refusedPlay(delivery, number, now()), output, redialled: false },
        role,
      );
    }
    await using _ = launched;
    return this.#record(await this.#played(launched, delivery, ms, number), role);
  }

  async #played(
    launched: Launched,
    delivery: Delivery,
    ms: number,
    number: number,
  ): Promise<OutputPlay> {
    const { probe, history, now } = this.#parts;
    const { connection, process, output } = launched;
    const startedMs = now();
    connection.setNoDelay?.(true);
    const edge = probe.watch(connection.addresses);
    const { method, reason } = edge;
    this.edge = { method, reason };
    history.append({
      event: "connection",
      atMs: startedMs,
      connection: number,
      edge: method,
      reason,
    });
    const reader = new RequestReader(connection, now);
    await reader.until(this.after, ms);
    const chunks: PlayedChunk[] = [];
    const { stimulus: { bytes }, cuts, end } = delivery;
    let from = 0;
    for (const to of [...cuts, bytes.length]) {
      // A client that has ended wants no more.
      if (process.end !== undefined) break;
      if (!await written(connection, bytes.subarray(from, to), ms)) break;
      const writtenMs = now();
      const seen = await edge.settled({ deadlineMs: ms });
      chunks.push({ end: to, writtenMs, edge: seen });
      if (seen === "gone") break;
      from = to;
    }
    if (from === bytes.length) {
      if (end === "fin") await connection.closeWrite().catch(() => {});
      if (end === "reset") connection.reset?.();
      if (end === "close") connection.close();
    }
    const ended = await process.endedWithin(ms);
    if (ended !== undefined) await within(output.done, OUTPUT_MS);
    const { state, reads } = reader;
    const play = {
      delivery,
      connection: number,
      chunks,
      reads,
      answers: [],
      lateAt: [],
      state,
      startedMs,
      finishedMs: now(),
      output: { stdout: output.bytes, length: output.length, end: ended },
      redialled: launched.redialled,
    };
    connection.close();
    await reader.done;
    return play;
  }

  #record(play: OutputPlay, role: Role): OutputPlay {
    const { history, now } = this.#parts;
    const number = recordOutput(history, play, { atMs: now(), case: this.#case, role });
    return { ...play, number };
  }
}

/** Writes all of `bytes`, and says whether the client took them within `ms`. */
async function written(
  connection: Launched["connection"],
  bytes: Uint8Array,
  ms: number,
): Promise<boolean> {
  for (let at = 0; at < bytes.length;) {
    const count = await within(connection.write(bytes.subarray(at)).catch(() => undefined), ms);
    if (count === undefined) return false;
    at += count;
  }
  return true;
}
