/**
 * `deno task prove [--all]`, the main job: proves every framing in process, starts our server, runs the whole case book
 * against it over real sockets, in one framing of each kind or with `--all` in every one, prints the verdicts and
 * writes `report/index.html`. Exit code 0 only if every law held, every case passed and every edge was proven.
 * @module
 */
import { RunningServer } from "../../cli/testing.ts";
import { runConformance, type RunResult, verifyDecoder } from "../../conformance/mod.ts";
import { ONE_OF_EACH_KIND, PROVED_FRAMINGS } from "../../conformance/verify/proved_framings.ts";
import { projectPath } from "../project.ts";
import { type Proof, provedText, socketText } from "./proof.ts";

import { reportPage } from "./report_page.ts";

const SEED = 1;
/** The server's limit: small enough that frames over it are cheap to send. */
const MAX_FRAME = 65_536;
const SERVER_DEADLINE_MS = 600_000;
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
    run: null,
  };
  console.log(provedText(proof));
  return proof;
});

const spoken = Deno.args.includes("--all")
  ? proofs
  : proofs.filter(({ spec }) => ONE_OF_EACH_KIND.includes(spec));
console.log(
  `\nover TCP: the case book against our server, in ${spoken.length} of ${proofs.length} framings (${seconds()} so far)`,
);
const listen = spoken.flatMap(({ spec }) => [
  "--listen",
  `tcp://127.0.0.1:0?speak=echo&framing=${encodeURIComponent(spec)}`,
]);
const settings = ["--max-frame", String(MAX_FRAME), "--log", "json"];
await using server = await RunningServer.start(
  [...listen, ...settings],
  spoken.length,
  SERVER_DEADLINE_MS,
);
for (const [i, proof] of spoken.entries()) {
  proof.run = await overSockets(proof.spec, server.urls[i] ?? "");
  console.log(socketText(proof));
}

await Deno.mkdir(projectPath("report"), { recursive: true });
await Deno.writeTextFile(projectPath(REPORT), reportPage(proofs, SEED));
const failed = proofs.filter((proof) => !isProved(proof));
console.log(
  failed.length === 0
    ? `\nPROVED: ${proofs.length} framings in process, ${spoken.length} over TCP, in ${seconds()}`
    : `\nNOT PROVED: ${failed.map(({ spec }) => spec).join(", ")} (${seconds()})`,
);
console.log(`report: ${REPORT}`);
Deno.exitCode = failed.length === 0 ? 0 : 1;

function overSockets(spec: string, url: string): Promise<RunResult> {
  const [target = ""] = url.split("?");
  return runConformance(target, {
    framing: spec,
    expect: "echo",
    maxFrame: MAX_FRAME,
    seed: SEED,
    // Elsewhere than on Linux the kernel does not tell what a target has read: edges are assumed there, and said to be.
    strict: Deno.build.os === "linux",
  });
}

function isProved(proof: Proof): boolean {
  return proof.verification.ok && (proof.run?.verdict ?? "PASS") === "PASS";
}
