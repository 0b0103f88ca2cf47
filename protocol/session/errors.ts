/**
 * What ends a framed connection apart from bad frames.
 * @module
 */

/** What took too long on a framed connection. */
export type DeadlinePhase = "handshake" | "frame" | "idle" | "write";

const WAITED_FOR: Readonly<Record<DeadlinePhase, string>> = {
  handshake: "the first frame",
  frame: "the rest of a frame",
  idle: "any bytes",
  write: "the peer to take bytes",
};

/** A deadline passed; the connection was closed. */
export class DeadlineError extends Error {
  /** What was waited for. */
  readonly phase: DeadlinePhase;
  /** How long, in milliseconds. */
  readonly ms: number;

  /** Makes an error from what was waited for and how long. */
  constructor(phase: DeadlinePhase, ms: number) {
    super(`Connection closed (${phase} deadline): waited ${ms} ms for ${WAITED_FOR[phase]}`);
    this.name = "DeadlineError";
    this.phase = phase;
    this.ms = ms;
  }
}

/** The peer or the network broke the connection off; `cause` is what the system said. */
export class ConnectionLostError extends Error {
  /** Bytes received before, on the wire. */
  readonly bytesReceived: number;
  /** Bytes that the system had taken for sending before. */
  readonly bytesSent: number;

  /** Makes an error from both counts and what the system said. */
  constructor(bytesReceived: number, bytesSent: number, cause: unknown) {
    const said = cause instanceof Error ? cause.message : String(cause);
    super(`Connection lost after ${bytesReceived} bytes in and ${bytesSent} bytes out: ${said}`, {
      cause,
    });
    this.name = "ConnectionLostError";
    this.bytesReceived = bytesReceived;
    this.bytesSent = bytesSent;
  }
}

/** Something was asked of a connection (or of its sending half) that this side has closed. */
export class ConnectionClosedError extends Error {
  /** Makes an error from a sentence. */
  constructor(message: string) {
    super(message);
    this.name = "ConnectionClosedError";
  }
}
