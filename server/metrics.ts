import { type Endpoint, formatEndpoint } from "../protocol/transport/mod.ts";

/** What a server counts. */
export interface Metrics {
  /** A connection was let in. */
  opened(): void;
  /** A connection is over. */
  closed(): void;
  /** A connection was refused at the door. */
  refused(why: string): void;
  /** A connection failed; `kind` is the name of its error. */
  failed(kind: string): void;
  /** An exchange of nonstick/1 is over; `outcome` is `ok` or the code of its error. */
  exchanged(service: string, outcome: string, bytesIn: number, bytesOut: number): void;
  /** All of it in the text format of Prometheus. */
  text(): string;
}

/**
 * Numbers with labels, as Prometheus reads them (text exposition format 0.0.4). The library for it, prom-client, cannot be
 * compiled into a program: deno overflows its stack on one of its parts (bintrees).
 */
class Family {
  readonly #head: string;
  readonly #name: string;
  readonly #values = new Map<string, number>();

  constructor(name: string, type: "counter" | "gauge", help: string) {
    this.#name = `nonstick_${name}`;
    this.#head = `# HELP ${this.#name} ${help}\n# TYPE ${this.#name} ${type}\n`;
  }

  add(by: number, labels: Readonly<Record<string, string>> = {}): void {
    const pairs = Object.entries(labels).map(([name, value]) => `${name}="${escaped(value)}"`);
    const key = pairs.length === 0 ? "" : `{${pairs.join(",")}}`;
    this.#values.set(key, (this.#values.get(key) ?? 0) + by);
  }

  text(): string {
    const lines = [...this.#values].map(([labels, value]) => `${this.#name}${labels} ${value}\n`);
    return this.#head + lines.join("");
  }
}

/** A label's value: three characters have to be escaped. */
function escaped(value: string): string {
  return value.replace(/[\\"\n]/g, (char) => char === "\n" ? "\\n" : `\\${char}`);
}

/** Services that a client can make up would be labels without end: those that are not there are one. */
const UNKNOWN = "unknown-service";

/** Counters in memory. */
export function countMetrics(): Metrics {
  const open = new Family("connections", "gauge", "connections being served");
  const accepted = new Family("connections_total", "counter", "connections that were let in");
  const refused = new Family("connections_refused_total", "counter", "connections that were not");
  const failed = new Family("connections_failed_total", "counter", "connections that failed");
  const exchanges = new Family("exchanges_total", "counter", "exchanges of nonstick/1");
  const bytes = new Family("exchange_bytes_total", "counter", "bytes of exchanges");
  open.add(0);
  accepted.add(0);
  return {
    opened() {
      accepted.add(1);
      open.add(1);
    },
    closed: () => open.add(-1),
    refused: (why) => refused.add(1, { why }),
    failed: (kind) => failed.add(1, { kind }),
    exchanged(name, outcome, bytesIn, bytesOut) {
      const service = outcome === UNKNOWN ? "" : name;
      exchanges.add(1, { service, outcome });
      bytes.add(bytesIn, { service, direction: "in" });
      bytes.add(bytesOut, { service, direction: "out" });
    },
    text: () =>
      [open, accepted, refused, failed, exchanges, bytes].map((family) => family.text()).join(""),
  };
}

/** A small HTTP server for whoever watches this one. */
export interface MetricsServer extends AsyncDisposable {
  /** Where it listens, with the real port. */
  readonly endpoint: string;
}

/**
 * Serves `/healthz` (200 while the server takes connections, 503 while it stops) and `/metrics`.
 *
 * @throws {Error} if the endpoint cannot be listened on.
 */
export function serveMetrics(
  endpoint: Endpoint & { readonly scheme: "tcp" | "unix" },
  metrics: Metrics,
  stopping: AbortSignal,
): MetricsServer {
  const handler = (request: Request) => {
    const { pathname } = new URL(request.url);
    if (request.method !== "GET" && request.method !== "HEAD") return answer(405, "GET only\n");
    if (pathname === "/healthz") {
      return stopping.aborted ? answer(503, "stopping\n") : answer(200, "ok\n");
    }
    if (pathname === "/metrics") return answer(200, metrics.text());
    return answer(404, "There are /healthz and /metrics\n");
  };
  const quiet = { onListen: () => {} };
  const server = endpoint.scheme === "unix"
    ? Deno.serve({ path: endpoint.path, ...quiet }, handler)
    : Deno.serve({ hostname: endpoint.hostname, port: endpoint.port, ...quiet }, handler);
  const { addr } = server;
  return {
    endpoint: endpoint.scheme === "tcp" && addr.transport === "tcp"
      ? formatEndpoint({ ...endpoint, port: addr.port })
      : formatEndpoint(endpoint),
    async [Symbol.asyncDispose]() {
      await server.shutdown();
    },
  };
}

function answer(status: number, text: string): Response {
  return new Response(text, { status, headers: { "content-type": "text/plain; version=0.0.4" } });
}
