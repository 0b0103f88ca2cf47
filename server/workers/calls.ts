import { type Fault, faultOf, thrown } from "./fault.ts";

/** What one thread does for another one: plain functions of values that can be cloned. */
export type Service<Methods> = { readonly [Name in keyof Methods]: (...args: never[]) => unknown };

/** Longest wait for an answer when nothing is said, in ms. */
const ANSWER_MS = 60_000;

// request:  { ask: 7, name: "enter", args: ["tcp://…"] }    ask 0 wants no answer
// answer:   { answer: 7, value: null }  or  { answer: 7, fault: { name, message, … } }
interface Request {
  readonly ask: number;
  readonly name: string;
  readonly args: readonly unknown[];
}
interface Answer {
  readonly answer: number;
  readonly value?: unknown;
  readonly fault?: Fault;
}

interface Waiter {
  resolve(value: unknown): void;
  reject(error: Error): void;
}

/**
 * One end of a line between two threads of this program: each does for the other what its service has. Both ends are our own
 * code of the same version, so what comes is what the types say. Comlink, the library for this, loses the codes of errors and
 * waits for ever for a thread that has ended.
 */
export class Calls<Theirs extends Service<Theirs>> {
  readonly #port: MessagePort;
  readonly #waiting = new Map<number, Waiter>();
  #last = 0;
  #closed: Error | null = null;

  /** Begins to answer by `ours`. */
  constructor(port: MessagePort, ours: object) {
    this.#port = port;
    port.onmessage = ({ data }: MessageEvent<Request | Answer>) => {
      if ("ask" in data) void this.#answer(data, ours);
      else this.#settle(data);
    };
  }

  /** Has something done and resolves to what came of it; rejects with its error, or when `withinMs` are over. */
  ask<Name extends keyof Theirs & string>(
    name: Name,
    args: Parameters<Theirs[Name]>,
    withinMs: number = ANSWER_MS,
  ): Promise<Awaited<ReturnType<Theirs[Name]>>> {
    if (this.#closed !== null) return Promise.reject(this.#closed);
    const ask = ++this.#last;
    return new Promise((resolve, reject) => {
      const timer = setTimeout(
        () =>
          this.#settle({ answer: ask, fault: { name: "Error", message: late(name, withinMs) } }),
        withinMs,
      );
      const over = () => {
        clearTimeout(timer);
        this.#waiting.delete(ask);
      };
      const waiter: Waiter = {
        resolve(value: Awaited<ReturnType<Theirs[Name]>>) {
          over();
          resolve(value);
        },
        reject(error) {
          over();
          reject(error);
        },
      };
      this.#waiting.set(ask, waiter);
      this.#send({ ask, name, args });
    });
  }

  /** Has something done without waiting for it. It comes before whatever is asked later. */
  tell<Name extends keyof Theirs & string>(name: Name, ...args: Parameters<Theirs[Name]>): void {
    if (this.#closed === null) this.#send({ ask: 0, name, args });
  }

  /** Ends the line: who waits, or asks later, gets `why`. */
  close(why: Error): void {
    this.#closed ??= why;
    this.#port.close();
    for (const waiter of [...this.#waiting.values()]) waiter.reject(why);
  }

  #send(message: Request | Answer): void {
    this.#port.postMessage(message);
  }

  async #answer({ ask, name, args }: Request, ours: object): Promise<void> {
    try {
      const method: unknown = Reflect.get(ours, name);
      if (typeof method !== "function") throw new TypeError(`Nothing here does ${name}`);
      const value: unknown = await method(...args);
      if (ask !== 0 && this.#closed === null) this.#send({ answer: ask, value });
    } catch (error) {
      // Nobody waits to hear of it: it is a fault of this thread.
      if (ask === 0) throw error;
      if (this.#closed === null) this.#send({ answer: ask, fault: faultOf(error) });
    }
  }

  #settle({ answer, value, fault }: Answer): void {
    const waiter = this.#waiting.get(answer);
    if (fault === undefined) waiter?.resolve(value);
    else waiter?.reject(thrown(fault));
  }
}

function late(name: string, ms: number): string {
  return `Another thread did not answer ${name} within ${ms} ms`;
}
