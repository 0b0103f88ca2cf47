import { printableJson } from "../cli/printable.ts";
import { FramingError } from "../protocol/framing/mod.ts";
import { ExchangeError, ProtocolError } from "../protocol/native/mod.ts";
import { ConnectionLostError, DeadlineError } from "../protocol/session/mod.ts";
import { DatagramError } from "../protocol/transport/mod.ts";

/** How bad it is, from nothing to the worst: what goes well, what happened, a peer's fault, our fault. */
export const LOG_LEVELS = ["debug", "info", "warn", "error"] as const;

/** One of {@linkcode LOG_LEVELS}. */
export type LogLevel = typeof LOG_LEVELS[number];

/** How log lines are written. */
export type LogFormat = "text" | "json";

/** What a log line tells besides time, level and event. */
export type LogFields = Readonly<Record<string, string | number>>;

/** Writes one line per event, whatever bytes its fields hold. */
export class Log {
  /** How lines look. */
  format: LogFormat;
  /** What is not as bad as this is left out. */
  least: LogLevel;
  readonly #write: (line: string) => void;

  /** Makes a log that hands its lines to `write`. */
  constructor(
    format: LogFormat,
    least: LogLevel = "info",
    write: (line: string) => void = (line) => console.error(line),
  ) {
    this.format = format;
    this.least = least;
    this.#write = write;
  }

  /** Writes one line, if it is bad enough. */
  add(level: LogLevel, event: string, fields: LogFields = {}): void {
    if (LOG_LEVELS.indexOf(level) < LOG_LEVELS.indexOf(this.least)) return;
    const time = new Date().toISOString();
    if (this.format === "json") {
      this.#write(printableJson({ time, level, event, ...fields }));
    } else {
      const pairs = Object.entries(fields).map(([name, value]) => `${name}=${shown(value)}`);
      this.#write([time, level.padEnd(5), event, ...pairs].join(" "));
    }
  }

  /** Writes what went wrong, in a connection if nothing else is said, in fields that a program can read. */
  failure(error: unknown, fields: LogFields, event = "connection-failed"): void {
    const expected = error instanceof FramingError || error instanceof DeadlineError ||
      error instanceof ProtocolError || error instanceof ExchangeError || isNetworkError(error);
    this.add(expected ? "warn" : "error", event, { ...fields, ...facts(error) });
  }
}

/** What a peer or the network can do to us at any time. */
function isNetworkError(error: unknown): boolean {
  return [
    ConnectionLostError,
    DatagramError,
    Deno.errors.ConnectionReset,
    Deno.errors.ConnectionAborted,
    Deno.errors.BrokenPipe,
    Deno.errors.NotConnected,
    Deno.errors.UnexpectedEof,
    Deno.errors.InvalidData,
    Deno.errors.TimedOut,
  ].some((kind) => error instanceof kind);
}

/** The fields of an error. */
function facts(error: unknown): LogFields {
  if (error instanceof FramingError) {
    const { name, code, offset, frameIndex, message } = error;
    return { error: name, code, offset, frame: frameIndex, message };
  }
  if (error instanceof DeadlineError) {
    return { error: error.name, phase: error.phase, ms: error.ms, message: error.message };
  }
  if (error instanceof ProtocolError || error instanceof ExchangeError) {
    return { error: error.name, code: error.code, message: error.message };
  }
  if (!(error instanceof Error)) return { error: "unknown", message: String(error) };
  const stack = isNetworkError(error) || error.stack === undefined ? {} : { stack: error.stack };
  return { error: error.name, message: error.message, ...stack };
}

function shown(value: string | number): string {
  const text = String(value);
  return /^[\w.:/[\]?&=+-]+$/.test(text) ? text : printableJson(text);
}
