import { UsageError } from "../../cli/options.ts";
import { readToken } from "../../cli/token.ts";
import { transportFailure } from "../../protocol/transport/errors.ts";
import { parseEndpoint, type TlsIdentity } from "../../protocol/transport/mod.ts";
import { doorRules } from "../door_rules.ts";
import type { Doorkeeper } from "../doorkeeper.ts";
import { refuseExposure } from "../exposure.ts";
import type { Grants } from "../grants.ts";
import { type Plan, planListener } from "../listener_plan.ts";
import type { LogFields } from "../log.ts";
import type { Opened } from "../open_all.ts";
import type { ServerSettings } from "../options.ts";
import { renewGrants, threadSettings } from "../read_grants.ts";
import { readTls } from "../tls_files.ts";
import { changesOf } from "./changes.ts";

/** A server that runs, as far as it can be changed. */
export interface Running {
  settings: ServerSettings;
  grants: Grants;
  /** What `--listen` says. */
  readonly urls: readonly string[];
  readonly opened: Opened;
  readonly door: Doorkeeper;
}

/**
 * Takes over `fresh` settings, as far as that goes without a restart, for connections that come from now on; tells what has changed
 * and what has not. If they cannot be used everything stays as it was.
 *
 * @throws {Error} if they cannot be used.
 */
export async function takeOver(
  running: Running,
  fresh: ServerSettings,
  tell: (warning: string) => void,
): Promise<LogFields> {
  // First everything that can fail.
  const { settings, changed, needRestart } = changesOf(running.settings, fresh);
  const token = await readTokenAgain(running, settings, tell);
  const grants = renewGrants(running.grants, settings, token);
  const { urls, opened: { endpoints, servers, change } } = running;
  const plans = urls.map((url, i) => boundPlan(planListener(url, grants), endpoints[i] ?? ""));
  refuseExposure(plans, grants, settings.insecure);
  const tls = await readTls(settings, plans);
  if (tls) await renewAll(servers, tls);
  // Then what cannot.
  running.settings = settings;
  running.grants = grants;
  running.door.changeRules(doorRules(settings));
  await change(threadSettings(settings), token);
  return {
    ...(changed.length === 0 ? {} : { changed: changed.join(", ") }),
    ...(needRestart.length === 0 ? {} : { "needs-restart": needRestart.join(", ") }),
  };
}

async function renewAll(servers: Opened["servers"], identity: TlsIdentity): Promise<void> {
  try {
    for (const server of servers) await server.renewCertificate?.(identity);
  } catch (error) {
    const { problem } = transportFailure(error);
    throw new Error(`Cannot use the certificate: ${problem}`, { cause: error });
  }
}

/** The token of its file; one from elsewhere stays, because nobody can be asked and the environment is out of sight. */
async function readTokenAgain(
  { settings: { "token-file": before }, grants: { token } }: Running,
  { "token-file": file }: ServerSettings,
  tell: (warning: string) => void,
): Promise<Uint8Array | undefined> {
  if (file !== undefined) return await readToken({ ask: false, file, tell });
  // Whoever can change a file must not open the server to everybody by leaving out a line.
  if (before === undefined) return token;
  throw new UsageError("--token-file cannot be taken away while the server runs.");
}

/** Who passed a socket has chosen its address. */
function boundPlan(plan: Plan, endpoint: string): Plan {
  if ("answer" in plan || plan.endpoint.scheme !== "fd") return plan;
  return { ...plan, endpoint: parseEndpoint(endpoint) };
}
