// Has the target read what we sent? The answer makes the edge of a chunk the edge of a read: only
// when one chunk was read is the next one sent, so that the target cannot read the two together.

import { DiagSocket } from "./diag_socket.ts";
import type { EdgeObserver } from "./edge_observer.ts";
import { EdgeProbeError } from "./edge_probe_error.ts";
import { Libc } from "./libc.ts";
import { acceptedUnixSockets, ownUnixSockets } from "./own_unix_sockets.ts";
import { lookUntil } from "./patience.ts";
import { lookupPipe } from "./pipe.ts";
import { PipeObserver } from "./pipe_observer.ts";
import { lookupInProc } from "./proc_net_tcp.ts";
import { lookupByDiag } from "./tcp_diag.ts";
import { TcpObserver } from "./tcp_observer.ts";
import { otherSide, tcpPair } from "./tcp_pair.ts";
import { lookupUnix } from "./unix_diag.ts";
import { UnixObserver } from "./unix_observer.ts";

/**
 * How the kernel is asked, best first: `sock_diag` (a few µs, TCP, TLS and Unix), `pipe` (the same for
 * pipes, by FIONREAD), `proc` (/proc/net/tcp, milliseconds, TCP and TLS), `none` (not at all, a gap in
 * time instead). `exact`: there is nothing to ask, chunks are handed over one by one to a decoder.
 */
export type EdgeMethod = "sock_diag" | "pipe" | "proc" | "none" | "exact";

/**
 * What is known of an edge: `proven` (the target has read everything), `assumed` (the kernel cannot
 * be asked, time has passed), `timeout` (the target has not read everything), `gone` (the target
 * holds the connection no more; what it had read is not known).
 */
export type EdgeVerdict = "proven" | "assumed" | "timeout" | "gone";

/**
 * Both ends of a connection of ours: the `addresses` of a transport's connection, or `localAddr` and
 * `remoteAddr` of a `Deno.Conn`. Take them before `Deno.startTls`, which forgets them.
 */
export interface EdgeTarget {
  /** Our end. */
  readonly local: Deno.Addr;
  /** The target's end. */
  readonly remote: Deno.Addr;
}

/** A process that we started and whose standard input is a pipe of ours. */
export interface PipeTarget {
  /** Process id. */
  readonly reader: number;
}

/** Options of {@linkcode EdgeWatch.settled}. */
export interface SettledOptions {
  /** Milliseconds after which the verdict is `timeout`. */
  readonly deadlineMs: number;
  /** Bytes on the wire since the connection began, if they are known. */
  readonly written?: number | undefined;
}

/** How the edges of one connection are watched. */
export interface EdgeWatch {
  /** How the kernel is asked about this connection. */
  readonly method: EdgeMethod;
  /** Why not by a better method; empty for the best one. */
  readonly reason: string;
  /**
   * Inode of the target's socket as in `/proc/PID/fd`, which leads to its process. 0 when it is not
   * known or not accepted yet.
   */
  readonly targetInode: number;
  /**
   * Bytes on the wire that the target has read since the connection began; undefined where the kernel does not tell.
   * Telling it once is no proof: what arrives just then may count as read.
   */
  readonly taken: number | undefined;
  /**
   * Waits until the target has read everything that was written so far. Write nothing meanwhile;
   * reading goes on.
   *
   * @param options.deadlineMs Milliseconds after which the verdict is `timeout`.
   * @param options.written Bytes on the wire that were written since the connection began, if the caller knows: it
   * saves a question to the kernel. Leave it out where the wire carries more than that, as with TLS.
   * @throws {EdgeProbeError} when the kernel refuses to answer, or the probe was closed.
   */
  settled(options: SettledOptions): Promise<EdgeVerdict>;
}

/** Options of {@linkcode openEdgeProbe}. */
export interface EdgeProbeOptions {
  /** The best method to try. Default: `sock_diag`. */
  readonly method?: EdgeMethod;
  /** Where the kernel cannot be asked: how long to wait after a chunk, in ms. Default: 1. */
  readonly gapMs?: number;
}

/** Watches connections whose other end is on this machine. */
export interface EdgeProbe extends Disposable {
  /** The best method that is there. A connection may need a lesser one, see its own `method`. */
  readonly method: EdgeMethod;
  /** Why not a better method; empty for the best one. */
  readonly reason: string;
  /**
   * Begins to watch a connection, once. Unix connections are told apart only if each is watched
   * before the next one to the same path is opened; otherwise their edges are assumed. So are those
   * of a connection without addresses.
   */
  watch(target: EdgeTarget | PipeTarget | undefined): EdgeWatch;
}

/**
 * Opens the best probe that this machine and the given permissions allow. It needs Linux and
 * `--allow-ffi`; without them it assumes edges, says so and says why.
 *
 * @example
 * ```ts
 * import { openEdgeProbe } from "./edge_probe.ts";
 *
 * using listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
 * using ours = await Deno.connect({ hostname: "127.0.0.1", port: listener.addr.port });
 * using theirs = await listener.accept();
 *
 * using probe = openEdgeProbe();
 * const edge = probe.watch({ local: ours.localAddr, remote: ours.remoteAddr });
 * await ours.write(new Uint8Array(2));
 * await theirs.read(new Uint8Array(2));
 * console.log(await edge.settled({ deadlineMs: 1000 })); // "proven", or "assumed" and edge.reason
 * ```
 */
export function openEdgeProbe(options: EdgeProbeOptions = {}): EdgeProbe {
  return new KernelProbe(options.method ?? "sock_diag", options.gapMs ?? 1);
}

class KernelProbe implements EdgeProbe {
  readonly method: EdgeMethod = "none";
  readonly reason: string;
  readonly #gapMs: number;
  readonly #libc: Libc | undefined;
  readonly #kernel: DiagSocket | undefined;
  // Inodes of our Unix sockets that are watched, by path.
  readonly #watched = new Map<string, number[]>();

  constructor(best: EdgeMethod, gapMs: number) {
    this.#gapMs = gapMs;
    let reason = best === "sock_diag" ? "" : `The method "${best}" was asked for`;
    try {
      if (best !== "none") {
        this.#libc = Libc.open();
        this.method = "proc";
      }
      if (best === "sock_diag" && this.#libc) {
        this.#kernel = new DiagSocket(this.#libc);
        this.method = "sock_diag";
      }
    } catch (error) {
      reason = messageOf(error);
    }
    this.reason = reason;
  }

  watch(target: EdgeTarget | PipeTarget | undefined): EdgeWatch {
    // Two methods may fail for one reason.
    const reasons = new Set(this.reason ? [this.reason] : []);
    for (const [method, observe] of target ? this.#ways(target) : []) {
      try {
        return new ObservedEdge(method, [...reasons].join(". "), observe());
      } catch (error) {
        reasons.add(messageOf(error));
      }
    }
    if (reasons.size === 0) {
      const over = target && "remote" in target
        ? `over ${target.remote.transport}`
        : "without addresses";
      reasons.add(`Cannot observe a connection ${over}`);
    }
    return new AssumedEdge([...reasons].join(". "), this.#gapMs);
  }

  [Symbol.dispose](): void {
    this.#kernel?.[Symbol.dispose]();
    this.#libc?.[Symbol.dispose]();
  }

  // The ways to observe a connection, best first.
  *#ways(target: EdgeTarget | PipeTarget): Generator<[EdgeMethod, () => EdgeObserver]> {
    const [libc, kernel] = [this.#libc, this.#kernel];
    if ("reader" in target) {
      if (libc) yield ["pipe", () => new PipeObserver(lookupPipe(libc, target.reader))];
      return;
    }
    const { local, remote } = target;
    if (local.transport === "tcp" && remote.transport === "tcp") {
      const ours = tcpPair(local, remote);
      const theirs = otherSide(ours);
      if (kernel) {
        const observe = () =>
          new TcpObserver(lookupByDiag(kernel, ours), lookupByDiag(kernel, theirs));
        yield ["sock_diag", observe];
      }
      if (libc) {
        yield ["proc", () => new TcpObserver(lookupInProc(libc, ours), lookupInProc(libc, theirs))];
      }
    } else if (libc && kernel && local.transport === "unix" && remote.transport === "unix") {
      // The end that connected has no path of its own; the runtime says "" or null.
      const [path, sockets] = remote.path
        ? [remote.path, ownUnixSockets]
        : [local.path, acceptedUnixSockets];
      const inode = () => this.#newUnixSocket(path, sockets(libc, path));
      yield ["sock_diag", () => new UnixObserver(lookupUnix(kernel, inode()))];
    }
  }

  #newUnixSocket(path: string, connected: readonly number[]): number {
    const watched = this.#watched.get(path) ?? [];
    const [inode, ...others] = connected.filter((inode) => !watched.includes(inode));
    if (inode === undefined || others.length > 0) {
      throw new EdgeProbeError(
        `Cannot tell which of ${connected.length} connections to ${path} is meant: ` +
          "watch each one before the next is opened",
      );
    }
    this.#watched.set(path, [...connected.filter((inode) => watched.includes(inode)), inode]);
    return inode;
  }
}

class ObservedEdge implements EdgeWatch {
  readonly method: EdgeMethod;
  readonly reason: string;
  readonly #observer: EdgeObserver;

  constructor(method: EdgeMethod, reason: string, observer: EdgeObserver) {
    this.method = method;
    this.reason = reason;
    this.#observer = observer;
  }

  get targetInode(): number {
    return this.#observer.targetInode;
  }

  get taken(): number | undefined {
    return this.#observer.taken;
  }

  async settled({ deadlineMs, written }: SettledOptions): Promise<EdgeVerdict> {
    return await lookUntil(this.#observer.begin(written), deadlineMs) ?? "timeout";
  }
}

class AssumedEdge implements EdgeWatch {
  readonly method = "none";
  readonly reason: string;
  readonly targetInode = 0;
  readonly taken = undefined;
  readonly #gapMs: number;

  constructor(reason: string, gapMs: number) {
    this.reason = reason;
    this.#gapMs = gapMs;
  }

  async settled(options: SettledOptions): Promise<EdgeVerdict> {
    const waitMs = Math.min(this.#gapMs, options.deadlineMs);
    await new Promise((resolve) => setTimeout(resolve, waitMs));
    return "assumed";
  }
}

// Only what the kernel refused is a reason to fall back; anything else is a fault of ours.
function messageOf(error: unknown): string {
  if (error instanceof EdgeProbeError) return error.message;
  throw error;
}
