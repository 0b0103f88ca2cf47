import { lookup } from "node:dns/promises";
import { addressFacts, networkFacts, portKind } from "../../cli/address.ts";
import { UsageError } from "../../cli/options.ts";
import { RemoteError } from "../errors.ts";
import type { LoneCommand, LoneContext } from "./command.ts";

/** `nonstick addr HOST|IP[/MASK]` */
export const ADDR: LoneCommand = {
  name: "addr",
  form: "HOST[:PORT]|IP[/MASK]",
  words: [1, Infinity],
  summary: "resolve names, say what addresses are for and who reaches them, and what a network has",
  examples: [
    ["nonstick addr localhost example.com", "where the names lead"],
    ["nonstick addr 192.168.1.77/24 fe80::1", "the network of an address, and what kind it is"],
  ],
  runAlone: async (context) => {
    for (const word of context.words) await explain(context, word);
  },
};

async function explain({ output }: LoneContext, word: string): Promise<void> {
  if (word.includes("/")) {
    const facts = networkFacts(word);
    if (facts === null) {
      throw new UsageError(`${word} is no network, such as 10.1.2.3/8 or fd00::/8.`);
    }
    const { network, last, mask, addresses } = facts;
    const count = String(addresses);
    const more = mask === undefined ? "" : `, mask ${mask}`;
    return await output.result(
      { network, last, addresses: count, ...(mask === undefined ? {} : { mask }) },
      `${word}: network ${network}, last ${last}${more}, ${count} addresses`,
    );
  }
  const { host, port } = partsOf(word);
  const kind = port === undefined ? null : portKind(port);
  if (port !== undefined && kind === null) throw new UsageError(`${word}: ports are 0 to 65535.`);
  for (const address of await addressesOf(host)) {
    const facts = addressFacts(address);
    if (facts === null) throw new RemoteError(`${host} leads to ${address}, which is no address`);
    const { address: shown, family, kind: what, reach } = facts;
    await output.result(
      {
        host,
        address: shown,
        family,
        kind: what,
        reach,
        ...(port === undefined ? {} : { port, portKind: kind ?? "" }),
      },
      `${host === shown ? "" : `${host}: `}${shown} ${what}, reached by ${reach}` +
        (kind === null ? "" : `; ${port} is a ${kind}`),
    );
  }
}

/** A host and the port behind it; an IPv6 address has its own colons. */
function partsOf(word: string): { readonly host: string; readonly port?: number } {
  const bare = addressFacts(word) !== null ? null : /^(.*):(\d+)$/.exec(word);
  if (bare === null) return { host: word };
  return { host: (bare[1] ?? "").replace(/^\[(.*)\]$/, "$1"), port: Number(bare[2]) };
}

async function addressesOf(host: string): Promise<string[]> {
  if (addressFacts(host) !== null) return [host];
  try {
    return [...new Set((await lookup(host, { all: true })).map(({ address }) => address))];
  } catch {
    throw new RemoteError(`There is no address for ${host}`);
  }
}
