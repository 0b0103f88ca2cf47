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
  /** All numbers, to be sent to another thread. */
  counts(): Counts;
  /** All of it in the text format of Prometheus, added to what `workers` have counted. */
  text(workers?: readonly Counts[]): string;
}

/** Numbers by family and by labels as they are written. */
export type Counts = Readonly<Record<string, readonly (readonly [string, number])[]>>;

/**
 * Numbers with labels, as Prometheus reads them (text exposition format 0.0.4). The library for it, prom-client, cannot be
 * compiled into a program: deno overflows its stack on one of its parts (bintrees).
 */
class Family {
  readonly name: string;
  readonly #head: string;
  readonly #values = new Map<string, number>();

  /** Begins at nothing. */
  constructor(name: string, type: "counter" | "gauge", help: string) {
    this.name = `nonstick_${name}`;
    this.#head = `# HELP ${this.name} ${help}\n# TYPE ${this.name} ${type}\n`;
  }

  add(by: number, labels: Readonly<Record<string, string>> = {}): void {
    const pairs = Object.entries(labels).map(([name, value]) => `${name}="${escaped(value)}"`);
    addTo(this.#values, pairs.length === 0 ? "" : `{${pairs.join(",")}}`, by);
  }

  /** The numbers by their labels. */
  get values(): Counts[string] {
    return [...this.#values];
  }

  /** The numbers, added to those that others have counted. */
  text(others: readonly Counts[]): string {
    const sum = new Map(this.#values);
    for (const counts of others) {
      for (const [labels, value] of counts[this.name] ?? []) addTo(sum, labels, value);
    }
    return this.#head +
      [...sum].map(([labels, value]) => `${this.name}${labels} ${value}\n`).join("");
  }
}

function addTo(values: Map<string, number>, labels: string, by: number): void {
  values.set(labels, (values.get(labels) ?? 0) + by);
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
  const families = [open, accepted, refused, failed, exchanges, bytes];
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
    counts: () => Object.fromEntries(families.map(({ name, values }) => [name, values])),
    text: (workers = []) =>
      families.map((family) => family.text(workers)).join("") +
      (workers.length === 0 ? "" : sharesOf(workers, open, accepted)),
  };
}

/** How the connections are shared out among the workers. */
function sharesOf(workers: readonly Counts[], open: Family, accepted: Family): string {
  const now = new Family("worker_connections", "gauge", "connections by worker");
  const total = new Family("worker_connections_total", "counter", "connections let in by worker");
  workers.forEach((counts, i) => {
    const worker = String(i + 1);
    for (const [, value] of counts[open.name] ?? []) now.add(value, { worker });
    for (const [, value] of counts[accepted.name] ?? []) total.add(value, { worker });
  });
  return now.text([]) + total.text([]);
}
