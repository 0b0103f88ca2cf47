import { askProc } from "./ask_proc.ts";

/** A clock tick of /proc, in ms: 1/100 s for whoever asks, whatever the kernel counts in (time(7)). */
const TICK_MS = 10;
/** Where user and system time are among the fields behind the name of the program (proc_pid_stat(5)). */
const USER = 11, SYSTEM = 12;

/**
 * How much processor time a process has used so far, in ms, all its threads together, to 10 ms or so; undefined where the
 * system does not tell. Unlike time on the clock it says the same on a busy machine.
 */
export function processTime(pid: number): number | undefined {
  const stat = askProc((libc) => libc.readTextFile(`/proc/${pid}/stat`));
  if (stat === undefined) return undefined;
  // The name is in brackets and may have anything in it, brackets too.
  const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
  const ticks = Number(fields[USER]) + Number(fields[SYSTEM]);
  return Number.isNaN(ticks) ? undefined : ticks * TICK_MS;
}
