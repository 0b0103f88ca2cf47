import { EdgeProbeError } from "../edge/edge_probe_error.ts";
import { Libc } from "../edge/libc.ts";

/** What /proc answers; undefined where there is none, or we may not ask. */
export function askProc<T>(question: (libc: Libc) => T): T | undefined {
  try {
    using libc = Libc.open();
    return question(libc);
  } catch (error) {
    if (error instanceof EdgeProbeError) return undefined;
    throw error;
  }
}
