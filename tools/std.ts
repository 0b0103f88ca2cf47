/**
 * Where `@std/*` comes from: JSR, or the stand-ins in `tools/airgap/` where JSR cannot be reached.
 *
 * Found out once by letting deno load `tools/airgap/probe.ts`: the packages may be in its cache, may be
 * downloaded, or not. The answer is passed on in the environment, so that what a task starts does not
 * ask again. `NONSTICK_STD=jsr` or `NONSTICK_STD=stand-ins` decides without asking.
 *
 * For the same reason there is no lock file: without JSR nobody here could write the true checksums,
 * and with the stand-ins in place of the packages deno would write wrong ones.
 *
 * @module
 */

import { projectPath } from "./project.ts";

/** Carries the answer to child processes. */
const STD_VARIABLE = "NONSTICK_STD";

/** Where `@std/*` comes from. */
export type StdSource = "jsr" | "stand-ins";

/** How {@linkcode probeJsr} waits. */
export interface ProbeOptions {
  /** Give up when deno has reported no progress for so long. Default 5000 ms. */
  readonly silenceMs?: number;
  /** Give up after so long in any case. Default 60,000 ms. */
  readonly totalMs?: number;
  /** Variables to set for deno beside its own environment. */
  readonly env?: Readonly<Record<string, string>>;
}

/** Flags for `deno run`, `test`, `check`, … that make `@std/*` resolve. */
export async function stdFlags(): Promise<string[]> {
  return await stdSource() === "jsr"
    ? []
    : ["--import-map", projectPath("tools/airgap/import_map.json")];
}

/**
 * Where `@std/*` comes from in this process and those it starts. The first call probes, says so on
 * stderr when the stand-ins are taken, and notes the answer in the environment.
 */
export async function stdSource(): Promise<StdSource> {
  const known = Deno.env.get(STD_VARIABLE);
  if (known === "jsr" || known === "stand-ins") return known;
  const problem = await probeJsr();
  const source = problem === undefined ? "jsr" : "stand-ins";
  if (problem !== undefined) {
    console.error(`@std/*: using the stand-ins in tools/airgap, because ${problem}`);
  }
  Deno.env.set(STD_VARIABLE, source);
  return source;
}

/** Lets deno load the packages from its cache or from JSR; returns why that did not work, if so. */
export async function probeJsr(options: ProbeOptions = {}): Promise<string | undefined> {
  const { silenceMs = 5_000, totalMs = 60_000, env = {} } = options;
  const probe = new Deno.Command(Deno.execPath(), {
    args: ["cache", "--config", projectPath("deno.json"), projectPath("tools/airgap/probe.ts")],
    env: { ...env, NO_COLOR: "1" },
    stdin: "null",
    stdout: "null",
    stderr: "piped",
  }).spawn();

  let report = "";
  let gaveUp = "";
  const giveUp = (why: string): void => {
    gaveUp ||= why;
    probe.kill("SIGKILL");
  };
  const total = setTimeout(() => giveUp(`JSR took longer than ${totalMs / 1000} s`), totalMs);
  const onSilence = (): void => giveUp(`JSR did not answer for ${silenceMs / 1000} s`);
  let silence = setTimeout(onSilence, silenceMs);
  for await (const part of probe.stderr.pipeThrough(new TextDecoderStream())) {
    clearTimeout(silence);
    silence = setTimeout(onSilence, silenceMs);
    report += part;
  }
  const { success } = await probe.status;
  clearTimeout(silence);
  clearTimeout(total);
  if (gaveUp) return gaveUp;
  if (success) return undefined;
  return /^error: (.*)$/m.exec(report)?.[1] ?? "deno could not load them";
}
