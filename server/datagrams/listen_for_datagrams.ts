import { datagramAddressText, TruncatedDatagramError } from "../../protocol/transport/mod.ts";
import type { Doorkeeper } from "../doorkeeper.ts";
import { FloodGate } from "../flood_gate.ts";
import type { DatagramPlan } from "../listener_plan.ts";
import type { Log } from "../log.ts";
import type { Metrics } from "../metrics.ts";
import { type DatagramServer, serveDatagrams } from "./serve_datagrams.ts";

/** Log lines about refusals, at once and each second: who can forge datagrams must not fill the disk. */
const LINES_AT_ONCE = 20, LINES_PER_SECOND = 1;

/** Serves datagrams as the program does: with its door, its log and its counters. */
export async function listenForDatagrams(
  { endpoint, framing, maxMessageLength, answer }: DatagramPlan,
  door: Doorkeeper,
  log: Log,
  metrics: Metrics | null,
): Promise<DatagramServer> {
  const lines = new FloodGate(LINES_AT_ONCE, LINES_PER_SECOND);
  const server: DatagramServer = await serveDatagrams(answer, {
    listen: endpoint,
    ...(framing === null ? {} : { fragments: { maxMessageLength } }),
    // The system lets in who comes by a path.
    admits: (from) => from.scheme !== "udp" || door.refusalOf(from.hostname) === null,
    refused: (why, { from, bytes }) => {
      metrics?.refused(why);
      const peer = datagramAddressText(from);
      const fields = { listener: server.endpoint, peer, why, bytes: bytes.length };
      if (lines.pass()) log.add("warn", "datagram-refused", fields);
    },
    error: (error, datagram) => {
      metrics?.failed(error instanceof Error ? error.name : "unknown");
      const from = datagram?.from ?? (error instanceof TruncatedDatagramError ? error.from : null);
      const peer = from === null ? "" : datagramAddressText(from);
      const fields = { listener: server.endpoint, peer };
      if (lines.pass()) log.failure(error, fields, "datagram-failed");
    },
  });
  return server;
}
