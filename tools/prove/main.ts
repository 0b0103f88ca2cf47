/**
 * `deno task prove [--all]`, the main job: proves every framing in process, starts our server, and runs the case book
 * against it over real sockets: the whole book in one framing, the cases that are quick in every other over TCP and in
 * a few over TLS and Unix sockets; with `--all` the whole book in one framing of each kind, and each kind over TLS and
 * Unix sockets too. Section 12 follows over UDP, for plain datagrams and for fragments. It prints the verdicts and writes `report/index.html`. Exit code 0 only if every law held, every
 * case passed and every edge was proven.
 * @module
 */
import { RunningServer } from "../../cli/testing.ts";
import { runConformance, type RunResult, verifyDecoder } from "../../conformance/mod.ts";
import { ONE_OF_EACH_KIND, PROVED_FRAMINGS } from "../../conformance/verify/proved_framings.ts";
import { projectPath } from "../project.ts";
import {
  type Leg,
  type Proof,
  provedText,
  socketText,
  type Spoken,
  type Transport,
} from "./proof.ts";
import { reportPage } from "./report_page.ts";

const SEED = 1;
/** The server's limit: small enough that frames over it are cheap to send. */
const MAX_FRAME = 65_536;
const SERVER_DEADLINE_MS = 600_000;
/** What one run may take at most: that a machine is busy beside must not leave a case half played. */
const BUDGET_MS = 300_000;
/** Longest wait for an answer; it is spent only where none comes. */
const ANSWER_MS = 20_000;
const REPORT = "report/index.html";
/** Closure covers every other way to cut a stream; those are run by `deno task test`. */
const CHECKS = [
  "control",
  "closure",
  "end everywhere",
  "dirty buffer",
  "reused buffer",
  "round trip",
  "relay",
  "flood",
  "claim",
  "work",
];
/** What is played where not all is. */
const QUICK = [
  ...["1.1", "1.4", "1.5", "1.6", "1.7", "1.12", "2.1", "2.3", "2.6", "2.7", "3.*"],
  ...["6.*", "7.*", "8.1", "8.3", "8.7"],
];
/** What is played over other transports than TCP: their chunks differ, the decoders do not. */
const ELSEWHERE = ["u32be", "line", "netstring", "json+u32be"];
/** What is spoken over UDP, by what its framing is called there. */
const DATAGRAMS: Readonly<Record<string, string>> = {
  datagram: "udp://127.0.0.1:0?speak=echo",
  fragment: "udp://127.0.0.1:0?speak=echo&framing=fragment",
};
const started = performance.now();
const seconds = () => `${((performance.now() - started) / 1000).toFixed(1)} s`;

console.log(`seed ${SEED}\n\nin process: every way to cut a stream, by closure`);
const proofs = PROVED_FRAMINGS.map((spec): Proof => {
  const proof = {
    spec,
    verification: verifyDecoder(spec, {
      seed: SEED,
      checks: CHECKS,
      longest: ONE_OF_EACH_KIND.includes(spec) ? 100 : 50,
    }),
    legs: [],
  };
  console.log(provedText(proof));
  return proof;
});

/** What is run over a transport. */
interface Plan {
  readonly transport: Transport;
  readonly proofs: readonly Proof[];
  /** Globs of the cases; all if there are none. */
  readonly cases: readonly string[];
}
const all = Deno.args.includes("--all");
const kinds = proofs.filter(({ spec }) => ONE_OF_EACH_KIND.includes(spec));
const whole = all ? kinds : kinds.slice(0, 1);
const elsewhere = all ? kinds : kinds.filter(({ spec }) => ELSEWHERE.includes(spec));
const plans: readonly Plan[] = [
  { transport: "tcp", proofs: whole, cases: [] },
  { transport: "tcp", proofs: proofs.filter((proof) => !whole.includes(proof)), cases: QUICK },
  { transport: "tls", proofs: elsewhere, cases: QUICK },
  ...Deno.build.os === "windows"
    ? []
    : [{ transport: "unix", proofs: elsewhere, cases: QUICK } as const],
];
console.log(`\nover sockets: the case book against our server (${seconds()} so far)`);
const folder = await Deno.makeTempDir();
const asked = plans.flatMap(({ transport, proofs }) =>
  proofs.map(({ spec }, i) => {
    const where = transport === "unix"
      ? `unix://${folder}/${i}.sock`
      : `${transport}://${transport === "tls" ? "localhost" : "127.0.0.1"}:0`;
    return `${where}?speak=echo&framing=${encodeURIComponent(spec)}`;
  })
);
const certificate = projectPath("protocol/transport/testdata/cert.pem");
const settings = [
  ...["--tls-cert", certificate, "--tls-key", projectPath("protocol/transport/testdata/key.pem")],
  ...["--max-frame", String(MAX_FRAME), "--log", "json"],
];
await using server = await RunningServer.start(
  [
    ...[...asked, ...Object.values(DATAGRAMS)].flatMap((url) => ["--listen", url]),
    ...settings,
  ],
  asked.length + Object.keys(DATAGRAMS).length,
  SERVER_DEADLINE_MS,
);
const urls = [...server.urls];
for (const { transport, proofs, cases } of plans) {
  for (const proof of proofs) {
    const run = await overSockets(transport, proof.spec, urls.shift() ?? "", cases, []);
    const leg: Leg = { transport, run };
    proof.legs.push(leg);
    console.log(socketText(proof.spec, leg));
  }
}
const datagrams: Spoken[] = [];
for (const spec of Object.keys(DATAGRAMS)) {
  // How much memory unfinished messages take is seen by 100,000 of them, which takes longer than all the rest.
  const run = await overSockets("udp", spec, urls.shift() ?? "", ["12.*"], all ? [] : ["12.9"]);
  const leg = { spec, transport: "udp", run } as const;
  datagrams.push(leg);
  console.log(socketText(spec, leg));
}
await Deno.remove(folder, { recursive: true });

await Deno.mkdir(projectPath("report"), { recursive: true });
await Deno.writeTextFile(projectPath(REPORT), reportPage(proofs, datagrams, SEED));
const failed = [
  ...proofs.filter(({ verification }) => !verification.ok).map(provedText),
  ...[...proofs.flatMap(({ spec, legs }) => legs.map((leg) => ({ spec, ...leg }))), ...datagrams]
    .filter(({ run }) => run.verdict !== "PASS").map((one) => socketText(one.spec, one)),
];
const runs = asked.length + datagrams.length;
console.log(
  failed.length === 0
    ? `\nPROVED: ${proofs.length} framings in process, ${runs} runs over sockets, in ${seconds()}`
    : `\nNOT PROVED (${seconds()}):\n${failed.join("\n")}`,
);
console.log(`report: ${REPORT}`);
Deno.exitCode = failed.length === 0 ? 0 : 1;

async function overSockets(
  transport: Transport,
  spec: string,
  url: string,
  cases: readonly string[],
  exclude: readonly string[],
  again = false,
): Promise<RunResult> {
  const [target = ""] = url.split("?");
  const run = await runConformance(target, {
    framing: spec,
    expect: "echo",
    maxFrame: MAX_FRAME,
    seed: SEED,
    budgetMs: BUDGET_MS,
    timeoutMs: ANSWER_MS,
    cases,
    exclude,
    caCerts: [await Deno.readTextFile(certificate)],
    // Elsewhere than on Linux the kernel does not tell what a target has read: edges are assumed there, and said to be.
    strict: Deno.build.os === "linux",
  });
  if (run.verdict !== "INCONCLUSIVE" || again) return run;
  // Nothing was wrong and something not proven, for want of time or of an answer from the kernel: that says nothing
  // about the server, so that the run gets a second chance, and both are told.
  console.log(
    `${socketText(spec, { transport, run })}\nonce more, after what was INCONCLUSIVE:`,
  );
  return await overSockets(transport, spec, url, cases, exclude, true);
}
