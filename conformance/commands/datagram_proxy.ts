import { type OptionValues, UsageError } from "../../cli/options.ts";
import { ListenError } from "../../protocol/transport/mod.ts";
import { addsUp, type LaneCounts } from "../proxy/datagram_lane.ts";
import { type DatagramProxy, startDatagramProxy } from "../proxy/datagram_proxy.ts";
import { parseFaults } from "../proxy/parse_faults.ts";
import { Interrupt } from "./interrupt.ts";
import { PROXY_OPTIONS } from "./proxy_options.ts";

type Settings = OptionValues<typeof PROXY_OPTIONS>;

/** A file that lines are added to. */
export interface LineFile extends Disposable {
  /** Adds one. */
  add(line: string): void;
}

const PASS = 0, FAULT = 70;

/** `proxy` between `udp://` places, until SIGINT or SIGTERM; resolves to the exit code. */
export async function serveDatagramProxy(
  to: string,
  values: Settings,
  record: LineFile | null,
  write: (line: string) => void,
): Promise<number> {
  const { json } = values;
  using interrupt = new Interrupt();
  const interrupted = new Promise<void>((resolve) =>
    interrupt.signal.addEventListener("abort", () => resolve())
  );
  await using proxy = await started(
    to,
    values,
    record,
    (note) => write(json ? JSON.stringify({ event: "note", note }) : `note: ${note}`),
  );
  const { seed, endpoint } = proxy;
  write(
    json
      ? JSON.stringify({ event: "start", seed, listen: endpoint, to, faults: values.faults })
      : `seed ${seed}\nlistening ${endpoint}, to ${to}, faults ${values.faults || "none"}`,
  );
  await interrupted;
  // What is held back goes out, so that the sums are complete.
  await proxy[Symbol.asyncDispose]();
  const { stats } = proxy;
  const right = [stats.up, stats.down].every((lane) => addsUp(lane) && lane.underWay === 0);
  write(
    json ? JSON.stringify({ event: "end", ...stats, addsUp: right }) : formatSums(stats, right),
  );
  return right ? PASS : FAULT;
}

async function started(
  to: string,
  values: Settings,
  record: LineFile | null,
  onNote: (note: string) => void,
): Promise<DatagramProxy> {
  const faults = parseFaults(values.faults), { direction, seed } = values;
  const only = (one: "up" | "down") => direction === "both" || direction === one ? faults : {};
  try {
    return await startDatagramProxy({
      // What is not said is said for streams.
      listen: values.listen === PROXY_OPTIONS.listen.defaultText
        ? "udp://127.0.0.1:0"
        : values.listen,
      to,
      faults: { up: only("up"), down: only("down") },
      maxClients: values["max-connections"],
      expiryMs: values["idle-timeout"],
      onNote,
      ...(seed === undefined ? {} : { seed }),
      ...(record === null ? {} : { onRecord: (line: string) => record.add(line) }),
    });
  } catch (error) {
    if (error instanceof ListenError) throw new UsageError(`${error.message}.`);
    throw error;
  }
}

function formatSums(
  { clients, up, down }: DatagramProxy["stats"],
  right: boolean,
): string {
  return [
    `${clients} clients`,
    `  up    ${laneText(up)}`,
    `  down  ${laneText(down)}`,
    right ? "sent = delivered + lost + rejected" : "DOES NOT ADD UP: a fault in the proxy",
  ].join("\n");
}

function laneText(lane: LaneCounts): string {
  const { received, sent, delivered, lost, rejected } = lane;
  const { duplicated, reordered, truncated, corrupted, wrongPeer } = lane;
  return `${received} received, ${sent} sent = ${delivered} delivered + ${lost} lost + ${rejected} rejected ` +
    `(${duplicated} doubled, ${reordered} held back, ${truncated} cut, ${corrupted} corrupted, ` +
    `${wrongPeer} from a wrong peer)`;
}
