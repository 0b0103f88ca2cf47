import { showBytes } from "../judge/show_bytes.ts";
import type { FlowReport } from "./flow.ts";
import type { DirectionStats, ProxiedConnection, ProxyStats } from "./proxy.ts";
import type { ReplayedConnection } from "./replay.ts";

/** One connection through the proxy, as lines. */
export function formatConnection({ connection, up, down, transparent }: ProxiedConnection): string {
  const verdict = transparent ? "transparent" : "NOT TRANSPARENT";
  return [
    `connection ${connection}: ${verdict}`,
    `  up    ${flowText(up)}`,
    `  down  ${flowText(down)}`,
  ].join("\n");
}

/** The sums, as a line. */
export function formatStats({ connections, refused, mismatches, up, down }: ProxyStats): string {
  const parts = [
    `${connections} connections`,
    `up ${sumText(up)}`,
    `down ${sumText(down)}`,
    mismatches === 0 ? "transparent" : `NOT TRANSPARENT: ${mismatches} connections`,
  ];
  if (refused > 0) parts.push(`${refused} without a target`);
  return parts.join("; ");
}

/** A replayed connection, as lines. */
export function formatReplayed(one: ReplayedConnection): string {
  const { connection, expected, got, differsAt, stopped, proven, assumed } = one;
  const edges = `${proven} edges proven, ${assumed} assumed`;
  const head =
    `connection ${connection}: ${got.length} bytes came back, ${expected.length} recorded`;
  if (differsAt === undefined && stopped === undefined) return `${head}; the same (${edges})`;
  const lines = [`${head}; NOT THE SAME (${edges})`];
  if (differsAt !== undefined) {
    lines.push(
      `  from byte ${differsAt}: recorded ${shown(expected, differsAt)}, came ${
        shown(got, differsAt)
      }`,
    );
  }
  if (stopped !== undefined) lines.push(`  ${stopped}`);
  return lines.join("\n");
}

/** Whether what came back is what was recorded. */
export function isSame({ differsAt, stopped }: ReplayedConnection): boolean {
  return differsAt === undefined && stopped === undefined;
}

function flowText({ bytesOut, chunks, cuts, proven, assumed, end, hashIn, hashOut }: FlowReport) {
  const ends = { fin: "closed", reset: "reset", refused: "not read to its end" } as const;
  const hash = hashIn === hashOut ? hashIn : `${hashIn} in, ${hashOut} out`;
  return `${bytesOut} bytes in ${chunks} chunks (${cuts} cut by the rule; ${proven} edges proven, ` +
    `${assumed} assumed), ${ends[end]}, sha256 ${hash}`;
}

function sumText({ bytes, chunks, proven, assumed }: DirectionStats): string {
  return `${bytes} bytes in ${chunks} chunks, ${proven} edges proven, ${assumed} assumed`;
}

function shown(bytes: Uint8Array, at: number): string {
  return at < bytes.length ? showBytes(bytes.subarray(at)) : "nothing";
}
