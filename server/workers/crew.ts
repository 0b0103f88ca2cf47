import { listen, type TlsIdentity } from "../../protocol/transport/mod.ts";
import type { ChatBus } from "../chat/chat_bus.ts";
import type { Door } from "../doorkeeper.ts";
import type { Power, PowerState } from "../least_power.ts";
import type { Asked } from "../listener_plan.ts";
import type { Log } from "../log.ts";
import type { Counts } from "../metrics.ts";
import type { Change } from "../reload/serve_anew.ts";
import { DEFAULT_DRAIN_TIMEOUT_MS, DEFAULT_LINGER_TIMEOUT_MS } from "../server.ts";
import { Calls } from "./calls.ts";
import { mainService } from "./main_service.ts";
import type { Task, WorkerService } from "./worker_service.ts";

/** Longest wait for the counts of a worker, and for the end of one beyond what its connections were given, in ms. */
const COUNTS_MS = 2000, GRACE_MS = 2000;

/** What a crew is made of. */
export interface CrewOptions {
  /** How many workers. */
  readonly count: number;
  /** Who is let in, by whichever worker. */
  readonly door: Door;
  /** Where everybody meets. */
  readonly chat: ChatBus;
  /** Where it is told. */
  readonly log: Log;
  /** The module that a worker runs; another one for tests. */
  readonly module?: URL;
}

interface Member {
  readonly number: number;
  readonly thread: Worker;
  readonly calls: Calls<WorkerService>;
  /** Connections that are in. */
  inside: number;
}

/**
 * Threads that serve the same ports; the system shares the connections out among them. A fault that ends one of them ends the
 * service, as it does where there is one thread only: what it has left behind cannot be known.
 */
export class Crew {
  readonly #members: readonly Member[];
  readonly #log: Log;
  readonly #failed = Promise.withResolvers<void>();
  readonly #finished = Promise.withResolvers<void>();
  #hasFailed = false;
  #hasEnded = false;

  /** Starts the threads; they listen to nothing yet. */
  constructor({ count, door, chat, log, module }: CrewOptions) {
    this.#log = log;
    const url = module ?? new URL("./worker.ts", import.meta.url);
    this.#members = Array.from({ length: count }, (_, i): Member => {
      const number = i + 1;
      // Without options of their own they have the permissions of this thread, and lose them with it.
      const thread = new Worker(url, { type: "module", name: `worker-${number}` });
      const { port1, port2 } = new MessageChannel();
      const counting: Door = {
        async enter(remote) {
          const refusal = await door.enter(remote);
          if (refusal === null) member.inside++;
          return refusal;
        },
        leave(remote) {
          member.inside--;
          door.leave(remote);
        },
        punish: (remote, why) => door.punish(remote, why),
        sourceOf: (remote) => door.sourceOf(remote),
      };
      const service = mainService(counting, chat, (batch) => calls.ask("hear", [batch]));
      const calls: Calls<WorkerService> = new Calls(port1, service);
      const member: Member = { number, thread, calls, inside: 0 };
      thread.onerror = (event) => {
        event.preventDefault();
        this.#fail(member, event.message);
      };
      thread.postMessage(null, [port2]);
      return member;
    });
  }

  /** Connections being served now. */
  get connectionCount(): number {
    return this.#members.reduce((sum, { inside }) => sum + inside, 0);
  }

  /** Whether a worker has ended by a fault, or did not end when it was asked to. */
  get hasFailed(): boolean {
    return this.#hasFailed;
  }

  /** Resolves when a worker has ended by a fault. */
  get failed(): Promise<void> {
    return this.#failed.promise;
  }

  /** Resolves when the crew was shut down. */
  get finished(): Promise<void> {
    return this.#finished.promise;
  }

  /**
   * Listens, and serves who comes; resolves to the endpoints.
   *
   * @throws {ListenError} if one of them cannot be listened on.
   */
  async open(asked: readonly Asked[], task: Omit<Task, "places">): Promise<string[]> {
    const places = asked.map(({ url, plan: { endpoint } }) => {
      if (endpoint.scheme !== "tcp" && endpoint.scheme !== "tls") {
        throw new TypeError(`Cannot share ${url} among workers`);
      }
      return { url, endpoint };
    });
    // Who may share a port shares it with everybody who says so, a second server too: it has to be free first.
    for (const { endpoint } of places) {
      (await listen(endpoint, task.tls ? { tls: task.tls } : {})).close();
    }
    const [first, ...others] = this.#members;
    const endpoints = await first?.calls.ask("open", [{ ...task, places }]) ?? [];
    const bound = places.map(({ url, endpoint }, i) => {
      const port = Number(/\d+$/.exec(endpoints[i] ?? ""));
      return { url, endpoint: { ...endpoint, port } };
    });
    await Promise.all(others.map(({ calls }) => calls.ask("open", [{ ...task, places: bound }])));
    return endpoints;
  }

  /** Gives up powers in every worker, see {@linkcode giveUpPowers}. */
  async giveUp(needed: ReadonlySet<Power>): Promise<void> {
    await Promise.all(this.#members.map(({ calls }) => calls.ask("giveUp", [[...needed]])));
  }

  /** What the powers of each worker are. */
  tryPowers(needed: ReadonlySet<Power>): Promise<PowerState[][]> {
    return Promise.all(this.#members.map(({ calls }) => calls.ask("tryPowers", [[...needed]])));
  }

  /** What each worker has counted. */
  counts(): Promise<Counts[]> {
    return Promise.all(this.#members.map(({ calls }) => calls.ask("counts", [], COUNTS_MS)));
  }

  /** See {@linkcode serveAnew}. */
  async change(change: Change): Promise<void> {
    await Promise.all(this.#members.map(({ calls }) => calls.ask("change", [change])));
  }

  /** Takes another certificate, one worker after the other: the rest go on accepting. */
  async renewCertificate(identity: TlsIdentity): Promise<void> {
    for (const { calls } of this.#members) await calls.ask("renew", [identity]);
  }

  /** Shuts down, see {@linkcode Server.shutdown}, also again. A worker that does not end in time is ended. */
  async shutdown(options: { readonly timeoutMs?: number } = {}): Promise<number> {
    const timeoutMs = options.timeoutMs ?? DEFAULT_DRAIN_TIMEOUT_MS;
    const withinMs = timeoutMs + DEFAULT_LINGER_TIMEOUT_MS + GRACE_MS;
    const closed = await Promise.all(this.#members.map(async (member) => {
      try {
        return await member.calls.ask("drain", [timeoutMs], withinMs);
      } catch (error) {
        // Another call was quicker.
        if (this.#hasEnded) return 0;
        this.#fail(member, error instanceof Error ? error.message : String(error));
        return member.inside;
      }
    }));
    this.#hasEnded = true;
    for (const { thread, calls } of this.#members) {
      calls.close(new Error("The crew has ended"));
      thread.terminate();
    }
    this.#finished.resolve();
    return closed.reduce((sum, count) => sum + count, 0);
  }

  #fail({ number, calls }: Member, message: string): void {
    const error = new Error(message);
    calls.close(error);
    if (!this.#hasFailed) this.#log.add("error", "worker-failed", { worker: number, message });
    this.#hasFailed = true;
    this.#failed.resolve();
  }
}
