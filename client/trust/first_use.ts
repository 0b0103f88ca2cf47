import { printable } from "../../cli/printable.ts";
import { ConnectError, type PeerCertificate } from "../../protocol/transport/mod.ts";
import type { KnownHosts } from "./known_hosts.ts";

/** How somebody is asked. */
export interface FirstUse {
  /** Where trusted servers are remembered; undefined if there is no place. */
  readonly hosts: KnownHosts | undefined;
  /** Accept a server that was never seen, without asking. */
  readonly acceptNew: boolean;
  /** Asks a question with the answers yes and no; undefined where nobody could answer. */
  readonly ask?: (question: string) => Promise<boolean>;
  /** Tells what was done. */
  readonly tell: (text: string) => void;
}

/**
 * Decides about a server that no authority vouches for: known ones must show what they showed before, new ones are accepted by
 * whoever sits there, or by `acceptNew`, and are remembered.
 *
 * @throws {ConnectError} if it is not accepted; the message shows the fingerprints and says what to do.
 */
export async function trustOnFirstUse(
  peer: PeerCertificate,
  { hosts, acceptNew, ask, tell }: FirstUse,
): Promise<true> {
  const { endpoint, fingerprint } = peer;
  // It may have names of the certificate in it.
  const problem = printable(peer.problem);
  const known = await hosts?.find(endpoint) ?? [];
  const [first] = known;
  if (known.some((host) => host.fingerprint === fingerprint)) return true;
  if (hosts !== undefined && first !== undefined) {
    const lines = known.map(({ line }) => `${line}d`).join(";");
    throw new ConnectError(
      endpoint,
      "identity",
      "its certificate has changed.\n" +
        `  known: ${first.fingerprint}\n` +
        `  shown: ${fingerprint}\n` +
        "Somebody may be in between, or the server has a new certificate: ask its owner. If it is new, forget the old one:\n" +
        `  sed -i '${lines}' '${hosts.path}'`,
    );
  }
  const what = `Nobody vouches for ${endpoint} (${problem}).\nIts fingerprint is ${fingerprint}`;
  if (!acceptNew) {
    if (ask === undefined) {
      throw new ConnectError(
        endpoint,
        "tls",
        `its certificate is not trusted (${problem}).\n` +
          "If its owner tells the same fingerprint, accept it by:\n" +
          `  --tls-pin ${fingerprint}\n` +
          "or remember whatever it shows now by --accept-new",
      );
    }
    if (!await ask(`${what}\nIs that what its owner tells? Connect and remember it (yes/no)? `)) {
      throw new ConnectError(endpoint, "identity", "its certificate was not accepted");
    }
  }
  if (hosts === undefined) {
    tell(`${what}. There is no place to remember it: name one by --known-hosts FILE`);
  } else {
    await hosts.add(peer);
    tell(`${endpoint} is known from now on: ${fingerprint} (${hosts.path})`);
  }
  return true;
}
