import { equals } from "@std/bytes/equals";
import { type DatagramFraming, type Sent, sentOf, volley } from "../datagrams/volley.ts";
import type { Delivery } from "../strategy/delivery.ts";

/** The socket of which a client was told; others of ours are strangers to it. */
export const ASKED = 0;
/** What goes out from here is lost on the way: it is written down, and not sent. */
export const LOST = 99;
/** An ask whose answer is from here is answered as it should be, whatever it asks. */
export const RIGHT = 98;

/**
 * What a client gets: the datagrams behind its first ask, those behind its second one, and so on. Behind the script
 * each ask is answered as it should be, or, when the script is `silent`, none is.
 */
export interface AnswerScript {
  /** For each ask, in order, at least one datagram. */
  readonly asks: readonly (readonly Sent[])[];
  /** Whether nothing more comes behind it. */
  readonly silent: boolean;
}

/**
 * A script as a delivery, so that whatever records, draws and repeats deliveries does so with scripts: each part is one
 * datagram, each wait the next ask of the client, and the end `close` is silence.
 *
 * ```
 *   bytes    h e l l o H E L L O     sockets 99, 0
 *   waits              ^             the answer to the first ask is lost, the one to the second is not
 * ```
 */
export function deliveryOf({ asks, silent }: AnswerScript, framing: DatagramFraming): Delivery {
  const whole = volley(asks.flat(), framing);
  const waits: number[] = [];
  let at = 0;
  for (const sent of asks.slice(0, -1)) {
    at += sent.reduce((sum, { bytes }) => sum + bytes.length, 0);
    waits.push(at);
  }
  return { ...whole, waits, end: silent ? "close" : "none" };
}

/** The script of a delivery. Of several datagrams that end where an ask is awaited, the last ones stand before it. */
export function scriptOf(delivery: Delivery): AnswerScript {
  const asks: Sent[][] = [];
  const waits = [...delivery.waits];
  let end = delivery.stimulus.bytes.length, current: Sent[] = [];
  for (const sent of sentOf(delivery).toReversed()) {
    if (waits.at(-1) === end && current.length > 0) {
      waits.pop();
      asks.unshift(current);
      current = [];
    }
    current.unshift(sent);
    end -= sent.bytes.length;
  }
  if (current.length > 0) asks.unshift(current);
  return { asks, silent: delivery.end === "close" };
}

/**
 * Whether a play is one of a script: each ask got what the script has for it, as far as the client asked, and behind the
 * script came what is right, or nothing.
 */
export function isPlayOf(script: AnswerScript, played: AnswerScript): boolean {
  return script.silent === played.silent &&
    played.asks.every((sent, i) => {
      const due = script.asks[i];
      if (due === undefined || due[0]?.socket === RIGHT) {
        return sent.every(({ socket }) => socket === ASKED);
      }
      return sent.length === due.length &&
        sent.every(({ bytes, socket }, at) =>
          socket === due[at]?.socket && equals(bytes, due[at].bytes)
        );
    });
}

/** Datagrams from the socket that was asked. */
export function answered(...datagrams: readonly Uint8Array[]): Sent[] {
  return datagrams.map((bytes) => ({ bytes, socket: ASKED }));
}

/** Whatever is right; in the control that are these datagrams. */
export function rightly(...datagrams: readonly Uint8Array[]): Sent[] {
  return datagrams.map((bytes) => ({ bytes, socket: RIGHT }));
}

/** Datagrams that are lost on the way. */
export function lost(...datagrams: readonly Uint8Array[]): Sent[] {
  return datagrams.map((bytes) => ({ bytes, socket: LOST }));
}

/** Datagrams from a socket that was not asked. */
export function fromStranger(...datagrams: readonly Uint8Array[]): Sent[] {
  return datagrams.map((bytes) => ({ bytes, socket: 1 }));
}
