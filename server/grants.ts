import type { NativeServerOptions, NativeService } from "../protocol/native/mod.ts";
import type { ChatBus } from "./chat/chat_bus.ts";
import type { Operator } from "./dialects/chat_raw_dialect.ts";
import type { Limits } from "./dialects/limits.ts";
import type { ExecGrant } from "./exec/run_program.ts";
import type { FilesGrant } from "./native/files.ts";

/** What the listeners of a server may do, and within which limits. */
export interface Grants {
  /** What peers are allowed, in bytes and ms. */
  readonly limits: Limits;
  /** The secret of nonstick/1 listeners; without one everybody is served. */
  readonly token?: Uint8Array;
  /** What nonstick/1 listeners do, by name. */
  readonly services: Readonly<Record<string, NativeService>>;
  /** What may be run for exec dialects; nothing without it. */
  readonly exec?: ExecGrant & {
    /** Whether a shell reads the commands of raw dialects. */
    readonly shell: boolean;
  };
  /** Which files file dialects have; none without it. */
  readonly files?: FilesGrant;
  /** Where everybody meets. */
  readonly chat: ChatBus;
  /** Who talks with raw chat listeners; without one their guests talk with each other. */
  readonly operator?: Operator;
  /** Told of every exchange of nonstick/1 that is over. */
  readonly onExchange?: NativeServerOptions["onExchange"];
  /** Told of what fails in a service, where the peer is not told why. */
  readonly onFault: (error: unknown, service: string) => void;
}
