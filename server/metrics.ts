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
  /** What there is to count. */
  readonly families: readonly FamilyFacts[];
  /** All numbers, added to what `workers` have counted; they can be sent to another thread. */
  counts(workers?: readonly Counts[]): Counts;
  /** All of it in the text format of Prometheus, added to what `workers` have counted. */
  text(workers?: readonly Counts[]): string;
}

/** Numbers by family, each with the values of its labels. */
export type Counts = Readonly<Record<string, readonly Count[]>>;

/** The values of a family's labels, and a number. */
export type Count = readonly [labels: readonly string[], value: number];

/** What is counted: a name, how it is told, and the names of its labels. */
export interface FamilyFacts {
  readonly name: string;
  readonly type: "counter" | "gauge";
  readonly help: string;
  readonly labels: readonly string[];
}

/**
 * Numbers with labels, as Prometheus reads them (text exposition format 0.0.4). The library for it, prom-client, cannot be
 * compiled into a program: deno overflows its stack on one of its parts (bintrees).
 */
class Family {
  readonly facts: FamilyFacts;
  readonly #values = new Map<string, Count>();

  /** Begins at nothing. */
  constructor(name: string, type: FamilyFacts["type"], help: string, ...labels: string[]) {
    this.facts = { name: `nonstick_${name}`, type, help, labels };
  }

  add(by: number, ...labels: readonly string[]): void {
    addTo(this.#values, labels, by);
  }

  /** The numbers, added to those that others have counted. */
  sum(others: readonly Counts[] = []): readonly Count[] {
    const sum = new Map(this.#values);
    for (const counts of others) {
      for (const [labels, value] of counts[this.facts.name] ?? []) addTo(sum, labels, value);
    }
    return [...sum.values()];
  }

  text(counts: readonly Count[]): string {
    const { name, type, help, labels } = this.facts;
    const lines = counts.map(([values, count]) => {
      const pairs = values.map((value, i) => `${labels[i]}="${escaped(value)}"`).join(",");
      return `${name}${pairs === "" ? "" : `{${pairs}}`} ${count}\n`;
    });
    return `# HELP ${name} ${help}\n# TYPE ${name} ${type}\n${lines.join("")}`;
  }
}

function addTo(values: Map<string, Count>, labels: readonly string[], by: number): void {
  const key = labels.join("\0");
  values.set(key, [labels, (values.get(key)?.[1] ?? 0) + by]);
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
  const refused = new Family(
    "connections_refused_total",
    "counter",
    "connections that were not",
    "why",
  );
  const failed = new Family(
    "connections_failed_total",
    "counter",
    "connections that failed",
    "kind",
  );
  const exchanges = new Family(
    "exchanges_total",
    "counter",
    "exchanges of nonstick/1",
    "service",
    "outcome",
  );
  const bytes = new Family(
    "exchange_bytes_total",
    "counter",
    "bytes of exchanges",
    "service",
    "direction",
  );
  const families = [open, accepted, refused, failed, exchanges, bytes];
  open.add(0);
  accepted.add(0);
  return {
    opened() {
      accepted.add(1);
      open.add(1);
    },
    closed: () => open.add(-1),
    refused: (why) => refused.add(1, why),
    failed: (kind) => failed.add(1, kind),
    exchanged(name, outcome, bytesIn, bytesOut) {
      const service = outcome === UNKNOWN ? "" : name;
      exchanges.add(1, service, outcome);
      bytes.add(bytesIn, service, "in");
      bytes.add(bytesOut, service, "out");
    },
    families: families.map(({ facts }) => facts),
    counts: (workers = []) =>
      Object.fromEntries(families.map((family) => [family.facts.name, family.sum(workers)])),
    text: (workers = []) =>
      families.map((family) => family.text(family.sum(workers))).join("") +
      (workers.length === 0 ? "" : sharesOf(workers, open, accepted)),
  };
}

/** How the connections are shared out among the workers. */
function sharesOf(workers: readonly Counts[], open: Family, accepted: Family): string {
  const now = new Family("worker_connections", "gauge", "connections by worker", "worker");
  const total = new Family(
    "worker_connections_total",
    "counter",
    "connections let in by worker",
    "worker",
  );
  workers.forEach((counts, i) => {
    const worker = String(i + 1);
    for (const [, value] of counts[open.facts.name] ?? []) now.add(value, worker);
    for (const [, value] of counts[accepted.facts.name] ?? []) total.add(value, worker);
  });
  return now.text(now.sum()) + total.text(total.sum());
}
