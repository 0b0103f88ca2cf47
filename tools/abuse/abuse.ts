import { NativeClient } from "../../protocol/native/mod.ts";
import { connect } from "../../protocol/transport/mod.ts";
import { between, type CoreTime, coreTime } from "../core_time.ts";
import { projectPath } from "../project.ts";
import { type Sample, slopePerMinute } from "../trend.ts";
import { total, WatchedServer } from "../watched_server.ts";

/** Who comes, and for how long. */
export interface AbusePlan {
  /** `ulimit -n` of the server. */
  readonly files: number;
  /** Connections that say nothing. */
  readonly flood: number;
  /** A quarter each: without a byte, with a header, a body, a TLS handshake that never get on. */
  readonly slow: number;
  /** Peers that ask and never read. */
  readonly greedy: number;
  /** Peers that ask for signs of life as fast as they can. */
  readonly pings: number;
  /** Frames of one byte, over one connection. */
  readonly frames: number;
  /** How long, in s. */
  readonly seconds: number;
  /** How many of those that were closed come again each second. */
  readonly again: number;
  /** Where they come from, in 127.0.0.0/8; the good client is 127.0.0.1. */
  readonly from: string;
  readonly seed: number;
  /** More options for the server. */
  readonly options: readonly string[];
}

/** One second of it. */
export interface Moment {
  readonly at: number;
  /** Resident memory in KiB. */
  readonly rss: number;
  /** Descriptors that the server has open. */
  readonly open: number;
  /** What the storm has come to so far. */
  readonly storm: Storm;
  /** Answers that the good client got in it, and the slowest one in ms. */
  readonly answers: number;
  readonly slowest: number;
  /** What the server and the good client had of the cores in it. */
  readonly server: CoreTime;
  readonly client: CoreTime;
}

/** An answer that the good client got, and where its time went. */
export interface Answer {
  /** From dialling on, in ms. */
  readonly ms: number;
  /** Until the system had made the connection, in ms: the server has no part in that, its listen queue has. */
  readonly dialled: number;
  /** What the server and the good client had of the cores meanwhile. */
  readonly server: CoreTime;
  readonly client: CoreTime;
}

/** Figures of the storm, from its beginning; `open` is those open now. */
export type Storm = Readonly<
  Record<"open" | "opened" | "ended" | "failed" | "bytes" | "frames", number>
>;

/** What it came to. */
export interface AbuseResult {
  readonly moments: readonly Moment[];
  /** All answers of the good client. */
  readonly answers: readonly Answer[];
  /** Why the good client got none. */
  readonly failures: readonly string[];
  /** Memory and descriptors before, and when all had gone. */
  readonly before: { readonly rss: number; readonly open: number };
  readonly after: { readonly rss: number; readonly open: number };
  /** Growth of memory in the second half, in KiB per minute. */
  readonly slope: number;
  /** Lines that the server logged. */
  readonly logged: number;
  /** How it ended. */
  readonly code: number;
}

/** How often the good client comes, in ms, and how long it waits. */
const PAUSE_MS = 100, PATIENCE_MS = 10_000;
/** How long descriptors may take to go after the storm, in ms. */
const CALM_MS = 20_000;

const CERTIFICATE = projectPath("protocol/transport/testdata/cert.pem");
const KEY = projectPath("protocol/transport/testdata/key.pem");

/** Starts a server, lets the storm loose on it, and asks it for an echo all the time. */
export async function runAbuse(
  plan: AbusePlan,
  onMoment: (moment: Moment) => void = () => {},
): Promise<AbuseResult> {
  await using server = await WatchedServer.start([
    ...["--listen", "tcp://127.0.0.1:0", "--listen", "tls://localhost:0"],
    ...["--listen", "tcp://127.0.0.1:0?speak=echo&framing=u32be"],
    ...["--tls-cert", CERTIFICATE, "--tls-key", KEY, "--log", "json", ...plan.options],
  ], plan.files);
  const [native = "", tls = "", framed = ""] = server.urls;
  const cores = async (): Promise<Cores> => ({
    server: await server.coreTime(),
    client: await coreTime(Deno.pid),
  });
  const client = new GoodClient(native, cores);
  await client.ask();
  const look = async () => {
    const holdings = await server.look();
    return { rss: holdings.rss, open: total(holdings) };
  };
  const before = await look();
  const moments: Moment[] = [];
  let last = await cores();
  const started = performance.now(), asking = client.askUntilStopped();
  const ports = { native: portOf(native), tls: portOf(tls), framed: portOf(framed) };
  for await (const storm of storms({ ...plan, ...ports })) {
    const at = (performance.now() - started) / 1000;
    const now = await cores();
    const moment = { at, ...await look(), storm, ...client.sinceLast(), ...spent(last, now) };
    last = now;
    moments.push(moment);
    onMoment(moment);
  }
  client.stop();
  await asking;
  const after = await calm(look, before.open);
  const logged = server.logged;
  const samples: Sample[] = moments.map(({ at, rss }) => ({ at: 1000 * at, value: rss }));
  const code = await server.end();
  const { answers, failures } = client;
  const slope = slopePerMinute(samples);
  return { moments, answers, failures, before, after, slope, logged, code };
}

/** What both sides have had of the cores. */
type Cores = Pick<Answer, "server" | "client">;

/** What they had between two looks. */
function spent(before: Cores, after: Cores): Cores {
  return {
    server: between(before.server, after.server),
    client: between(before.client, after.client),
  };
}

/** Waits until the descriptors are as few as before, but not for ever. */
async function calm<Look extends { readonly open: number }>(
  look: () => Promise<Look>,
  before: number,
): Promise<Look> {
  const until = performance.now() + CALM_MS;
  for (;;) {
    const now = await look();
    if (now.open <= before || performance.now() > until) return now;
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
}

/** A client that does nothing wrong. */
class GoodClient {
  readonly answers: Answer[] = [];
  readonly failures: string[] = [];
  readonly #url: string;
  readonly #cores: () => Promise<Cores>;
  #told = 0;
  #stopped = false;

  constructor(url: string, cores: () => Promise<Cores>) {
    this.#url = url;
    this.#cores = cores;
  }

  /** Dials, asks once, and hangs up. */
  async ask(): Promise<void> {
    const before = await this.#cores();
    const started = performance.now(), passed = () => performance.now() - started;
    try {
      const connection = await connect(this.#url, { connectTimeoutMs: PATIENCE_MS });
      const dialled = passed();
      const client = await NativeClient.over(connection, { handshakeTimeoutMs: PATIENCE_MS });
      try {
        const exchange = await client.open("echo");
        await exchange.send(Uint8Array.of(42));
        const answer = await exchange.receive();
        if (answer?.bytes[0] !== 42) throw new Error("The answer is wrong");
        await exchange.end();
        const ms = passed();
        this.answers.push({ ms, dialled, ...spent(before, await this.#cores()) });
      } finally {
        client.close();
      }
    } catch (error) {
      this.failures.push(String(error));
    }
  }

  async askUntilStopped(): Promise<void> {
    while (!this.#stopped) {
      await this.ask();
      await new Promise((resolve) => setTimeout(resolve, PAUSE_MS));
    }
  }

  stop(): void {
    this.#stopped = true;
  }

  /** Answers since it was asked last. */
  sinceLast(): { answers: number; slowest: number } {
    const fresh = this.answers.slice(this.#told);
    this.#told = this.answers.length;
    return { answers: fresh.length, slowest: Math.max(0, ...fresh.map(({ ms }) => ms)) };
  }
}

/** Lets the storm loose; its figures of each second. */
async function* storms(plan: object): AsyncGenerator<Storm> {
  const child = new Deno.Command("python3", {
    args: [projectPath("tools/abuse/storm.py")],
    stdin: "piped",
    stdout: "piped",
    stderr: "inherit",
  }).spawn();
  const writer = child.stdin.getWriter();
  await writer.write(new TextEncoder().encode(JSON.stringify(plan)));
  await writer.close();
  let rest = "";
  for await (const part of child.stdout.pipeThrough(new TextDecoderStream())) {
    const lines = (rest + part).split("\n");
    rest = lines.pop() ?? "";
    for (const line of lines) yield JSON.parse(line);
  }
  const { success } = await child.status;
  if (!success) throw new Error("The storm broke off");
}

function portOf(url: string): number {
  return Number(new URL(url).port);
}
