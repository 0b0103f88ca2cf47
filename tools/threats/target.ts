/**
 * What a probe attacks: the same bytes go to the naive port and to our programs, because both speak the tutorials' formats.
 * @module
 */
import type { Process } from "./process.ts";

/** A lesson of the tutorials. `echo` has frames with a signed length in front. */
export type Lesson = "files" | "exec" | "chat" | "echo" | "udp";

/** How a server is to be started. */
export interface StartOptions {
  /** Where it listens, an address of this machine by default. */
  readonly hostname?: string;
  /** A password that clients must know. */
  readonly password?: string;
  /** A Unix socket to listen on, too. */
  readonly unixPath?: string;
  /** Most files that it may have open. */
  readonly files?: number;
}

/** A server that runs. */
export interface Served extends AsyncDisposable {
  readonly process: Process;
  /** The directory whose files it serves. */
  readonly root: string;
  /** Its port for a lesson. */
  port(lesson: Lesson): number;
}

/** Somebody in the chat. */
export interface Seat extends AsyncDisposable {
  say(text: string): Promise<void>;
  /** Waits for what somebody else says. */
  heard(): Promise<string>;
}

/** The naive port, or our programs. */
export interface Target {
  readonly name: "naive" | "ours";
  /** Starts a server that listens, on a free port for each lesson. */
  serve(options?: StartOptions): Promise<Served>;
  /** Starts a server that may not be able to listen; `sandbox` are flags of deno for it. */
  launch(options: StartOptions, sandbox?: readonly string[]): Promise<Process>;
  /** Lets the client fetch a file from a server that speaks the lesson "files". */
  get(port: number, name: string, into: string): Promise<Process>;
  /** Fetches a file from a server of the same kind, where the last download broke off. */
  resume(served: Served, port: number, name: string, into: string): Promise<Process>;
  /** The port of the server where {@linkcode Target.resume} fetches from. */
  resumePort(served: Served): number;
  /** Fetches `http://…` into a file. */
  fetch(url: string, path: string): Promise<Process>;
  /** Says something to a server over TLS. */
  overTls(port: number, text: string): Promise<Process>;
  /** Enters the chat; it rejects when the name is refused. */
  join(served: Served, name: string): Promise<Seat>;
  /** Whether somebody from `address` may come in; it throws when the rules cannot be used. */
  mayEnter(address: string, allow: readonly string[], deny: readonly string[]): boolean;
}

/** What a probe found. The sentence is the same at every run. */
export interface Finding {
  readonly safe: boolean;
  readonly says: string;
}

/** Attacks a target. It starts what it needs, and leaves nothing behind. */
export type Probe = (target: Target) => Promise<Finding>;
