/** What a listener allows its peers, in bytes and ms. */
export interface Limits {
  /** Most payload bytes of one frame. */
  readonly maxFrameLength: number;
  /** Most frames per second of one connection, on average; any number without it. */
  readonly maxFrameRate?: number;
  /** Longest wait for the first frame, or for the first byte where there are no frames. */
  readonly handshakeTimeoutMs: number;
  /** Longest wait for the rest of a frame that has begun. */
  readonly frameTimeoutMs: number;
  /** Longest wait for any bytes. */
  readonly idleTimeoutMs: number;
  /** Longest wait for the peer to take bytes. */
  readonly writeTimeoutMs: number;
  /** Least speed in bytes per second of what has begun to come, and of what the peer takes. */
  readonly minRate: number;
}
