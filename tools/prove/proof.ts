import type { RunResult, Verification } from "../../conformance/mod.ts";

/** A transport to our server. */
export type Transport = "tcp" | "tls" | "unix" | "udp";

/** The case book played over one transport. */
export interface Leg {
  readonly transport: Transport;
  readonly run: RunResult;
}

/** A run over sockets, of what was spoken there. */
export interface Spoken extends Leg {
  readonly spec: string;
}

/** What was proved of one framing: in process, and over sockets as far as it was run there. */
export interface Proof {
  readonly spec: string;
  readonly verification: Verification;
  readonly legs: Leg[];
}

/** How many of the cases of a run came to each verdict, edges proven of those asked for. */
export interface Tally {
  readonly verdicts: ReadonlyMap<string, number>;
  readonly proven: number;
  readonly edges: number;
  readonly deliveries: number;
}

/** Counts a run. */
export function tally(run: RunResult): Tally {
  const verdicts = new Map<string, number>();
  let proven = 0, edges = 0, deliveries = 0;
  for (const one of run.cases) {
    verdicts.set(one.verdict, (verdicts.get(one.verdict) ?? 0) + 1);
    proven += one.edges.proven;
    edges += one.edges.requested;
    deliveries += one.deliveries.played;
  }
  return { verdicts, proven, edges, deliveries };
}

/** The closure proof's numbers. */
export function closureOf({ verification }: Proof): {
  readonly passed: number;
  readonly total: number;
  readonly note: string;
} {
  const check = verification.checks.find(({ name }) => name === "closure");
  return { passed: check?.passed ?? 0, total: check?.total ?? 0, note: check?.note ?? "" };
}

/** One line about the proof in process, and what failed. */
export function provedText(proof: Proof): string {
  const { passed, total, note } = closureOf(proof);
  const { ok, failures } = proof.verification;
  const runs = proof.verification.checks.reduce((sum, check) => sum + check.passed, 0);
  const head = `${ok ? "PROVED" : "BROKEN"}  ${
    proof.spec.padEnd(24)
  } closure ${passed} of ${total} feeds (${note}); ${runs} checks`;
  return [head, ...failures.map(({ law, text, replay }) => `  ${law} ${text}\n  ${replay}`)].join(
    "\n",
  );
}

/** One line about a run over sockets, and what failed. */
export function socketText(spec: string, { transport, run }: Leg): string {
  const { verdicts, proven, edges, deliveries } = tally(run);
  const counts = [...verdicts].map(([verdict, count]) => `${count} ${verdict}`).join(", ");
  const head = `${run.verdict.padEnd(6)}  ${transport.padEnd(4)} ${
    spec.padEnd(24)
  } ${counts}; ${deliveries} deliveries, ${proven} of ${edges} edges proven (${run.edge.method}), ${
    (run.ms / 1000).toFixed(1)
  } s`;
  const wrong = run.cases.filter(({ verdict }) => verdict === "FAIL" || verdict === "INCONCLUSIVE");
  return [
    head,
    ...wrong.map(({ id, verdict, cause, detail }) => `  ${id} ${verdict} ${cause ?? ""} ${detail}`),
  ].join("\n");
}
