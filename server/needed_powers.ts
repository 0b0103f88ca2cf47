import { isEncrypted } from "../protocol/transport/mod.ts";
import type { Grants } from "./grants.ts";
import type { Power } from "./least_power.ts";
import type { Plan } from "./listener_plan.ts";

/** What the listeners and their services cannot do without. */
export function neededPowers(plans: readonly Plan[], { exec, files }: Grants): Set<Power> {
  const schemes = plans.map(({ endpoint }) => endpoint.scheme);
  // The file of a Unix socket is removed when it is closed.
  const unix = schemes.some((scheme) => scheme.startsWith("unix"));
  // The runtime asks for `net` with every datagram that is sent.
  const datagrams = plans.some((plan) => "answer" in plan);
  const renewable = plans.some(({ endpoint }) => isEncrypted(endpoint)) &&
    Deno.build.os !== "windows";
  const needed: [Power, boolean][] = [
    ["net", datagrams],
    ["read", files !== undefined || unix],
    ["write", files?.write === true || unix],
    ["run", exec !== undefined],
    // SIGHUP reads the certificate again and listens with it; QUIC goes on with the socket that it has.
    ["net", renewable && schemes.includes("tls")],
    ["read", renewable],
  ];
  return new Set(needed.flatMap(([power, is]) => is ? [power] : []));
}
