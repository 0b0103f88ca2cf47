import type { RunOptions } from "../run_options.ts";
import { runConformance } from "../run_conformance.ts";
import { compareWith, readBaseline } from "./baseline.ts";
import { Interrupt } from "./interrupt.ts";
import { RunOutput } from "./run_output.ts";
import { commandLine, runOptions, type RunSettings } from "./run_settings.ts";

/**
 * A run from the command line: carries it out, shows it, writes its files, and resolves to the exit code. `name` is
 * that of the command, for the lines that repeat it; `more` are options that only this command knows.
 *
 * @throws {UsageError} if options do not fit together or a file cannot be read or written.
 */
export async function runAndReport(
  name: string,
  target: string,
  values: RunSettings,
  write: (line: string) => void,
  more: Partial<RunOptions> = {},
): Promise<number> {
  const format = values.json ? "json" : values.format;
  const baseline = await readBaseline(values.baseline);
  const options = await runOptions(values);
  const command = more.command ?? commandLine(name, target, values);
  using interrupt = new Interrupt();
  using output = new RunOutput({
    format,
    directory: values.out,
    about: aboutText(values),
    command,
    budgetMs: options.budgetMs ?? 0,
    write,
  });
  let begun = false;
  try {
    const result = await runConformance(target, {
      ...options,
      ...more,
      command,
      signal: interrupt.signal,
      onStart: (start) => {
        begun = true;
        output.start(start);
      },
      onCase: (one) => output.add(one),
      // Nothing is written down that nobody reads.
      ...(output.records === null ? {} : {
        onHistory: (line: string) => output.record(line),
        historyOf: output.records,
      }),
      ...(values["debug-attach"] ? { beforePlaying: waitForEnter } : {}),
    });
    begun = false;
    await output.end(result);
    return baseline === null ? result.exitCode : compareWith(baseline, result, format, write);
  } catch (error) {
    // What was played before it is reported all the same; that it is not whole is said there.
    if (begun) await output.breakOff();
    throw error;
  }
}

function aboutText({ framing, expect }: RunSettings): string {
  return `${framing === undefined ? "" : `framing ${framing}, `}expecting ${expect}`;
}

/** Says where the target is and waits for a line on standard input, so that a debugger can be attached. */
async function waitForEnter({ pid }: { readonly pid: number | undefined }): Promise<void> {
  const where = pid === undefined ? "the target" : `process ${pid}`;
  const text = `Attach to ${where}, then press Enter.\n`;
  await Deno.stderr.write(new TextEncoder().encode(text));
  await Deno.stdin.read(new Uint8Array(1024));
}
