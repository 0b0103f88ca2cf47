import { UsageError } from "../../cli/options.ts";
import type { Plan } from "../listener_plan.ts";

/** What sd_listen_fds(3) reads, and the process that asks. */
export interface Passed {
  readonly variable: (name: string) => string | undefined;
  readonly pid: number;
}

/** The number of the first socket that is passed (SD_LISTEN_FDS_START). */
const FIRST = 3;

/**
 * Sees to it that a listener on `fd://` gets a socket which systemd, or whoever does as it does, has passed to this very process: any other open
 * file has a number, too.
 *
 * @throws {UsageError} if it is not; the message says how it is done.
 */
export function requirePassed(
  { endpoint }: Pick<Plan, "endpoint">,
  { variable, pid }: Passed = { variable: (name) => Deno.env.get(name), pid: Deno.pid },
): void {
  if (endpoint.scheme !== "fd") return;
  const { fd } = endpoint, count = Number(variable("LISTEN_FDS") ?? 0);
  const ours = Number(variable("LISTEN_PID") ?? 0) === pid ? count : 0;
  if (fd < FIRST + ours) return;
  const passed = ours === 0
    ? "no socket was passed to this process"
    : `${ours} were passed, from fd://${FIRST} on`;
  throw new UsageError(
    `Cannot listen on fd://${fd}: ${passed}. They come from a .socket unit of systemd, or by: systemd-socket-activate -l 7000 nonstick-server …`,
  );
}
