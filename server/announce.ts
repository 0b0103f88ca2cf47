import { addressFacts } from "../cli/address.ts";
import { printable } from "../cli/printable.ts";
import { NATIVE, withDialect } from "../cli/dialect.ts";
import { formatEndpoint, isEncrypted, parseAnyEndpoint } from "../protocol/transport/mod.ts";
import type { Plan } from "./listener_plan.ts";

/** Prints where it listens: on stdout for programs, on stderr how a person gets an answer. */
export function announce(
  at: string,
  { endpoint, speak, framing, hint }: Plan,
  secret: boolean,
): void {
  const url = printable(withDialect(placeOf(at, endpoint), speak, framing));
  if (endpoint.scheme === "stdio") {
    // Stdout belongs to the conversation.
    console.error(`listening ${url}`);
    return;
  }
  console.log(`listening ${url}`);
  const trust = (isEncrypted(endpoint) ? " --tls-ca CERT.pem" : "") +
    (secret && speak === NATIVE ? " --token-file FILE" : "");
  const bound = parseAnyEndpoint(at);
  const reach = "hostname" in bound ? addressFacts(bound.hostname)?.reach : undefined;
  if (reach !== undefined) console.error(`Open to ${reach}`);
  if (hint !== null) console.error(`Try: nonstick --to '${url}'${trust} ${hint}`);
}

/** Where it can be reached: a certificate is made for a name, so TLS keeps the one that was given. */
function placeOf(at: string, asked: Plan["endpoint"]): string {
  const bound = parseAnyEndpoint(at);
  return isEncrypted(asked) && isEncrypted(bound)
    ? formatEndpoint({ ...bound, hostname: asked.hostname })
    : at;
}
