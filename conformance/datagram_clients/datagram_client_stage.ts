import { equals } from "@std/bytes/equals";
import { fragmentMessage } from "../../protocol/framing/mod.ts";
import { DatagramError } from "../../protocol/transport/mod.ts";
import type { RunResult } from "../campaign/result.ts";
import type { Output } from "../client_output/output.ts";
import { recordOutput } from "../client_output/record_output.ts";
import { flood, measured, type Round, ROUNDS } from "../datagrams/flood.ts";
import type { DatagramFraming, Sent } from "../datagrams/volley.ts";
import { type DatagramFate, openDatagramQueue } from "../edge/datagram_queue.ts";
import { lookUntil } from "../edge/patience.ts";
import type { Mask } from "../exchange/mask.ts";
import type { History, Role } from "../history/history.ts";
import type { PlayedChunk } from "../player/play.ts";
import { type ProcessEnd, within } from "../player/spawned_process.ts";
import type { Delivery } from "../strategy/delivery.ts";
import { ASKED, deliveryOf, LOST, RIGHT, scriptOf } from "./answer_script.ts";
import type { AskedMessage, ClientPlay, PlayEnd } from "./client_play.ts";
import type { ClientTarget, RunningClient } from "./datagram_client_target.ts";
import { IncomingAsks } from "./incoming_asks.ts";

/** What a stage is made of. */
export interface DatagramClientStageParts {
  /** The client. */
  readonly target: ClientTarget;
  /** How messages are found in datagrams. */
  readonly framing: DatagramFraming;
  /** The right answer to a message. */
  answer(message: Uint8Array): Uint8Array;
  /** What it prints that may differ from one time to the next. */
  readonly mask: Mask;
  /** Where everything is recorded. */
  readonly history: History;
  /** The time of the run in ms. */
  readonly now: () => number;
  /** Ends everything: whatever is played next throws the signal's reason. */
  readonly signal?: AbortSignal;
}

/** What became of a client that was flooded. */
export interface FloodedClient {
  /** Each flood, and by how much it grew. */
  readonly rounds: readonly Round[];
  /** How it ended meanwhile, if it did. */
  readonly end: ProcessEnd | undefined;
}

/** How long a client that ended may take to let go of its output, in ms. */
const OUTPUT_MS = 1000;
/** How long what it sent before its end may be under way, in ms. */
const ARRIVAL_MS = 5;
/** How long is looked whether a datagram was read, in ms. */
const LOOK_MS = 500;
/** A client that asks the same again more often than this, and is not answered, does so for ever, as far as can be told. */
const PATIENT_ASKS = 3;
/** Asks of one start after which a client does not end, as far as can be told. */
const MOST_ASKS = 256;
/** Longest datagram of an answer in fragments, in bytes. */
const MAX_DATAGRAM = 1232;
/** Where the message ids of answers begin that no script has; the ids of scripts are below. */
const OWN_IDS = 2n ** 63n;

/** Where scripts meet the client: each starts it anew, and everything is put into the history. */
export class DatagramClientStage {
  readonly #parts: DatagramClientStageParts;
  #connections = 0;
  #case = "";
  #ids = OWN_IDS;
  /** How it was known of the last client what it read, and why not better. */
  edge: RunResult["edge"] = { method: "none", reason: "the client has not asked anything yet" };

  /** Sets the stage. */
  constructor(parts: DatagramClientStageParts) {
    this.#parts = parts;
  }

  /** The client. */
  get target(): ClientTarget {
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

  /** Starts the client and plays a script; `ms` without anything of the client are too long. */
  async play(delivery: Delivery, ms: number, role: Role = "subject"): Promise<ClientPlay> {
    const { target, history, now, signal } = this.#parts;
    signal?.throwIfAborted();
    const connection = ++this.#connections;
    await using running = await target.launch();
    const play = await this.#played(running, delivery, ms, connection);
    const { over, arrived } = play;
    const where = { atMs: now(), case: this.#case, role };
    const number = recordOutput(history, play, where, { over, arrived });
    return { ...play, number };
  }

  /**
   * Starts the client and floods it, once it has asked, in rounds; null when there is nothing to measure: it is no process of
   * its own, or nothing is known of what it reads. A round more begins only as long as it runs.
   */
  async flood(datagrams: () => Iterable<Sent>, ms: number): Promise<FloodedClient | null> {
    const { target, framing, now, signal } = this.#parts;
    await using running = await target.launch();
    const { process, channel } = running;
    if (process.pid === undefined) return null;
    const asks = new IncomingAsks(channel, framing, now);
    await asks.more(target.startTimeoutMs, process.ended);
    const { from } = asks;
    const queue = from?.scheme === "udp" ? openDatagramQueue(from.port) : "";
    if (from === undefined || typeof queue === "string") return null;
    using _ = queue;
    const fate = queue.begin([]);
    const deadline = now() + ms;
    const left = () => Math.max(0, deadline - now());
    const seen = () => {
      const seen = fate();
      return seen === "waiting" && process.end === undefined ? undefined : seen;
    };
    const drained = async () => await lookUntil(seen, left()) ?? "waiting";
    const rounds: Round[] = [];
    while (rounds.length < ROUNDS && process.end === undefined && left() > 0) {
      const flooding = () =>
        flood(datagrams(), {
          send: async ({ bytes }) => {
            signal?.throwIfAborted();
            await channel.send(bytes, from).catch(clientIsGone);
          },
          drained,
          settled: async () => {
            await new Promise((resolve) => setTimeout(resolve, 1));
            return await drained();
          },
          isOver: () => left() === 0 || process.end !== undefined,
        });
      const round = await measured(process.pid, flooding);
      const { sent, bytes, growth } = round;
      this.note("unfinished", {
        fragments: sent,
        bytes,
        ...(growth === undefined ? {} : { growth }),
      });
      rounds.push(round);
    }
    const { end } = process;
    await channel.close();
    await asks.done;
    return { rounds, end };
  }

  /** Puts something measured into the history. */
  note(what: string, values: Readonly<Record<string, number | string>>): void {
    const { history, now } = this.#parts;
    history.append({ event: "note", atMs: now(), case: this.#case, what, values });
  }

  async #played(
    running: RunningClient,
    delivery: Delivery,
    ms: number,
    connection: number,
  ): Promise<ClientPlay> {
    const { framing, answer, mask, history, now } = this.#parts;
    const { process, output } = running;
    const { asks: script, silent } = scriptOf(delivery);
    const startedMs = now();
    const asks = new IncomingAsks(running.channel, framing, now);
    const sender = new Sender(running, asks, now);
    const sent: Sent[][] = [];
    let lastMs = startedMs, pauseMs = 0, over: PlayEnd | undefined;
    while (over === undefined) {
      const seen = asks.reads.length;
      const message = asks.asked[sent.length];
      if (message !== undefined) {
        const scripted = script[sent.length];
        if (scripted === undefined && silent) sent.push([]);
        else {
          const isFree = scripted === undefined || scripted[0]?.socket === RIGHT;
          const own = isFree ? this.#datagrams(answer(message.bytes)) : scripted;
          sent.push([...own]);
          await sender.send(own);
        }
        const isPatient = silent && timesAsked(asks.asked, message) > PATIENT_ASKS;
        if (isPatient || sent.length >= MOST_ASKS) over = "asking";
        lastMs = now();
        continue;
      }
      // A program needs its time to start.
      const mostMs = seen === 0 ? Math.max(ms, this.target.startTimeoutMs) : ms;
      if (process.end !== undefined) over = "ended";
      else if (now() - lastMs >= mostMs) over = "silent";
      else {
        await asks.more(mostMs - (now() - lastMs), process.ended);
        if (asks.reads.length > seen || process.end !== undefined) {
          if (seen > 0) pauseMs = Math.max(pauseMs, now() - lastMs);
          lastMs = now();
        }
        // What it sent before its end may still come.
        if (process.end !== undefined) await asks.more(ARRIVAL_MS);
      }
    }
    if (process.end !== undefined) await within(output.done, OUTPUT_MS);
    const { chunks, arrived } = await sender.known();
    this.edge = sender.edge;
    const { method, reason } = sender.edge;
    history.append({ event: "connection", atMs: startedMs, connection, edge: method, reason });
    const { undecodable, reads, asked } = asks;
    const made = deliveryOf({ asks: sent.filter((one) => one.length > 0), silent }, framing);
    const play: ClientPlay = {
      delivery: made,
      connection,
      chunks,
      reads,
      answers: asked.map(({ bytes }) => bytes),
      ...(undecodable === undefined ? {} : { undecodable }),
      lateAt: [],
      state: "open",
      startedMs,
      finishedMs: now(),
      output: outputOf(running, mask),
      redialled: false,
      asked,
      over,
      pauseMs,
      arrived,
    };
    await running.channel.close();
    await asks.done;
    return play;
  }

  #datagrams(message: Uint8Array): Sent[] {
    const { framing } = this.#parts;
    const datagrams = framing === "datagram"
      ? [message]
      : fragmentMessage(message, { messageId: this.#ids++, maxDatagram: MAX_DATAGRAM });
    return datagrams.map((bytes) => ({ bytes, socket: ASKED }));
  }
}

/** How often a message was asked. */
function timesAsked(asked: readonly AskedMessage[], { bytes }: AskedMessage): number {
  return asked.filter((other) => equals(other.bytes, bytes)).length;
}

function outputOf({ process, output }: RunningClient, mask: Mask): Output {
  const stdout = mask.hide(output.bytes);
  // What was not kept is counted all the same.
  const length = stdout.length + output.length - output.bytes.length;
  return { stdout, length, end: process.end };
}

/** A datagram that was sent, or lost, and what became of it once that is known. */
interface SentOne {
  readonly end: number;
  readonly writtenMs: number;
  readonly isLost: boolean;
  readonly fate: Promise<DatagramFate | undefined>;
}

/** Sends to the client, and looks whether it reads what came; without letting it wait for that. */
class Sender {
  readonly #running: RunningClient;
  readonly #asks: IncomingAsks;
  readonly #now: () => number;
  readonly #sent: SentOne[] = [];
  #end = 0;
  edge: RunResult["edge"] = { method: "none", reason: "the client has not asked anything" };

  constructor(running: RunningClient, asks: IncomingAsks, now: () => number) {
    this.#running = running;
    this.#asks = asks;
    this.#now = now;
  }

  async send(sent: readonly Sent[]): Promise<void> {
    const { from } = this.#asks;
    if (from?.scheme !== "udp") return;
    const queue = openDatagramQueue(from.port);
    const fateNow = typeof queue === "string" ? undefined : queue.begin([]);
    this.edge = typeof queue === "string"
      ? { method: "none", reason: queue }
      : { method: "proc", reason: "" };
    const { promise: fate, resolve } = Promise.withResolvers<DatagramFate | undefined>();
    for (const { bytes, socket } of sent) {
      const isLost = socket === LOST;
      if (!isLost) {
        const channel = socket === ASKED ? this.#running.channel : await this.#running.stranger();
        await channel.send(bytes, from).catch(clientIsGone);
      }
      this.#end += bytes.length;
      this.#sent.push({ end: this.#end, writtenMs: this.#now(), isLost, fate });
    }
    resolve(
      fateOf(fateNow).finally(() => {
        if (typeof queue !== "string") queue[Symbol.dispose]();
      }),
    );
  }

  /** What is known of what was sent, and whether none of it is known to have been dropped. */
  async known(): Promise<{ readonly chunks: PlayedChunk[]; readonly arrived: boolean }> {
    const chunks: PlayedChunk[] = [];
    let arrived = true;
    for (const { end, writtenMs, isLost, fate } of this.#sent) {
      const seen = await fate;
      if (seen === "dropped") arrived = false;
      const edge = isLost
        ? "unneeded"
        : seen === "read"
        ? "proven"
        : seen === "gone"
        ? "gone"
        : "assumed";
      chunks.push({ end, writtenMs, edge });
    }
    return { chunks, arrived };
  }
}

async function fateOf(fate: (() => DatagramFate) | undefined): Promise<DatagramFate | undefined> {
  if (fate === undefined) return undefined;
  await new Promise((resolve) => setTimeout(resolve, 1));
  return await lookUntil(() => {
    const now = fate();
    return now === "waiting" ? undefined : now;
  }, LOOK_MS);
}

/** Some systems tell the sender when nobody receives there any more; that is no matter of the sender's. */
function clientIsGone(error: unknown): void {
  if (!(error instanceof DatagramError)) throw error;
}
