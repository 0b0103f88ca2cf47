/**
 * Datagrams: one is one message, never joined with another and never split; it arrives whole, or not at all, or
 * twice, or later than the next one.
 * @module
 */
import { type DatagramEndpoint, formatEndpoint } from "./endpoint.ts";

/** Longest payload of one UDP datagram over IPv4, in bytes: 65,535 less 20 of IP and 8 of UDP (RFC 791, RFC 768). */
export const MAX_DATAGRAM_PAYLOAD = 65_507;

/** Where a datagram comes from or goes to. */
export type DatagramAddress =
  | {
    readonly scheme: "udp";
    /** Address, IPv6 without brackets; a name is looked up with each datagram. */
    readonly hostname: string;
    /** 1 to 65535. */
    readonly port: number;
  }
  | {
    readonly scheme: "unixgram";
    /** Path of the socket file; empty for a sender that has none, who cannot be answered. */
    readonly path: string;
  }
  | {
    readonly scheme: "memory";
    /** Name within this process. */
    readonly name: string;
  };

/** One message as it came. */
export interface Datagram {
  /** The payload; it belongs to the receiver, unless the channel was opened with `reuseBuffer`. */
  readonly bytes: Uint8Array;
  /** Who sent it, or is said to have: the source of a UDP datagram can be forged. */
  readonly from: DatagramAddress;
}

/** Settings of one {@linkcode DatagramChannel.receive}. */
export interface ReceiveOptions {
  /** Stops the waiting, which then rejects with the signal's reason; no datagram is lost by it. */
  readonly signal?: AbortSignal;
}

/** Sends and receives datagrams. Made by {@linkcode openDatagrams}. */
export interface DatagramChannel extends AsyncDisposable, AsyncIterable<Datagram> {
  /** This end, as an endpoint string with the real port. */
  readonly endpoint: string;
  /** This end. */
  readonly local: DatagramAddress;
  /** Longest payload that can be sent, in bytes. */
  readonly maxPayload: number;
  /** How many datagrams came and were dropped here, because nobody took them; what the system drops is not known. */
  readonly dropped: number;
  /**
   * Sends one datagram. That it was sent says nothing about whether it arrives.
   *
   * @throws {DatagramTooLargeError} if it is longer than {@linkcode DatagramChannel.maxPayload}; nothing was sent.
   * @throws {DatagramError} if it cannot be sent there; `reason` and the message say why.
   */
  send(bytes: Uint8Array, to: DatagramAddress | string): Promise<void>;
  /**
   * Waits for the next datagram; null once the channel is closed. The iterator does the same. One caller at a time.
   *
   * @throws {TruncatedDatagramError} if one came that is longer than `maxReceive`. The next call goes on behind it.
   */
  receive(options?: ReceiveOptions): Promise<Datagram | null>;
  /**
   * Receives from a multicast group, too: what is sent to it from this machine as well.
   *
   * @param networkInterface address (IPv4) or index (IPv6) of the network card; the system chooses when left out.
   * @throws {DatagramError} if that is no group, it is joined already, the system refuses or the transport has no groups.
   */
  join(group: string, networkInterface?: string): Promise<void>;
  /** Receives no more from a multicast group; who is in none changes nothing by it. */
  leave(group: string): Promise<void>;
  /** Ends it: a waiting `receive` gives null. Resolves when the place is free again; doing it again changes nothing. */
  close(): Promise<void>;
}

/** The address as an endpoint string. */
export function datagramAddressText(address: DatagramAddress): string {
  return formatEndpoint(endpointOf(address));
}

/** Whether both are the same place. */
export function sameDatagramAddress(one: DatagramAddress, other: DatagramAddress): boolean {
  switch (one.scheme) {
    case "udp":
      return other.scheme === "udp" && one.port === other.port && one.hostname === other.hostname;
    case "unixgram":
      return other.scheme === "unixgram" && one.path === other.path;
    case "memory":
      return other.scheme === "memory" && one.name === other.name;
  }
}

const NO_OPTIONS: ReadonlyMap<string, string> = new Map();

function endpointOf(address: DatagramAddress): DatagramEndpoint {
  return { ...address, options: NO_OPTIONS };
}
