// What one way of looking at a connection has to offer. Looking never waits; patience is elsewhere.

/**
 * Looks once: `proven` when the target has read everything, `gone` when it holds the connection no
 * more, undefined when it has not read everything yet.
 */
export type Look = () => "proven" | "gone" | undefined;

/** Observes the target's end of one connection. */
export interface EdgeObserver {
  /** Inode of the target's socket, 0 while it is not known. */
  readonly targetInode: number;
  /** Bytes on the wire that the target has read in all; undefined where the kernel does not tell. */
  readonly taken: number | undefined;
  /**
   * Begins to look at everything that was written until now: `written` bytes on the wire since the connection began,
   * if the caller knows, else the kernel is asked.
   */
  begin(written?: number): Look;
}
