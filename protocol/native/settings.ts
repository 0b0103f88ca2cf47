import type { NativeLimits } from "./message.ts";

/** The version of the protocol that is spoken here. */
export const PROTOCOL_VERSION = 1;

/** Least bytes of a part that a side has to take (PROTOCOL.md, clause 2.4). */
const LEAST_PART = 1024;
/** Bytes that any header fits in. */
const HEADER = 65_536;

/** Settings of both sides of a nonstick/1 connection. Sizes in bytes, times in ms. */
export interface NativeOptions {
  /** The secret that both sides know. A server with one serves nobody without it, a client with one trusts no other. */
  readonly token?: Uint8Array;
  /**
   * What this side takes; the window has room for two parts and their headers at least.
   *
   * @default {262144 (256 KiB) for a part, 4194304 (4 MiB) for the window}
   */
  readonly limits?: Partial<NativeLimits>;
  /**
   * Longest wait until both sides have introduced themselves.
   *
   * @default {10_000}
   */
  readonly handshakeTimeoutMs?: number;
  /**
   * Longest time without a byte from the peer, which is asked for a sign of life (ping) half-way during an exchange; also the
   * longest time in which it may take nothing of what is to be sent.
   *
   * @default {60_000}
   */
  readonly idleTimeoutMs?: number;
  /**
   * Longest wait for the system to take bytes.
   *
   * @default {30_000}
   */
  readonly writeTimeoutMs?: number;
  /**
   * Longest wait for the rest of a message that has begun; each {@linkcode NativeOptions.minRate} bytes of it earn a second
   * more.
   *
   * @default {30_000}
   */
  readonly messageTimeoutMs?: number;
  /**
   * Least speed in bytes per second, of a message that is coming, and at which the peer takes what waits to be sent. A quiet
   * peer is not slow.
   *
   * @default {500}
   */
  readonly minRate?: number;
  /**
   * Most messages per second that are received, on average; a second's worth may come at once. Who sends more is read from
   * more slowly. No limit by default.
   */
  readonly maxMessageRate?: number;
  /**
   * What this side calls itself.
   *
   * @default {"nonstick"}
   */
  readonly software?: string;
}

/** Settings with everything filled in. */
export interface NativeSettings {
  readonly token: Uint8Array | undefined;
  readonly limits: NativeLimits;
  readonly handshakeTimeoutMs: number;
  readonly idleTimeoutMs: number;
  readonly writeTimeoutMs: number;
  readonly messageTimeoutMs: number;
  readonly minRate: number;
  readonly maxMessageRate: number | undefined;
  readonly software: string;
}

/**
 * Fills in what was not said.
 *
 * @throws {RangeError} if a limit is too small or a time not positive.
 */
export function settingsOf(options: NativeOptions): NativeSettings {
  const { part = 262_144, window = 4_194_304 } = options.limits ?? {};
  const settings = {
    token: options.token,
    limits: { part, window },
    handshakeTimeoutMs: options.handshakeTimeoutMs ?? 10_000,
    idleTimeoutMs: options.idleTimeoutMs ?? 60_000,
    writeTimeoutMs: options.writeTimeoutMs ?? 30_000,
    messageTimeoutMs: options.messageTimeoutMs ?? 30_000,
    minRate: options.minRate ?? 500,
    maxMessageRate: options.maxMessageRate,
    software: options.software ?? "nonstick",
  };
  const wrong = wrongLimits(settings.limits);
  if (wrong !== undefined) throw new RangeError(`Cannot use these limits: ${wrong}`);
  const { handshakeTimeoutMs, idleTimeoutMs, writeTimeoutMs, messageTimeoutMs, minRate } = settings;
  const positive = {
    ...{ handshakeTimeoutMs, idleTimeoutMs, writeTimeoutMs, messageTimeoutMs, minRate },
  };
  for (const [name, value] of Object.entries(positive)) {
    if (!(value > 0)) throw new RangeError(`Cannot use ${name} ${value}: it must be more than 0`);
  }
  return settings;
}

/** What is wrong with the limits of a side; undefined when nothing is. */
export function wrongLimits({ part, window }: NativeLimits): string | undefined {
  if (!Number.isSafeInteger(part) || part < LEAST_PART) {
    return `a part of ${part} bytes, ${LEAST_PART} at least`;
  }
  // Otherwise a sender could wait for credit that the receiver does not think due yet.
  const least = 2 * (part + HEADER);
  if (!Number.isSafeInteger(window) || window < least) {
    return `a window of ${window} bytes, ${least} at least for parts of ${part}`;
  }
  return undefined;
}
