import { addressFacts } from "../cli/address.ts";
import { NATIVE } from "../cli/dialect.ts";
import { UsageError } from "../cli/options.ts";
import { printable } from "../cli/printable.ts";
import { formatEndpoint, isEncrypted } from "../protocol/transport/mod.ts";
import type { Grants } from "./grants.ts";
import type { ListenerPlan, Plan } from "./listener_plan.ts";

/** What a peer could do to this machine, or to others through it, and which option grants it. */
const POWERS: readonly {
  readonly service: string;
  readonly what: string;
  readonly has: (grants: Grants) => boolean;
}[] = [
  { service: "exec", what: "run programs", has: ({ exec }) => exec !== undefined },
  { service: "files", what: "write files", has: ({ files }) => files?.write === true },
  { service: "chat", what: "write to others", has: ({ services }) => "chat" in services },
];

/**
 * Why a listener must not be opened: others than this machine could use a power without proving who they are, or be overheard.
 * Null when it may be. The sentence ends with what to do.
 */
export function exposureOf(plan: ListenerPlan, grants: Grants): string | null {
  const { endpoint, speak } = plan;
  if (!("hostname" in endpoint)) return null;
  // A name may lead anywhere; an address of this machine leads nowhere else.
  const reach = addressFacts(endpoint.hostname)?.reach ??
    (endpoint.hostname === "localhost" ? "this machine" : "everybody");
  if (reach === "this machine") return null;
  const open = POWERS.filter(({ service, has }) =>
    speak === NATIVE
      ? has(grants)
      : speak.startsWith(service) && (service === "chat" || has(grants))
  );
  if (open.length === 0) return null;
  const place = formatEndpoint(endpoint, { options: true });
  const what = `Listening on ${place} would let ${reach === "everybody" ? "anybody" : reach} ${
    open.map(({ what }) => what).join(", ")
  }`;
  if (speak !== NATIVE) {
    return `${what}: ${speak} knows no secrets and no encryption. Listen on 127.0.0.1, or say --insecure.`;
  }
  if (grants.token !== undefined && isEncrypted(endpoint)) return null;
  const lacks = grants.token === undefined
    ? isEncrypted(endpoint) ? "without a token" : "without a token and TLS"
    : "without TLS";
  const scheme = endpoint.scheme === "tcp" ? "tls" : endpoint.scheme;
  const tls = formatEndpoint({ ...endpoint, scheme }, { options: true });
  return `${what}, ${lacks}. Make a secret and a certificate, and listen with them:\n` +
    "  openssl rand -hex 32 > token\n" +
    "  nonstick-server cert --name $(hostname)\n" +
    `  nonstick-server --listen '${tls}' --token-file token --tls-cert cert.pem --tls-key key.pem …\n` +
    "Or say --insecure.";
}

/**
 * Better no server than one that lets strangers do what its owner did not think of.
 *
 * @throws {UsageError} for the first listener that must not be opened, unless `insecure`; then it warns.
 */
export function refuseExposure(plans: readonly Plan[], grants: Grants, insecure: boolean): void {
  for (const plan of plans) {
    // No service over datagrams can do anything to this machine; what it can do to others is guarded against there.
    if ("answer" in plan) continue;
    const why = exposureOf(plan, grants);
    if (why === null) continue;
    if (!insecure) throw new UsageError(why);
    console.error(printable(`WARNING: --insecure: ${why.split("\n")[0]}`));
  }
}
