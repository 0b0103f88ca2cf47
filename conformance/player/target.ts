import type { Connection, Endpoint } from "../../protocol/transport/mod.ts";
import type { EdgeWatch, PipeTarget } from "../edge/edge_probe.ts";
import type { ProcessEnd } from "./spawned_process.ts";

/** The target could not be started or reached before the run. The message says what to do. */
export class TargetStartError extends Error {
  /** The class of the error. */
  override readonly name = "TargetStartError";
}

/** A connection to a target; over a pipe it says whose standard input that is, so that its edges can be watched. */
export interface TargetConnection extends Connection {
  /** The process at the other end of the pipe. */
  readonly pipe?: PipeTarget;
  /** How long a process that has just been started for it may take until it reads, in ms. */
  readonly startsMs?: number;
  /** How its edges are known without anybody being asked: then chunks may be written without waiting in between. */
  readonly edge?: EdgeWatch;
  /** How many frames each chunk brought, of those that were written since it was asked last, where that is known. */
  takeSteps?(): readonly number[];
  /** What a decoder in the place of a peer has told so far. */
  readonly decoder?: DecoderTold;
}

/** What a decoder tells besides frames. */
export interface DecoderTold {
  /** What it reported: frames that it dropped, … */
  readonly reports: readonly string[];
  /** The error that ended it: code and offset. */
  readonly error?: string;
  /** Why something that it gave is no payload of the framing. */
  readonly unframable?: string;
}

/** A place where a target can be met. */
export type TargetEndpoint = Endpoint & { scheme: "tcp" | "tls" | "unix" | "stdio" };

/** The program under test: where it is met and, if we started it, its process. Disposing of it ends the process by its id. */
export interface TargetProgram extends AsyncDisposable {
  /** Where it is met, as an endpoint string with the real port. */
  readonly name: string;
  /** Its process id, if we started it. */
  readonly pid: number | undefined;
  /** How its process ended; undefined while it runs or when it is not ours. */
  readonly end: ProcessEnd | undefined;
  /** The last of its standard error, if we started it. */
  readonly stderrTail: string;
  /** How often it had to be started again. */
  readonly restarts: number;
  /**
   * Starts it again after its process ended. Does nothing while it runs, or when it is not ours.
   *
   * @throws {TargetStartError} if it does not come up again.
   */
  restart(): Promise<void>;
  /** Waits at most `ms` for the end of its process, after a connection went down. */
  endedWithin(ms: number): Promise<ProcessEnd | undefined>;
}

/** A target of streams: a fresh connection to it comes from here. */
export interface Target extends TargetProgram {
  /** How it is reached. */
  readonly scheme: TargetEndpoint["scheme"];
  /** Why RST cannot be sent to it, where the transport knows RST and it cannot. */
  readonly noReset?: string;
  /**
   * A fresh connection: to a server we dial, a client dials us, over stdio a process is started.
   *
   * @param resettable whether it must be able to send RST, where the transport knows RST.
   * @throws {Error} if there is none, whatever the reason.
   */
  connect(resettable?: boolean): Promise<TargetConnection>;
}

/** Where the target is and how it is started. */
export interface TargetOptions {
  /**
   * Which side it is: a `server` listens and we dial, a `client` dials us.
   *
   * @default {"server"}
   */
  readonly side?: "server" | "client";
  /** Where the listening side listens. Port 0 takes a free port; for a server only with `spawn`. */
  readonly endpoint: TargetEndpoint;
  /** The words of the command that starts it; `{host}`, `{port}` and `{path}` are replaced. */
  readonly spawn?: readonly string[];
  /** How long it may take until it accepts a connection or dials us, in ms. */
  readonly startTimeoutMs: number;
  /** Certificates (PEM) to trust for TLS. */
  readonly caCerts?: readonly string[];
  /** Certificate chain and key (PEM) that a client over TLS is shown. */
  readonly certificate?: { readonly cert: string; readonly key: string };
  /** Told where we listen while a client that somebody starts by hand is waited for. */
  readonly onWaiting?: (where: string) => void;
}
