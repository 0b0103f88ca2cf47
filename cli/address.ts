import ipaddr from "ipaddr.js";

/** Who can reach an address. */
export type Reach = "this machine" | "this link" | "private networks" | "everybody" | "nobody";

/** What is known of an address. */
export interface AddressFacts {
  /** The address as it is usually written; IPv4 in IPv6 as IPv4. */
  readonly address: string;
  /** `4` or `6`. */
  readonly family: 4 | 6;
  /** What it is for: `loopback`, `private`, `link-local`, `public`, … */
  readonly kind: string;
  /** Who can reach it. */
  readonly reach: Reach;
}

/** A network: an address and how many of its bits name it. */
export interface NetworkFacts {
  /** The first address with the bits behind it, as in `10.0.0.0/8`. */
  readonly network: string;
  /** The last address; in IPv4 the broadcast address. */
  readonly last: string;
  /** The mask, in IPv4. */
  readonly mask?: string;
  /** How many addresses it has. */
  readonly addresses: bigint;
}

/** Ranges of the library in common words, and who can reach them (RFC 6890, RFC 4193, RFC 6598). */
const KINDS: Readonly<Record<string, readonly [kind: string, reach: Reach]>> = {
  unspecified: ["any address", "everybody"],
  loopback: ["loopback", "this machine"],
  linkLocal: ["link-local", "this link"],
  private: ["private", "private networks"],
  uniqueLocal: ["private", "private networks"],
  carrierGradeNat: ["carrier-grade NAT", "private networks"],
  multicast: ["multicast", "nobody"],
  broadcast: ["broadcast", "this link"],
  unicast: ["public", "everybody"],
};

/** What is known of an address; null if the text is none. Zones (`%eth0`) are left out. */
export function addressFacts(text: string): AddressFacts | null {
  const plain = text.replace(/^\[(.*)\]$/, "$1").replace(/%[\w.%-]+$/, "");
  // Octal and short forms such as 010.1 mean different things to different programs.
  if (!ipaddr.IPv4.isValidFourPartDecimal(plain) && !ipaddr.IPv6.isValid(plain)) return null;
  const address = ipaddr.process(plain);
  const range = address.range();
  const [kind, reach] = KINDS[range] ??
    [range.replace(/[A-Z0-9]+/g, (c) => ` ${c.toLowerCase()}`), "nobody"];
  return { address: address.toString(), family: address.kind() === "ipv4" ? 4 : 6, kind, reach };
}

/** The network that `ADDRESS/BITS` or `ADDRESS/MASK` names; null if it names none. */
export function networkFacts(text: string): NetworkFacts | null {
  const [address = "", mask = "", ...more] = text.split("/");
  const facts = addressFacts(address);
  const bits = facts === null || more.length > 0 ? null : bitsOf(mask, facts.family);
  if (facts === null || bits === null) return null;
  const bytes = ipaddr.parse(facts.address).toByteArray();
  const edge = (one: boolean) =>
    ipaddr.fromByteArray(bytes.map((byte, i) => {
      const kept = Math.min(8, Math.max(0, bits - 8 * i));
      const host = 0xff >> kept;
      return one ? byte | host : byte & ~host & 0xff;
    })).toString();
  const length = 8 * bytes.length;
  return {
    network: `${edge(false)}/${bits}`,
    last: edge(true),
    ...(facts.family === 4
      ? { mask: ipaddr.IPv4.subnetMaskFromPrefixLength(bits).toString() }
      : {}),
    addresses: 2n ** BigInt(length - bits),
  };
}

/** The range that a port belongs to (RFC 6335, 6); null for what is no port from 0 to 65535. */
export function portKind(port: number): string | null {
  if (!Number.isInteger(port) || port < 0 || port > 65_535) return null;
  if (port === 0) return "any free port";
  return port < 1024 ? "system port" : port < 49_152 ? "user port" : "dynamic port";
}

function bitsOf(mask: string, family: 4 | 6): number | null {
  const most = family === 4 ? 32 : 128;
  if (/^\d{1,3}$/.test(mask)) return Number(mask) <= most ? Number(mask) : null;
  if (family === 6 || !ipaddr.IPv4.isValidFourPartDecimal(mask)) return null;
  return ipaddr.IPv4.parse(mask).prefixLengthFromSubnetMask();
}

/** A network, to be asked which addresses are in it. */
export interface Network {
  /** As it is usually written. */
  readonly text: string;
  /** Whether an address is in it; IPv4 in IPv6 counts as IPv4. */
  contains(address: string): boolean;
}

/** Reads `ADDRESS`, `ADDRESS/BITS` or `ADDRESS/MASK`; null for anything else. */
export function networkOf(text: string): Network | null {
  const facts = networkFacts(text.includes("/") ? text : `${text}/${widthOf(text)}`);
  if (facts === null) return null;
  const range = ipaddr.parseCIDR(facts.network);
  return {
    text: facts.network,
    contains(address) {
      const known = addressFacts(address);
      if (known === null) return false;
      const parsed = ipaddr.parse(known.address);
      return parsed.kind() === range[0].kind() && parsed.match(range);
    },
  };
}

/** What stands for one household: an IPv4 address, or the 64 bits of an IPv6 network (RFC 4291, 2.5.4). */
export function sourceOf(address: string): string | null {
  const facts = addressFacts(address);
  if (facts === null) return null;
  return facts.family === 4 ? facts.address : networkFacts(`${facts.address}/64`)?.network ?? null;
}

function widthOf(address: string): number {
  return addressFacts(address)?.family === 6 ? 128 : 32;
}
