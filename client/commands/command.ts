import type { Framing } from "../../protocol/framing/mod.ts";
import type { NativeClient } from "../../protocol/native/mod.ts";
import type { Connection } from "../../protocol/transport/mod.ts";
import type { DatagramAsker } from "../datagrams/datagram_asker.ts";
import type { ByteSource } from "../input.ts";
import type { ClientSettings, CommandOption } from "../options.ts";
import type { Output } from "../output.ts";
import type { Patience } from "../patience.ts";

/** What a command works with, once the connection is there. */
export interface CommandContext {
  /** The arguments behind its name. */
  readonly words: readonly string[];
  /** What the options were set to. */
  readonly settings: ClientSettings;
  /** The server, as the URL that leads to it. */
  readonly to: string;
  /** The connection as bytes; with nonstick/1 these belong to `native`. */
  readonly connection: Connection;
  /** The connection as nonstick/1, null for the other dialects. */
  readonly native: NativeClient | null;
  /** Another connection to the same server, in nonstick/1; the last one is closed. */
  readonly again: () => Promise<NativeClient>;
  /** What is spoken: `native`, or the name of a dialect. */
  readonly speak: string;
  /** How frames are marked, null for raw bytes and for nonstick/1. */
  readonly framing: Framing | null;
  readonly patience: Patience;
  readonly input: ByteSource;
  readonly output: Output;
  /** Standard error, for what a program on the server writes there. */
  readonly errors: Output;
}

/** What a command works with that asks in datagrams. */
export interface DatagramContext
  extends Pick<CommandContext, "words" | "settings" | "to" | "speak" | "input" | "output"> {
  /** Asks the server, and waits for its answer. */
  readonly asker: DatagramAsker;
}

/** What a command works with that needs no server. */
export type LoneContext = Pick<CommandContext, "words" | "settings" | "input" | "output">;

/** What all commands have. */
interface CommandBase {
  readonly name: string;
  /** How its arguments are written. */
  readonly form: string;
  /** Fewest and most arguments. */
  readonly words: readonly [least: number, most: number];
  /** The only arguments that it takes, if there are no others. */
  readonly choices?: readonly string[];
  readonly summary: string;
  /** The options that it takes besides the common ones. */
  readonly options?: readonly CommandOption[];
  readonly examples: readonly (readonly [command: string, what: string])[];
  /** The exit code of every failure but a wrong command line, where those of the client could be mistaken. */
  readonly failureCode?: number;
}

/** A command that talks with a server. */
export interface ServerCommand extends CommandBase {
  /** The service of nonstick/1 that it asks, null for none in particular; undefined if it cannot speak it. */
  readonly service?: string | null;
  /** The dialects besides nonstick/1 that it can talk, its own one first; any when empty. */
  readonly speaks: readonly string[];
  /** Whether it has no sense without frames. */
  readonly framed?: boolean;
  /** Does it over datagrams, if it can. */
  readonly runOverDatagrams?: (context: DatagramContext) => Promise<number | void>;
  /** Does it; resolves to an exit code other than 0, if it is one. An error that it throws decides it, too. */
  readonly run: (context: CommandContext) => Promise<number | void>;
}

/** A command that needs no server. */
export interface LoneCommand extends CommandBase {
  /** Does it, as {@linkcode ServerCommand.run}. */
  readonly runAlone: (context: LoneContext) => Promise<number | void>;
}

/** One command of `nonstick`. */
export type Command = ServerCommand | LoneCommand;
