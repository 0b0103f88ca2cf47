/** What the main thread of a process had of the cores so far. */
export interface CoreTime {
  /** How long it ran, in ms. */
  readonly ran: number;
  /** How long it could have run and had no core, because others did, in ms. */
  readonly waited: number;
}

/**
 * Looks at a process (Linux, proc(5)). Two looks tell who is to blame for a late answer: the server, if it ran all the time, or the
 * machine, if it waited.
 *
 * ```
 * /proc/PID/schedstat:  ran (ns) waited (ns) turns
 * ```
 */
export async function coreTime(pid: number): Promise<CoreTime> {
  const text = await Deno.readTextFile(`/proc/${pid}/schedstat`);
  const [ran = NaN, waited = NaN] = text.split(" ").map((ns) => Number(ns) / 1e6);
  return { ran, waited };
}

/** What came between two looks. */
export function between(before: CoreTime, after: CoreTime): CoreTime {
  return { ran: after.ran - before.ran, waited: after.waited - before.waited };
}
