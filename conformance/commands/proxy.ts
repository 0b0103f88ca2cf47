import { messageOf } from "../../cli/message_of.ts";
import { readNamedFile } from "../../cli/named_file.ts";
import { type OptionValues, parseOptions, type Source, UsageError } from "../../cli/options.ts";
import { hexText } from "../../protocol/framing/hex.ts";
import { ConnectError, ListenError } from "../../protocol/transport/mod.ts";
import { TargetStartError } from "../player/target.ts";
import { CHUNKING_KINDS } from "../proxy/parse_chunking.ts";
import { type Proxy, type ProxyOptions, startProxy } from "../proxy/proxy.ts";
import { type ProxyRecord, readProxyRecord } from "../proxy/record.ts";
import { recordedBytes, type ReplayOptions, replayProxyRecord } from "../proxy/replay.ts";
import { formatConnection, formatReplayed, formatStats, isSame } from "../proxy/report.ts";
import { FAULT_FORMS } from "../proxy/parse_faults.ts";
import type { Command } from "./command.ts";
import { serveDatagramProxy } from "./datagram_proxy.ts";
import { Interrupt } from "./interrupt.ts";
import { PROXY_OPTIONS } from "./proxy_options.ts";

type Settings = OptionValues<typeof PROXY_OPTIONS>;
type Write = (line: string) => void;

const PASS = 0, DIFFERENT = 1, NOT_THERE = 4, FAULT = 70;

const EXIT_CODES = [
  ["0", "transparent; of --replay: the same answers"],
  ["1", "of --replay: other answers"],
  ["2", "usage"],
  ["4", "the target was never there"],
  ["70", "the proxy changed or lost bytes, or its sums do not add up: a fault in the harness"],
] as const;

/** `proxy`: cuts live traffic, records it and plays it again. */
export const PROXY: Command = {
  name: "proxy",
  summary: "cut live traffic in both directions, record it, play it again",
  page: {
    text: {
      usage: [
        "nonstick-conformance proxy --to URL [--listen URL] [--chunking RULE] [OPTION]...",
        "nonstick-conformance proxy --replay FILE --to URL [OPTION]...",
        "nonstick-conformance proxy --export FILE [--direction up|down] [--out FILE]",
      ],
      about:
        "Stands between clients and a target and passes every byte on, cut and joined by a rule. Each chunk\n" +
        "is read by the other side before the next one is written, where the kernel can tell. What came in\n" +
        "and what went out is hashed and compared. It ends by --once or by SIGINT or SIGTERM.",
      tables: {
        "Rules": CHUNKING_KINDS.map(({ form, help, framed }) =>
          [form, `${help}${framed ? " (needs --framing)" : ""}`] as const
        ),
        "Faults, between udp:// places": Object.values(FAULT_FORMS).map(({ form, help }) =>
          [form, help] as const
        ),
        "Exit codes": EXIT_CODES,
      },
      examples: [
        [
          "nonstick-conformance proxy --listen tcp://127.0.0.1:7001 --to tcp://127.0.0.1:7000 \\\n" +
          "      --chunking header:3 --framing u32be",
          "cut every length prefix behind its third byte",
        ],
        [
          "nonstick-conformance proxy --to tcp://127.0.0.1:7000 --chunking up=random,down=drip --record x.jsonl",
          "requests at random, answers byte by byte, and a record of both",
        ],
        [
          "nonstick-conformance proxy --listen udp://127.0.0.1:0 --to udp://127.0.0.1:7000 \\\n" +
          "      --faults loss=0.1,duplication=0.05,reorder=0.1,delay=1..30,mtu=1232 --seed 1",
          "a bad network between real sockets",
        ],
        [
          "nonstick-conformance proxy --replay x.jsonl --to tcp://127.0.0.1:7000",
          "the same requests in the same chunks again",
        ],
        [
          "nonstick-conformance proxy --export x.jsonl --out requests.bin",
          "the requests as a stream, for run --expect invariance --stream requests.bin",
        ],
      ],
    },
    options: PROXY_OPTIONS,
  },
  run: runProxy,
};

async function runProxy(
  args: readonly string[],
  write: Write,
  sources: readonly Source[] = [],
): Promise<number> {
  const { values, words } = parseOptions(PROXY_OPTIONS, args, sources);
  if (words.length > 0) {
    throw new UsageError(`proxy takes options only; ${words.join(" ")} is too much.`);
  }
  if (values.export !== undefined) return await exportBytes(values.export, values, write);
  const { to } = values;
  if (to === undefined) throw new UsageError("--to URL is missing, such as tcp://127.0.0.1:7000.");
  if (/^(udp|unixgram):/.test(to)) {
    if (values.replay !== undefined) {
      throw new UsageError("A record of datagrams cannot be replayed; --seed repeats the faults.");
    }
    using record = await openRecord(values.record);
    return await serveDatagramProxy(to, values, record, write);
  }
  if (values.faults !== "") throw new UsageError("--faults is for udp:// places only.");
  if (values.replay === undefined) return await serve(to, values, write);
  return await replayRecordFile(values.replay, await replayOptions(to, values), write, values.json);
}

async function serve(to: string, values: Settings, write: Write): Promise<number> {
  const { json } = values;
  using record = await openRecord(values.record);
  using interrupt = new Interrupt();
  await using proxy = await started({
    ...await proxyOptions(to, values),
    ...(record ? { onRecord: (line: string) => record.add(line) } : {}),
    onConnection: (one) =>
      write(json ? JSON.stringify({ event: "connection", ...one }) : formatConnection(one)),
    onNote: (note) => write(json ? JSON.stringify({ event: "note", note }) : `note: ${note}`),
  });
  const { seed, endpoint, stats } = proxy;
  const chunking = chunkingOf(values);
  write(
    json
      ? JSON.stringify({ event: "start", seed, listen: endpoint, to, chunking })
      : `seed ${seed}\nlistening ${endpoint}, to ${to}, chunking ${chunking}`,
  );
  const interrupted = new Promise<void>((resolve) =>
    interrupt.signal.addEventListener("abort", () => resolve())
  );
  await Promise.race([proxy.finished, interrupted]);
  // Ends what is still open, so that the sums are complete.
  await proxy[Symbol.asyncDispose]();
  write(json ? JSON.stringify({ event: "end", ...stats }) : formatStats(stats));
  if (stats.mismatches > 0) return FAULT;
  return stats.connections === 0 && stats.refused > 0 ? NOT_THERE : PASS;
}

async function started(options: ProxyOptions): Promise<Proxy> {
  try {
    return await startProxy(options);
  } catch (error) {
    if (error instanceof ListenError) throw new UsageError(`${error.message}.`);
    throw error;
  }
}

/** Plays a record of a proxy against a target and tells whether the answers are the same; resolves to the exit code. */
export async function replayRecordFile(
  path: string,
  options: ReplayOptions,
  write: Write,
  json = false,
): Promise<number> {
  const record = await readRecord(path, "--replay");
  try {
    const replayed = await replayProxyRecord(record, options);
    for (const one of replayed) {
      const { expected, got, ...told } = one;
      const object = { event: "replayed", ...told, expected: hexText(expected), got: hexText(got) };
      write(json ? JSON.stringify(object) : formatReplayed(one));
    }
    return replayed.every(isSame) ? PASS : DIFFERENT;
  } catch (error) {
    if (error instanceof ConnectError) throw new TargetStartError(error.message);
    throw error;
  }
}

async function exportBytes(path: string, values: Settings, write: Write): Promise<number> {
  const { direction, connection, out } = values;
  const record = await readRecord(path, "--export");
  const bytes = recordedBytes(record, direction === "both" ? "up" : direction, connection);
  if (out === undefined) write(hexText(bytes));
  else {
    try {
      await Deno.writeFile(out, bytes);
    } catch (error) {
      throw new UsageError(`Cannot write the file of --out: ${messageOf(error)}.`);
    }
  }
  return PASS;
}

/** The rule as it was asked for, with `--direction` worked in. */
function chunkingOf({ chunking, direction }: Settings): string {
  if (direction === "both") return chunking;
  if (chunking.includes("=")) {
    throw new UsageError(`--direction does not go with --chunking ${chunking}; leave it away.`);
  }
  return `${direction}=${chunking}`;
}

async function proxyOptions(to: string, values: Settings): Promise<ProxyOptions> {
  const { framing, seed } = values;
  const ca = values["tls-ca"], cert = values["tls-cert"], key = values["tls-key"];
  return {
    listen: values.listen,
    to,
    chunking: chunkingOf(values),
    holdMs: values.hold,
    bufferBytes: values.buffer,
    maxConnections: values["max-connections"],
    once: values.once,
    idleMs: values["idle-timeout"],
    edgeMs: values["edge-timeout"],
    edgeMethod: values["edge-method"],
    ...(framing === undefined ? {} : { framing }),
    ...(seed === undefined ? {} : { seed }),
    ...(ca === undefined ? {} : { caCerts: [await readNamedFile("--tls-ca", ca)] }),
    ...(cert === undefined || key === undefined ? {} : {
      tls: {
        cert: await readNamedFile("--tls-cert", cert),
        key: await readNamedFile("--tls-key", key),
      },
    }),
  };
}

async function replayOptions(to: string, values: Settings): Promise<ReplayOptions> {
  const { connection, timeout } = values;
  const ca = values["tls-ca"];
  return {
    to,
    timeoutMs: timeout,
    edgeMethod: values["edge-method"],
    ...(connection === undefined ? {} : { connection }),
    ...(ca === undefined ? {} : { caCerts: [await readNamedFile("--tls-ca", ca)] }),
  };
}

async function readRecord(path: string, option: string): Promise<ProxyRecord> {
  return readProxyRecord((await readNamedFile(option, path)).split("\n"));
}

/** A record as a file, written while the proxy runs, so that it outlives a proxy that does not. */
async function openRecord(
  path: string | undefined,
): Promise<{ add(line: string): void } & Disposable | null> {
  if (path === undefined) return null;
  try {
    const file = await Deno.create(path);
    const encoder = new TextEncoder();
    return {
      add(line) {
        const bytes = encoder.encode(`${line}\n`);
        for (let at = 0; at < bytes.length;) at += file.writeSync(bytes.subarray(at));
      },
      [Symbol.dispose]: () => file.close(),
    };
  } catch (error) {
    throw new UsageError(`Cannot write the file of --record: ${messageOf(error)}.`);
  }
}
