/**
 * Stand-in for `@std/cli/unstable-progress-bar` where JSR cannot be reached: the same class, for the options that are used
 * here.
 *
 * @module
 */

/** What the formatter is told at each update. */
export interface ProgressBarFormatter {
  /** Time since the beginning as `mm:ss`. */
  readonly styledTime: string;
  /** The bar itself. */
  readonly progressBar: string;
  /** Time since the beginning, in ms. */
  readonly time: number;
  /** The time of the last update, in ms. */
  readonly previousTime: number;
  /** What is done. */
  readonly value: number;
  /** What was done at the last update. */
  readonly previousValue: number;
  /** What there is to do. */
  readonly max: number;
}

/** How a bar looks, and where. */
export interface ProgressBarOptions {
  /** Gets the updates; stderr by default. */
  writable?: WritableStream<Uint8Array>;
  /** What is done from before. */
  value?: number;
  /** What there is to do. */
  max: number;
  /** Characters of the bar. */
  barLength?: number;
  /** Whether the bar goes away in the end. */
  clear?: boolean;
  /** Makes the line. */
  formatter: (formatter: ProgressBarFormatter) => string;
  /** Pause between two updates, in ms. */
  interval?: number;
}

const LINE_CLEAR = "\r\u001b[K";

/** A line on a terminal that tells how far something is. */
export class ProgressBar {
  /** What is done. */
  value: number;
  /** What there is to do. */
  max: number;
  readonly #options: ProgressBarOptions;
  readonly #writer: WritableStreamDefaultWriter<Uint8Array>;
  readonly #timer: ReturnType<typeof setInterval>;
  readonly #started = Date.now();
  #previousTime = 0;
  #previousValue: number;

  /** Begins to show it. */
  constructor(options: ProgressBarOptions) {
    this.#options = options;
    this.value = options.value ?? 0;
    this.max = options.max;
    this.#previousValue = this.value;
    this.#writer = (options.writable ?? Deno.stderr.writable).getWriter();
    this.#timer = setInterval(() => this.#print(), options.interval ?? 1000);
    this.#print();
  }

  /** Shows it for the last time. */
  async stop(): Promise<void> {
    clearInterval(this.#timer);
    if (this.#options.clear) await this.#write(LINE_CLEAR);
    else {
      await this.#print();
      await this.#write("\n");
    }
    this.#writer.releaseLock();
  }

  async #print(): Promise<void> {
    const { value, max } = this;
    const { barLength = 50, formatter } = this.#options;
    const time = Date.now() - this.#started;
    const size = Math.trunc(Math.min(Math.max(value / max, 0), 1) * barLength);
    const two = (n: number) => String(Math.trunc(n)).padStart(2, "0");
    const line = formatter({
      styledTime: `${two(time / 60_000)}:${two(time / 1000 % 60)}`,
      progressBar: "#".repeat(size) + "-".repeat(barLength - size),
      ...{ time, previousTime: this.#previousTime },
      ...{ value, previousValue: this.#previousValue, max },
    });
    this.#previousTime = time;
    this.#previousValue = value;
    await this.#write(LINE_CLEAR + line);
  }

  async #write(text: string): Promise<void> {
    // Nobody needs to see it.
    await this.#writer.write(new TextEncoder().encode(text)).catch(() => {});
  }
}
