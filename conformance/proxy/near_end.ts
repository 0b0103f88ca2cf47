import { memoryPair } from "../../protocol/transport/mod.ts";
import type { ConnectionAddresses, MemoryConnection } from "../../protocol/transport/mod.ts";
import type { EdgeVerdict, EdgeWatch } from "../edge/edge_probe.ts";
import { lookUntil } from "../edge/patience.ts";
import type { TargetConnection } from "../player/target.ts";
import type { Relay } from "./relay.ts";

/** What a player holds of a connection that is led through a proxy in the same process. */
export class NearEnd implements TargetConnection {
  readonly #memory: MemoryConnection;
  readonly #onClose: () => void;
  /** A name for this connection, by which its probe finds it; there is no such socket. */
  readonly addresses: ConnectionAddresses = {
    local: { transport: "unix", path: "memory" },
    remote: { transport: "unix", path: "memory" },
  };
  #written = 0;

  /** Wraps one end in memory; `onClose` is told when it is closed. */
  constructor(memory: MemoryConnection, onClose: () => void) {
    this.#memory = memory;
    this.#onClose = onClose;
  }

  /** Bytes written so far. */
  get written(): number {
    return this.#written;
  }

  get local(): string {
    return this.#memory.local;
  }

  get remote(): string {
    return this.#memory.remote;
  }

  read(target: Uint8Array): Promise<number | null> {
    return this.#memory.read(target);
  }

  async write(source: Uint8Array): Promise<number> {
    const count = await this.#memory.write(source);
    this.#written += count;
    return count;
  }

  closeWrite(): Promise<void> {
    return this.#memory.closeWrite();
  }

  close(): void {
    this.#memory.close();
    this.#onClose();
  }

  reset(): void {
    this.#memory.reset();
  }
}

/** Both ends of a connection in memory: what the player holds, and what the proxy reads. */
export function nearPair(onClose: () => void): { near: NearEnd; inner: MemoryConnection } {
  const [outer, inner] = memoryPair({ name: "proxy" });
  return { near: new NearEnd(outer, onClose), inner };
}

/** Watches what the player has read of what the proxy wrote to it: in memory that is known for sure. */
export function watchMemory(inner: MemoryConnection): EdgeWatch {
  const look = () => inner.unread === 0 ? "proven" as const : undefined;
  return {
    method: "none",
    reason: "it is in memory",
    targetInode: 0,
    taken: undefined,
    settled: async ({ deadlineMs }) => await lookUntil(look, deadlineMs) ?? "timeout",
  };
}

/** Watches what the target behind the proxy has read of what the player wrote: proven if every chunk was. */
export function watchThrough(near: NearEnd, relay: Relay): EdgeWatch {
  const flow = relay.flow("up"), edge = relay.edges.up;
  let assumed = 0;
  const look = (): EdgeVerdict | undefined => {
    if (flow.over) return "gone";
    if (flow.bytesIn < near.written || !flow.settled) return undefined;
    const proven = flow.assumed === assumed;
    assumed = flow.assumed;
    return proven ? "proven" : "assumed";
  };
  return {
    method: edge.method,
    reason: edge.reason,
    targetInode: edge.targetInode,
    get taken() {
      return edge.taken;
    },
    settled: async ({ deadlineMs }) => await lookUntil(look, deadlineMs) ?? "timeout",
  };
}
