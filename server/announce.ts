import { addressFacts } from "../cli/address.ts";
import { printable } from "../cli/printable.ts";
import { NATIVE, withDialect } from "../cli/dialect.ts";
import { formatEndpoint, isEncrypted, parseAnyEndpoint } from "../protocol/transport/mod.ts";
import type { Grants } from "./grants.ts";
import type { Plan } from "./listener_plan.ts";

/** What is to be known of those who connect. */
export interface Visitors {
  /** File mode of Unix sockets. */
  readonly socketMode: number;
  /** Whether they need a certificate over TLS. */
  readonly certified: boolean;
}

/** Prints where it listens: on stdout for programs, on stderr what is open to whom and how a person gets an answer. */
export function announce(at: string, plan: Plan, grants: Grants, visitors: Visitors): void {
  const { endpoint, speak, framing, hint } = plan;
  const url = printable(withDialect(placeOf(at, endpoint), speak, framing));
  if (endpoint.scheme === "stdio") {
    // Stdout belongs to the conversation.
    console.error(`listening ${url}`);
    return;
  }
  console.log(`listening ${url}`);
  const secret = grants.token !== undefined && speak === NATIVE;
  const trust = (isEncrypted(endpoint) ? " --tls-ca CERT.pem" : "") +
    (secret ? " --token-file FILE" : "");
  console.error(printable(openTo(at, plan, grants, visitors)));
  console.error(`Try: nonstick --to '${url}'${trust} ${hint}`);
}

/** What is open to whom at `at`, in a line. */
export function openTo(
  at: string,
  { endpoint, speak }: Plan,
  grants: Grants,
  { socketMode, certified }: Visitors,
): string {
  const bound = parseAnyEndpoint(at);
  const who = "hostname" in bound
    ? addressFacts(bound.hostname)?.reach ?? "everybody"
    : socketMode & 0o007
    ? "this machine"
    : socketMode & 0o070
    ? "this user and its group"
    : "this user";
  const needs = [
    ...(grants.token !== undefined && speak === NATIVE ? ["the token"] : []),
    ...(certified && endpoint.scheme === "tls" ? ["a certificate"] : []),
  ];
  const what = speak === NATIVE ? Object.keys(grants.services) : [speak];
  return `Open to ${who}${needs.length === 0 ? "" : ` with ${needs.join(" and ")}`}: ` +
    what.map((name) => name + detailOf(name, grants)).join(", ");
}

/** How far a service goes. */
function detailOf(name: string, { exec, files }: Grants): string {
  if (name.startsWith("exec") && exec !== undefined) {
    return ` (${exec.programs === "any" ? "any program" : [...exec.programs].join(" ")})`;
  }
  if (name.startsWith("files") && files !== undefined) {
    return files.write ? " (read and write)" : " (read)";
  }
  return "";
}

/** Where it can be reached: a certificate is made for a name, so TLS keeps the one that was given. */
function placeOf(at: string, asked: Plan["endpoint"]): string {
  const bound = parseAnyEndpoint(at);
  return isEncrypted(asked) && isEncrypted(bound)
    ? formatEndpoint({ ...bound, hostname: asked.hostname })
    : at;
}
