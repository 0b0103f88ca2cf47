/** Ticks a second of the times that Linux tells (proc(5), `getconf CLK_TCK`). */
const TICKS = 100;

/** Seconds of CPU that a process has used, all threads together (Linux). */
export async function cpuOf(pid: number): Promise<number> {
  const stat = await Deno.readTextFile(`/proc/${pid}/stat`);
  // The name of the program may have blanks.
  const fields = stat.replace(/^.*\) /, "").split(" ");
  return (Number(fields[11]) + Number(fields[12])) / TICKS;
}

/** Seconds of CPU that everything has used, idle time and waiting left out (Linux). */
export async function cpuOfAll(): Promise<number> {
  const [, user, nice, system, , , irq, soft, steal] = (await Deno.readTextFile("/proc/stat"))
    .split("\n", 1).join().split(/ +/).map(Number);
  return [user, nice, system, irq, soft, steal].reduce<number>((sum, n) => sum + (n ?? 0), 0) /
    TICKS;
}
