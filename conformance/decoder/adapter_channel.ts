import { concat } from "@std/bytes/concat";
import { type FrameDecoder, framing, FramingError } from "../../protocol/framing/mod.ts";
import type { Connection } from "../../protocol/transport/mod.ts";
import { Fields, RecordError } from "../history/fields.ts";
import { AdapterError } from "./adapter_error.ts";
import type { AdapterRequest } from "./request.ts";

// Each message:  | length (4, big-endian) | JSON, UTF-8 (length bytes) |

const MESSAGES = framing("u32be");
const ENCODER = MESSAGES.createEncoder({ maxFrameLength: 2 ** 30 });
/** Longest answer, in bytes. Text that was printed by mistake claims more. */
const MOST_ANSWER = 2 ** 28;
const READ_SIZE = 64 * 1024;
const TEXT = new TextDecoder("utf-8", { fatal: true });
const BYTES = new TextEncoder();

/** A request under way. */
interface Pending {
  readonly about: string;
  /** Reads the answer and hands on what it says. */
  readonly take: (answer: Fields) => void;
  readonly reject: (error: AdapterError) => void;
}

/**
 * Requests to an adapter and its answers, which come in the order of the requests; so the next request need not wait
 * for the answer to the one before.
 */
export class AdapterChannel {
  readonly #connection: Connection;
  #deadlineMs: number;
  readonly #decoder: FrameDecoder = MESSAGES.createDecoder({ maxFrameLength: MOST_ANSWER });
  /** Settles when the adapter does not keep its contract any more, with the reason; never rejects. */
  readonly broken: Promise<AdapterError>;
  readonly #break: (error: AdapterError) => void;
  readonly #reading: Promise<void>;
  #fault: AdapterError | undefined;
  #pending: Pending[] = [];
  #outbox: Uint8Array[] = [];
  #writing = false;
  #closed = false;
  /** Since when an answer is waited for, and what looks whether it is too long. */
  #sinceMs = 0;
  #watch: ReturnType<typeof setTimeout> | undefined;

  /** Begins to talk. An answer may take `deadlineMs` from when the one before it came. */
  constructor(connection: Connection, deadlineMs: number) {
    this.#connection = connection;
    this.#deadlineMs = deadlineMs;
    const { promise, resolve } = Promise.withResolvers<AdapterError>();
    this.broken = promise;
    this.#break = resolve;
    this.#reading = this.#read();
  }

  /** Sets how long an answer may take from now on, in ms. */
  set deadlineMs(deadlineMs: number) {
    this.#deadlineMs = deadlineMs;
    clearTimeout(this.#watch);
    this.#watch = undefined;
    this.#look();
  }

  /** Why it is broken; undefined while it is not. */
  get fault(): AdapterError | undefined {
    return this.#fault;
  }

  /**
   * Sends a request and resolves to its answer as `read` understands it.
   *
   * @throws {AdapterError} if none comes that can be read.
   */
  ask<Answer>(request: AdapterRequest, read: (answer: Fields) => Answer): Promise<Answer> {
    if (this.#fault !== undefined) return Promise.reject(this.#fault);
    return new Promise((resolve, reject) => {
      if (this.#pending.length === 0) this.#sinceMs = performance.now();
      this.#pending.push({
        about: request.do,
        take: (answer) => resolve(read(answer)),
        reject,
      });
      this.#watch ??= setTimeout(() => this.#look(), this.#deadlineMs);
      this.#outbox.push(ENCODER.encode(BYTES.encode(JSON.stringify(request))));
      if (this.#writing) return;
      this.#writing = true;
      // What else is asked in this turn goes with it.
      queueMicrotask(() => this.#flush());
    });
  }

  /** Closes the connection. */
  async close(): Promise<void> {
    this.#closed = true;
    clearTimeout(this.#watch);
    this.#connection.close();
    await this.#reading;
  }

  async #flush(): Promise<void> {
    try {
      while (this.#outbox.length > 0) {
        const wire = this.#outbox.length === 1 ? this.#outbox[0] : concat(this.#outbox);
        this.#outbox = [];
        for (let rest = wire; rest !== undefined && rest.length > 0;) {
          rest = rest.subarray(await this.#connection.write(rest));
        }
      }
    } catch {
      // That the adapter has gone is seen and told by the reading side.
    } finally {
      this.#writing = false;
    }
  }

  async #read(): Promise<void> {
    const buffer = new Uint8Array(READ_SIZE);
    try {
      for (let count; (count = await this.#connection.read(buffer)) !== null;) {
        this.#take(buffer.subarray(0, count));
      }
      this.#fail(new AdapterError("ended", "The adapter closed its standard output"));
    } catch (error) {
      if (error instanceof AdapterError) return this.#fail(error);
      const why = error instanceof Error ? error.message : String(error);
      this.#fail(new AdapterError("ended", `The adapter cannot be read: ${why}`));
    }
  }

  #take(bytes: Uint8Array): void {
    let text = "";
    try {
      for (let batch = this.#decoder.push(bytes); batch !== null; batch = this.#decoder.next()) {
        for (const message of batch) {
          text = TEXT.decode(message);
          this.#answer(new Fields(JSON.parse(text)));
        }
      }
    } catch (error) {
      const why = notAnAnswer(error);
      const about = this.#pending[0]?.about;
      const place = about === undefined ? "" : ` to ${about}`;
      const shown = text === "" ? "" : `: ${text.slice(0, 80)}`;
      throw new AdapterError("garbage", `the adapter wrote no answer${place}, ${why}${shown}`);
    }
  }

  #answer(answer: Fields): void {
    const [first] = this.#pending;
    if (first === undefined) throw new RecordError("nothing was asked");
    first.take(answer);
    this.#pending.shift();
    this.#sinceMs = performance.now();
  }

  /** Looks whether the answer that is due is overdue. */
  #look(): void {
    this.#watch = undefined;
    const [first] = this.#pending;
    if (first === undefined || this.#closed) return;
    const leftMs = this.#sinceMs + this.#deadlineMs - performance.now();
    if (leftMs > 0) {
      this.#watch = setTimeout(() => this.#look(), leftMs);
      return;
    }
    this.#fail(
      new AdapterError("silent", `no answer to ${first.about} within ${this.#deadlineMs} ms`),
    );
  }

  #fail(error: AdapterError): void {
    if (this.#fault !== undefined) return;
    this.#fault = error;
    clearTimeout(this.#watch);
    for (const { reject } of this.#pending.splice(0)) reject(error);
    if (!this.#closed) this.#break(error);
  }
}

/** Why bytes are no answer. Anything else is a fault of ours. */
function notAnAnswer(error: unknown): string {
  if (error instanceof RecordError) return error.message;
  if (error instanceof FramingError) return "not even a length in front of it";
  if (error instanceof SyntaxError || error instanceof TypeError) return "not JSON";
  throw error;
}
