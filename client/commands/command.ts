import type { Framing } from "../../protocol/framing/mod.ts";
import type { Connection } from "../../protocol/transport/mod.ts";
import type { ByteSource } from "../input.ts";
import type { Output } from "../output.ts";
import type { Patience } from "../patience.ts";

/** What a command works with, once the connection is there. */
export interface CommandContext {
  /** The arguments behind its name. */
  readonly words: readonly string[];
  /** The connection, as the URL that leads to it and as bytes. */
  readonly to: string;
  readonly connection: Connection;
  /** The service on the other side. */
  readonly service: string;
  /** How frames are marked, null for raw bytes. */
  readonly framing: Framing | null;
  readonly patience: Patience;
  readonly input: ByteSource;
  readonly output: Output;
}

/** One command of `nonstick`. */
export interface Command {
  readonly name: string;
  /** How its arguments are written. */
  readonly form: string;
  /** Fewest and most arguments. */
  readonly words: readonly [least: number, most: number];
  readonly summary: string;
  /** The services it can talk with, its own one first; any when empty. */
  readonly services: readonly string[];
  /** Whether it has no sense without frames. */
  readonly framed?: boolean;
  readonly examples: readonly (readonly [command: string, what: string])[];
  /** Does it; an error that it throws decides the exit code. */
  readonly run: (context: CommandContext) => Promise<void>;
}
