/**
 * What can go wrong with datagrams. Each error says what was tried, why it failed, and what to do.
 * @module
 */
import { type DatagramAddress, datagramAddressText } from "./datagram.ts";
import type { TransportErrorReason } from "./errors.ts";

/** Why something about datagrams failed; stable across versions. */
export type DatagramErrorReason = TransportErrorReason | "too-large" | "truncated" | "closed";

/** Something about datagrams failed. */
export class DatagramError extends Error {
  /** Why, for programs. */
  readonly reason: DatagramErrorReason;

  /** Makes an error from the kind and a sentence with the cure. */
  constructor(reason: DatagramErrorReason, message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = "DatagramError";
    this.reason = reason;
  }
}

/** A datagram is longer than what can be sent; nothing was sent. */
export class DatagramTooLargeError extends DatagramError {
  /** Its length in bytes. */
  readonly length: number;
  /** The longest that can be sent, in bytes. */
  readonly limit: number;

  /** Makes an error from the length and the limit that it breaks. */
  constructor(length: number, limit: number, options?: ErrorOptions) {
    super(
      "too-large",
      `Cannot send a datagram of ${length} bytes: the longest has ${limit}; ` +
        "send less, or cut it into fragments",
      options,
    );
    this.name = "DatagramTooLargeError";
    this.length = length;
    this.limit = limit;
  }
}

/** A datagram came that is longer than what is taken in; the rest of it is lost, and so the whole was dropped. */
export class TruncatedDatagramError extends DatagramError {
  /** Who sent it. */
  readonly from: DatagramAddress;
  /** The longest that is taken in, in bytes. */
  readonly limit: number;

  /** Makes an error from the sender and the limit that was broken. */
  constructor(from: DatagramAddress, limit: number) {
    super(
      "truncated",
      `Cannot take in a datagram from ${datagramAddressText(from)}: ` +
        `it is longer than ${limit} bytes (maxReceive)`,
    );
    this.name = "TruncatedDatagramError";
    this.from = from;
    this.limit = limit;
  }
}
