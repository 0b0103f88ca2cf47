import { messageOf } from "../../cli/message_of.ts";
import { readNamedFile } from "../../cli/named_file.ts";
import { warnIfReadable } from "../../cli/secret_file.ts";
import { UsageError } from "../../cli/options.ts";
import { printableLines } from "../../cli/printable.ts";
import { type Endpoint, formatEndpoint, parseFingerprint } from "../../protocol/transport/mod.ts";
import type { TlsClientOptions } from "../../protocol/transport/mod.ts";
import type { ClientSettings } from "../options.ts";
import { askYesNo } from "./ask.ts";
import { trustOnFirstUse } from "./first_use.ts";
import { defaultKnownHosts, KnownHosts } from "./known_hosts.ts";

/**
 * Whom the options say to trust at a `tls` endpoint.
 *
 * @throws {UsageError} if a file cannot be read, the pin is none, or what is asked for cannot be had over QUIC.
 */
export async function tlsSettings(
  endpoint: Endpoint,
  settings: ClientSettings,
): Promise<TlsClientOptions> {
  const { "tls-ca": ca, "tls-pin": pin, "tls-cert": cert, "tls-key": key } = settings;
  if ((cert === undefined) !== (key === undefined)) {
    throw new UsageError("--tls-cert FILE and --tls-key FILE go together; one of them is missing.");
  }
  if (endpoint.scheme === "quic" && settings["accept-new"]) {
    throw new UsageError(
      "--accept-new is for tls://: QUIC does not show a certificate before it trusts it. " +
        "Name the server's by --tls-ca CERT.pem.",
    );
  }
  const path = settings["known-hosts"] ?? defaultKnownHosts((name) => Deno.env.get(name));
  const hosts = path === undefined ? undefined : new KnownHosts(path);
  const tell = (text: string) => {
    if (!settings.quiet) console.error(printableLines(text));
  };
  if (key !== undefined) await warnIfReadable("--tls-key", key, tell);
  const terminal = Deno.stdin.isTerminal() && Deno.stderr.isTerminal();
  const known = await hosts?.find(formatEndpoint(endpoint)) ?? [];
  return {
    caCerts: [
      ...(ca === undefined ? [] : [await readNamedFile("--tls-ca", ca)]),
      // A server that is known connects at once.
      ...known.map(({ pem }) => pem),
    ],
    ...(pin === undefined ? {} : { pin: readPin(pin) }),
    ...(cert === undefined || key === undefined ? {} : {
      identity: {
        cert: await readNamedFile("--tls-cert", cert),
        key: await readNamedFile("--tls-key", key),
      },
    }),
    trust: (peer) =>
      trustOnFirstUse(peer, {
        hosts,
        acceptNew: settings["accept-new"],
        ...(terminal ? { ask: askYesNo } : {}),
        tell,
      }),
  };
}

function readPin(text: string): string {
  try {
    return parseFingerprint(text);
  } catch (error) {
    throw new UsageError(`Cannot use --tls-pin ${text}: ${messageOf(error)}.`);
  }
}
