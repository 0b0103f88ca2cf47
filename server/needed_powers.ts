import { isEncrypted } from "../protocol/transport/mod.ts";
import type { Grants } from "./grants.ts";
import type { Power } from "./least_power.ts";
import type { Plan } from "./listener_plan.ts";
import type { ServerSettings } from "./options.ts";

/** What the listeners and their services cannot do without, and what a SIGHUP has to read again. */
export function neededPowers(
  plans: readonly Plan[],
  { exec, files }: Grants,
  { config, "token-file": token }: Pick<ServerSettings, "config" | "token-file">,
): Set<Power> {
  const schemes = plans.map(({ endpoint }) => endpoint.scheme);
  // The file of a Unix socket is removed when it is closed.
  const unix = schemes.some((scheme) => scheme.startsWith("unix"));
  // The runtime asks for `net` with every datagram that is sent.
  const datagrams = plans.some((plan) => "answer" in plan);
  const hangup = Deno.build.os !== "windows";
  const renewable = plans.some(({ endpoint }) => isEncrypted(endpoint)) && hangup;
  const needed: [Power, boolean][] = [
    ["net", datagrams],
    ["read", files !== undefined || unix],
    ["write", files?.write === true || unix],
    ["run", exec !== undefined],
    // SIGHUP reads the certificate again and listens with it; QUIC goes on with the socket that it has.
    ["net", renewable && schemes.includes("tls")],
    ["read", renewable],
    // The runtime cannot keep the power to read one file and give up the rest of it.
    ["read", hangup && (config !== undefined || token !== undefined)],
  ];
  return new Set(needed.flatMap(([power, is]) => is ? [power] : []));
}
