import { orderAt, orderCount } from "../datagrams/orders.ts";
import { FRAGMENT_HEADER_LENGTH } from "../../protocol/framing/mod.ts";
import type { CoveredSet } from "../strategy/covered_set.ts";
import type { Stimulus } from "../stimulus/stimulus.ts";
import type { Covered } from "./covered.ts";
import type { PassingPlay } from "./passing_plays.ts";

/** Sets whose volleys differ in which datagrams are sent, and in what order. */
export type VolleySet = CoveredSet & { kind: "orders" | "losses" | "lengths" };

/** The first letter of the first payload of a volley. */
const FIRST_LETTER = "a".charCodeAt(0);

/** Counts the members of a set among volleys that were right, by what the datagrams themselves say of their places. */
export function coveredVolleys(set: VolleySet, plays: readonly PassingPlay[]): Covered {
  const passed = new Set<string>(), proven = new Set<string>();
  for (const { play, proven: isProven } of plays) {
    const key = keyOf(set, play.delivery.stimulus);
    passed.add(key);
    if (isProven) proven.add(key);
  }
  const members = [...new Set(membersOf(set))];
  return {
    proven: members.filter((key) => proven.has(key)).length,
    passed: members.filter((key) => passed.has(key)).length,
    total: members.length,
  };
}

/** What a volley is a member of: how many there are of the first message, and which of them, in their order. */
function keyOf(set: VolleySet, { parts }: Stimulus): string {
  if (set.kind === "lengths") return String(parts[0]?.wire.length ?? 0);
  const isFragments = parts.some((part) =>
    part.kind === "frame" && part.bodyAt === FRAGMENT_HEADER_LENGTH
  );
  const wires = parts.map(({ wire }) => wire);
  if (isFragments) return fragmentKey(wires);
  const places = wires.map((wire) => LETTERS.indexOf(wire[0] ?? 0));
  return `${set.kind === "losses" ? set.most : wires.length}: ${places.join()}`;
}

/** Payloads number themselves by letters, without those that no payload has. */
const LETTERS = Array.from({ length: 26 }, (_, i) => FIRST_LETTER + i);

function fragmentKey(wires: readonly Uint8Array[]): string {
  const headers = wires.map((wire) => new DataView(wire.buffer, wire.byteOffset, wire.length));
  const [first] = headers;
  if (first === undefined || first.byteLength < FRAGMENT_HEADER_LENGTH) return "";
  const id = first.getBigUint64(0);
  const own = headers.filter((header) =>
    header.byteLength >= FRAGMENT_HEADER_LENGTH && header.getBigUint64(0) === id
  );
  return `${first.getUint16(10)}: ${own.map((header) => header.getUint16(8)).join()}`;
}

function membersOf(set: VolleySet): string[] {
  if (set.kind === "lengths") return set.lengths.map(String);
  const members: string[] = [];
  for (let count = set.kind === "losses" ? set.least : 1; count <= set.most; count++) {
    if (set.kind === "orders") {
      for (let i = 0; i < orderCount(count); i++) {
        members.push(`${count}: ${orderAt(count, i).join()}`);
      }
      continue;
    }
    for (let mask = 1; mask < 2 ** count; mask++) {
      const kept = Array.from({ length: count }, (_, i) => i).filter((i) => (mask >> i) & 1);
      members.push(`${count}: ${kept.join()}`);
    }
  }
  return members;
}
