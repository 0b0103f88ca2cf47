import { FRAGMENT_HEADER_LENGTH } from "../../protocol/framing/mod.ts";
import { RAW } from "../exchange/stimuli.ts";
import { type Part, Stimulus } from "../stimulus/stimulus.ts";
import type { Delivery, Pace } from "../strategy/delivery.ts";

/** How a target finds messages in datagrams: each is one, or it puts them together from fragments. */
export type DatagramFraming = "datagram" | "fragment";

/** One datagram to send. */
export interface Sent {
  /** Its bytes, of any number. */
  readonly bytes: Uint8Array;
  /** From which of our sockets. */
  readonly socket: number;
}

/**
 * Datagrams to be sent one after the other, as a delivery, so that whatever records, draws and repeats deliveries does
 * so with datagrams: each part of the stimulus is one datagram, each cut the end of one.
 */
export function volley(
  sent: readonly Sent[],
  framing: DatagramFraming,
  more: { readonly pace?: Pace; readonly oneByOne?: boolean } = {},
): Delivery {
  const stimulus = new Stimulus(RAW, sent.map(({ bytes }) => partOf(bytes, framing)));
  const sockets = sent.map(({ socket }) => socket);
  const cuts = stimulus.seams;
  return {
    stimulus,
    cuts,
    waits: more.oneByOne ? cuts : [],
    end: "none",
    ...(more.pace === undefined ? {} : { pace: more.pace }),
    ...(sockets.some((socket) => socket !== 0) ? { sockets } : {}),
  };
}

/** The datagrams of a volley. */
export function sentOf({ stimulus, sockets }: Delivery): Sent[] {
  return stimulus.parts.map(({ wire }, i) => ({ bytes: wire, socket: sockets?.[i] ?? 0 }));
}

/** The volley of a stream that is cut where datagrams end; equal cuts have an empty one between them. */
export function volleyOf(
  given: {
    readonly bytes: Uint8Array;
    readonly cuts: readonly number[];
    readonly waits: readonly number[];
    readonly sockets?: readonly number[];
  },
  framing: DatagramFraming,
): Delivery {
  const { bytes, cuts, sockets } = given;
  const ends = [...cuts, bytes.length];
  const sent = ends.map((end, i) => ({
    bytes: bytes.subarray(ends[i - 1] ?? 0, end),
    socket: sockets?.[i] ?? 0,
  }));
  return { ...volley(sent, framing), waits: given.waits };
}

function partOf(wire: Uint8Array, framing: DatagramFraming): Part {
  const bodyAt = framing === "fragment" ? FRAGMENT_HEADER_LENGTH : 0;
  if (wire.length < bodyAt) return { kind: "tail", wire };
  return { kind: "frame", wire, payload: wire.subarray(bodyAt), bodyAt };
}
