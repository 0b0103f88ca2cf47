/**
 * What is done with a message, however it is said on the wire: raw or framed. Answers go back in the order of the
 * messages, one for each.
 */
export interface Service {
  /** What `speak=` calls it. */
  readonly name: string;
  /** What it does, in a few words. */
  readonly summary: string;
  /** Sent before the peer has said anything. */
  readonly greeting?: Uint8Array;
  /** Turns the message `bytes[from, to)` into its answer in place, for services whose answers are as long. */
  readonly rewrite?: (bytes: Uint8Array, from: number, to: number) => void;
  /** The answer to a message, null to end the conversation. Without it the message itself is the answer. */
  readonly reply?: (message: Uint8Array) => Uint8Array | null;
  /** The answer to a datagram where it is another one, null for none. */
  readonly datagramReply?: (message: Uint8Array) => Uint8Array | null;
}
