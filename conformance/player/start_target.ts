import { ClientTarget } from "./client_target.ts";
import { ServerTarget } from "./server_target.ts";
import { StdioTarget } from "./stdio_target.ts";
import type { Target, TargetOptions } from "./target.ts";

/**
 * Starts a target of the kind that the options ask for, and waits until it can be met.
 *
 * @throws {TargetStartError} if it cannot be started or is not there in time.
 */
export async function startTarget(options: TargetOptions): Promise<Target> {
  const { endpoint } = options;
  if (endpoint.scheme === "stdio") return await StdioTarget.start(options);
  if (options.side === "client") return await ClientTarget.start({ ...options, endpoint });
  return await ServerTarget.start({ ...options, endpoint });
}
