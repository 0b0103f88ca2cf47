import { setImmediate } from "node:timers";
import { connect, type Connection } from "../../protocol/transport/mod.ts";
import type { EdgeProbe } from "../edge/edge_probe.ts";
import { AnswerReader } from "../player/answer_reader.ts";
import { type Play, refusedPlay } from "../player/play.ts";
import type { Contract } from "../stimulus/contract.ts";
import type { Delivery } from "../strategy/delivery.ts";
import type { Pause } from "./schedules.ts";

/** How long an answer is waited for, in ms; it is spent only when one does not come. */
const ANSWER_MS = 1000;
/** How long a write may take, in ms. */
const WRITE_MS = 5000;
/** How long something that must not come is waited for behind the end, in ms; a target that closes ends the wait. */
const QUIET_MS = 50;

/** How a rival sends. */
export interface Sending {
  /** What the target claims to speak. */
  readonly contract: Contract;
  /** What happens between two writes. */
  readonly pause: Pause;
  /** Our edge proof, if the rival is lent it: then the next chunk is written only when the target has read this one. */
  readonly probe?: EdgeProbe;
}

/** Plays a delivery as a rival does, on a connection of its own, and closes it: raw material for our judge. */
export async function playRival(
  endpoint: string,
  delivery: Delivery,
  sending: Sending,
): Promise<Play> {
  let connection: Connection;
  try {
    connection = await connect(endpoint, { connectTimeoutMs: ANSWER_MS });
  } catch {
    return refusedPlay(delivery, 0, performance.now());
  }
  const { contract } = sending;
  const startedMs = performance.now();
  const answers = new AnswerReader(connection, contract.framing, () => performance.now());
  const { stimulus } = delivery;
  answers.expect(2 * stimulus.bytes.length + 64 * stimulus.frames.length);
  connection.setNoDelay?.(true);
  try {
    const chunks = await sendAll(connection, delivery, sending, answers);
    const { frames, hasBad } = stimulus;
    // Bytes that must be refused end the connection, unless the target goes on with the frame behind them.
    const due = hasBad && frames.at(-1)?.afterBad !== true ? Infinity : frames.length;
    const all = await answers.until(due, ANSWER_MS);
    // Its answers are complete: it must say no more when it hears the end.
    if (all) {
      await connection.closeWrite().catch(() => {});
      await answers.until(Infinity, QUIET_MS);
    }
    return {
      delivery,
      connection: 0,
      chunks,
      ...answers.take(),
      ...(answers.undecodable === undefined ? {} : { undecodable: answers.undecodable }),
      lateAt: [],
      state: answers.state,
      startedMs,
      finishedMs: performance.now(),
    };
  } finally {
    connection.close();
    await answers.done;
  }
}

/** Writes the chunks; stops when the target has closed. */
async function sendAll(
  connection: Connection,
  { stimulus: { bytes }, cuts }: Delivery,
  { pause, probe }: Sending,
  answers: AnswerReader,
): Promise<Play["chunks"]> {
  const edge = probe?.watch(connection.addresses);
  const chunks: Play["chunks"][number][] = [];
  let from = 0;
  const timer = setTimeout(() => connection.close(), WRITE_MS);
  try {
    for (const to of [...cuts, bytes.length]) {
      if (answers.state !== "open") break;
      for (let at = from; at < to;) at += await connection.write(bytes.subarray(at, to));
      timer.refresh?.();
      chunks.push({ end: to, writtenMs: performance.now(), edge: "unneeded" });
      from = to;
      if (to === bytes.length) break;
      if (edge === undefined) await paused(pause);
      else if (await edge.settled({ deadlineMs: ANSWER_MS }) !== "proven") break;
    }
  } catch {
    // The reading side tells how the connection stands.
  } finally {
    clearTimeout(timer);
  }
  return chunks;
}

function paused(pause: Pause): Promise<void> {
  switch (pause) {
    case "none":
      return Promise.resolve();
    case "turn":
      return new Promise((resolve) => setImmediate(() => resolve()));
    case "1 ms":
      return new Promise((resolve) => setTimeout(resolve, 1));
  }
}
