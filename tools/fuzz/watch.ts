import type { Failure, Finding } from "./fuzzer.ts";
import { shrink } from "./shrink.ts";
import { type FromWorker, SharedInput, type ToWorker } from "./worker_messages.ts";

/** How often the worker is looked at, in ms. */
const LOOK_MS = 100;
/** Inputs that are tried to make a hanging one smaller; each takes as long as the limit when it hangs, too. */
const HANG_TRIES = 12;
/** The limit for those, in ms. */
const HANG_TRY_MS = 3000;

/** What is run, and within which limits. */
export interface FuzzPlan {
  /** URL of the module with the table of entries, as `ENTRIES`. */
  readonly entries: string;
  readonly entry: string;
  readonly seed: number;
  readonly count: number;
  readonly budgetMs: number;
  /** An input that takes longer is a hang, in ms. */
  readonly hangMs: number;
  /** Memory that the process may take more than before the run, in bytes. */
  readonly memory: number;
}

/** What a run came to. */
export interface FuzzResult {
  readonly inputs: number;
  readonly ms: number;
  readonly finding: Finding | null;
  /** Most memory of the process while it ran (RSS), in bytes. */
  readonly peakRss: number;
  /** How much the greatest RSS of the last quarter exceeds that of the quarter before, in bytes. */
  readonly growth: number;
}

/** Runs a plan in a worker and watches it: what hangs is found and ended, and so is what eats up the memory. */
export async function fuzz(plan: FuzzPlan): Promise<FuzzResult> {
  const before = Deno.memoryUsage().rss;
  const samples: number[] = [];
  using running = new RunningWorker({ ...plan, from: 0 });
  const started = performance.now();
  for (;;) {
    const message = await running.message(LOOK_MS);
    samples.push(Deno.memoryUsage().rss);
    const memory = { peakRss: Math.max(...samples), growth: growthOf(samples) };
    if (message !== null && "inputs" in message) return { ...message, ...memory };
    const { number, input } = running.current;
    const result = { inputs: Math.max(0, number), ms: performance.now() - started, ...memory };
    if (memory.peakRss - before > plan.memory) {
      const text = `The memory of the process grew by ${mebibytes(memory.peakRss - before)}`;
      return { ...result, finding: { name: "memory", text, number, input } };
    }
    if (running.silentMs > plan.hangMs) {
      running.stop();
      const text = `The input takes more than ${plan.hangMs} ms`;
      const finding = { name: "hang", text, number, input: await shrinkHang(plan, input) };
      return { ...result, finding };
    }
  }
}

/** Runs one input; null when it does nothing wrong. */
export async function replay(plan: FuzzPlan, input: Uint8Array): Promise<Failure | null> {
  using running = new RunningWorker({ ...plan, from: 0, replay: input });
  for (;;) {
    const message = await running.message(LOOK_MS);
    if (message !== null && "failure" in message) return message.failure;
    if (running.silentMs > plan.hangMs) {
      return { name: "hang", text: `The input takes more than ${plan.hangMs} ms` };
    }
  }
}

async function shrinkHang(plan: FuzzPlan, input: Uint8Array): Promise<Uint8Array> {
  const quick = { ...plan, hangMs: Math.min(plan.hangMs, HANG_TRY_MS) };
  const hangs = async (smaller: Uint8Array) => (await replay(quick, smaller))?.name === "hang";
  return await shrink(input, hangs, HANG_TRIES);
}

/** A worker at work. */
class RunningWorker implements Disposable {
  readonly #worker = new Worker(new URL("./worker.ts", import.meta.url), { type: "module" });
  readonly #shared: SharedInput;
  readonly #said = Promise.withResolvers<FromWorker>();
  #step = -1;
  #movedAt = performance.now();

  constructor(task: Omit<ToWorker, "shared">) {
    const shared = SharedInput.room();
    this.#shared = new SharedInput(shared);
    this.#worker.onmessage = ({ data }: MessageEvent<FromWorker>) => this.#said.resolve(data);
    this.#worker.onerror = (event) => {
      event.preventDefault();
      this.#said.reject(new Error(`The worker has died: ${event.message}`));
    };
    this.#worker.postMessage({ ...task, shared });
  }

  /** The input under way. */
  get current(): { readonly number: number; readonly input: Uint8Array } {
    return this.#shared.read();
  }

  /** For how long the same input has been under way, in ms. */
  get silentMs(): number {
    const { step } = this.#shared.read();
    if (step !== this.#step) {
      this.#step = step;
      this.#movedAt = performance.now();
    }
    // Nothing has begun yet: it is still being loaded.
    return step === 0 ? 0 : performance.now() - this.#movedAt;
  }

  /** What it says within `ms`; null if it says nothing. */
  async message(ms: number): Promise<FromWorker | null> {
    let timer: ReturnType<typeof setTimeout> | undefined;
    const late = new Promise<null>((resolve) => {
      timer = setTimeout(() => resolve(null), ms);
    });
    try {
      return await Promise.race([this.#said.promise, late]);
    } finally {
      clearTimeout(timer);
    }
  }

  /** Ends it, whatever it does. */
  stop(): void {
    this.#worker.terminate();
  }

  [Symbol.dispose](): void {
    this.stop();
  }
}

function growthOf(samples: readonly number[]): number {
  const quarter = Math.floor(samples.length / 4);
  if (quarter === 0) return 0;
  const most = (from: number, to: number) => Math.max(...samples.slice(from, to));
  return most(samples.length - quarter, samples.length) -
    most(samples.length - 2 * quarter, samples.length - quarter);
}

/** Bytes as text. */
export function mebibytes(bytes: number): string {
  return `${Math.round(bytes / 2 ** 20)} MiB`;
}
