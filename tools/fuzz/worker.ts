/**
 * The thread in which inputs run, so that one that never ends can be noticed from outside, and ended.
 * @module
 */
import type { Entry } from "./entry.ts";
import { type Finding, Fuzzer, type Progress } from "./fuzzer.ts";
import { type FromWorker, SharedInput, type ToWorker } from "./worker_messages.ts";

/** What deno has in a worker, and the types of the main thread lack. */
interface WorkerScope {
  onmessage: ((event: MessageEvent<ToWorker>) => void) | null;
  onunhandledrejection: ((event: PromiseRejectionEvent) => void) | null;
  postMessage(message: FromWorker): void;
}

declare const self: WorkerScope;

/** Lines of a stack trace. */
const TRACED = 20;

self.onmessage = async ({ data }) => {
  const { ENTRIES }: { ENTRIES: readonly Entry[] } = await import(data.entries);
  const entry = ENTRIES.find(({ name }) => name === data.entry);
  if (entry === undefined) throw new Error(`There is no entry ${data.entry}`);
  const shared = new SharedInput(data.shared);
  const progress: Progress = { begins: (number, input) => shared.write(number, input) };
  const fuzzer = new Fuzzer(entry, progress);
  self.onunhandledrejection = (event) => {
    event.preventDefault();
    fuzzer.stray(event.reason);
  };
  if (data.replay !== undefined) {
    progress.begins(-1, data.replay);
    self.postMessage({ failure: await fuzzer.replay(data.replay) });
    return;
  }
  // Most inputs end in an error of which only the class counts. Its stack would take a third of the time, and is not
  // looked for when the limit is no number.
  traceErrors(undefined);
  const started = performance.now();
  const { inputs, finding } = await fuzzer.run({
    seed: data.seed,
    from: data.from,
    count: data.count,
    deadlineMs: started + data.budgetMs,
  });
  const ms = performance.now() - started;
  self.postMessage({ inputs, finding: finding && await traced(fuzzer, finding), ms });
};

function traceErrors(lines: number | undefined): void {
  Object.assign(Error, { stackTraceLimit: lines });
}

/** The finding with the place where its error was thrown, if it is thrown again. */
async function traced(fuzzer: Fuzzer, finding: Finding): Promise<Finding> {
  traceErrors(TRACED);
  const again = finding.number < 0 ? null : await fuzzer.replay(finding.input);
  return again?.name === finding.name ? { ...finding, ...again } : finding;
}
