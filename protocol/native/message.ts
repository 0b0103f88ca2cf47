import type { EnvelopeHeader, JsonValue } from "../framing/mod.ts";
import { ProtocolError } from "./errors.ts";

/** A JSON object. */
export interface JsonObject {
  /** Any member. */
  readonly [name: string]: JsonValue;
}

/** What a side takes, in bytes (PROTOCOL.md, clause 2.4). */
export interface NativeLimits {
  /** Most bytes of the body of one `data` message. */
  readonly part: number;
  /** Most bytes of `data` messages, headers included, that may be under way in one exchange. */
  readonly window: number;
}

/** Where a `data` message belongs to, and what it says besides its body. */
export interface DataMessage {
  readonly type: "data";
  readonly id: number;
  /** What the body is, or all there is to say when there is no body. */
  readonly about?: JsonObject;
  /** Length of the body in bytes. */
  readonly size: number;
}

/** Everything that nonstick/1 can say; PROTOCOL.md explains each. */
export type Message =
  | {
    readonly type: "greeting";
    readonly versions: readonly number[];
    readonly software: string;
    readonly limits: NativeLimits;
    readonly services: readonly string[];
    readonly auth: "none" | "hmac-sha256";
    readonly nonce: string;
  }
  | {
    readonly type: "hello";
    readonly versions: readonly number[];
    readonly software: string;
    readonly limits: NativeLimits;
    readonly nonce: string;
    readonly proof?: string;
  }
  | { readonly type: "ready"; readonly proof?: string }
  | {
    readonly type: "open";
    readonly id: number;
    readonly service: string;
    readonly args: JsonObject;
  }
  | DataMessage
  | { readonly type: "credit"; readonly id: number; readonly bytes: number }
  | { readonly type: "end"; readonly id: number; readonly result: JsonObject }
  | {
    readonly type: "error";
    /** The exchange that failed; without it the whole connection did. */
    readonly id?: number;
    readonly code: string;
    readonly message: string;
    readonly info?: JsonObject;
  }
  | { readonly type: "cancel"; readonly id: number }
  | { readonly type: "ping"; readonly id: number }
  | { readonly type: "pong"; readonly id: number }
  | { readonly type: "bye"; readonly message: string };

/** A message by its type. */
export type MessageOf<Type extends Message["type"]> = Message & { readonly type: Type };

/** The header that says `message`; the magic comes first (clause 2.1). */
export function headerOf(message: Message): EnvelopeHeader {
  if (message.type !== "greeting" && message.type !== "hello") return { ...message };
  const { versions, limits, ...more } = message;
  return { nonstick: versions, ...more, limits: { ...limits } };
}

/**
 * Reads the header of a message. Members that are not known are passed over (clause 1.4).
 *
 * @throws {ProtocolError} if it is no message.
 */
export function messageOf(header: EnvelopeHeader): Message {
  const fields = new Fields(header);
  const type = fields.text("type");
  const message = READERS[type]?.(fields);
  if (message === undefined) throw new ProtocolError(`There is no message ${quoted(type)}`);
  if (type !== "data" && fields.optional("size") !== undefined) {
    throw new ProtocolError(`A message ${quoted(type)} has no body`);
  }
  return message;
}

type Reader = (fields: Fields) => Message;

/** A null prototype, so that no inherited name is taken for a message. */
const READERS: Readonly<Record<string, Reader>> = Object.assign(
  Object.create(null) as Record<string, Reader>,
  {
    greeting: (fields) => ({
      type: "greeting",
      versions: fields.versions(),
      software: fields.text("software"),
      limits: fields.limits(),
      services: fields.texts("services"),
      auth: fields.oneOf("auth", ["none", "hmac-sha256"]),
      nonce: fields.text("nonce"),
    }),
    hello: (fields) => ({
      type: "hello",
      versions: fields.versions(),
      software: fields.text("software"),
      limits: fields.limits(),
      nonce: fields.text("nonce"),
      ...fields.proof(),
    }),
    ready: (fields) => ({ type: "ready", ...fields.proof() }),
    open: (fields) => ({
      type: "open",
      id: fields.count("id"),
      service: fields.text("service"),
      args: fields.object("args") ?? {},
    }),
    data: (fields) => {
      const about = fields.object("about");
      return {
        type: "data",
        id: fields.count("id"),
        ...(about === undefined ? {} : { about }),
        size: fields.optional("size") === undefined ? 0 : fields.count("size"),
      };
    },
    credit: (fields) => ({ type: "credit", id: fields.count("id"), bytes: fields.count("bytes") }),
    end: (fields) => ({
      type: "end",
      id: fields.count("id"),
      result: fields.object("result") ?? {},
    }),
    error: (fields) => {
      const info = fields.object("info");
      return {
        type: "error",
        ...(fields.optional("id") === undefined ? {} : { id: fields.count("id") }),
        code: fields.text("code"),
        message: fields.text("message"),
        ...(info === undefined ? {} : { info }),
      };
    },
    cancel: (fields) => ({ type: "cancel", id: fields.count("id") }),
    ping: (fields) => ({ type: "ping", id: fields.count("id") }),
    pong: (fields) => ({ type: "pong", id: fields.count("id") }),
    bye: (fields) => ({ type: "bye", message: fields.text("message") }),
  } satisfies Record<Message["type"], Reader>,
);

/** The members of a header, each checked when it is asked for. */
class Fields {
  readonly #header: EnvelopeHeader;

  constructor(header: EnvelopeHeader) {
    this.#header = header;
  }

  optional(name: string): JsonValue | undefined {
    return Object.hasOwn(this.#header, name) ? this.#header[name] : undefined;
  }

  text(name: string): string {
    const value = this.optional(name);
    return typeof value === "string" ? value : this.#wrong(name, "text");
  }

  count(name: string): number {
    return countOf(this.optional(name)) ?? this.#wrong(name, "a whole number from 0 to 2^53 - 1");
  }

  oneOf<Choice extends string>(name: string, choices: readonly Choice[]): Choice {
    const value = this.optional(name);
    return choices.find((choice) => choice === value) ??
      this.#wrong(name, `one of ${choices.join(", ")}`);
  }

  texts(name: string): string[] {
    const value = this.optional(name);
    if (!isList(value)) return this.#wrong(name, "a list of texts");
    return value.map((one) => typeof one === "string" ? one : this.#wrong(name, "a list of texts"));
  }

  versions(): number[] {
    const value = this.optional("nonstick");
    if (!isList(value)) return this.#wrong("nonstick", "a list of versions");
    return value.map((one) => countOf(one) ?? this.#wrong("nonstick", "a list of versions"));
  }

  limits(): NativeLimits {
    const limits = this.object("limits") ?? this.#wrong("limits", "an object");
    const read = (name: "part" | "window") =>
      countOf(Object.hasOwn(limits, name) ? limits[name] : undefined) ??
        this.#wrong(`limits.${name}`, "a number of bytes");
    return { part: read("part"), window: read("window") };
  }

  object(name: string): JsonObject | undefined {
    const value = this.optional(name);
    if (value === undefined) return undefined;
    return isObject(value) ? value : this.#wrong(name, "an object");
  }

  proof(): { readonly proof?: string } {
    return this.optional("proof") === undefined ? {} : { proof: this.text("proof") };
  }

  #wrong(name: string, what: string): never {
    const type = this.optional("type");
    const where = typeof type === "string" ? `the message ${quoted(type)}` : "a message";
    throw new ProtocolError(`"${name}" of ${where} is not ${what}`);
  }
}

/** Whether a value is a JSON object. */
export function isObject(value: JsonValue | undefined): value is JsonObject {
  return typeof value === "object" && value !== null && !isList(value);
}

function isList(value: JsonValue | undefined): value is readonly JsonValue[] {
  return Array.isArray(value);
}

function countOf(value: JsonValue | undefined): number | undefined {
  return typeof value === "number" && Number.isSafeInteger(value) && value >= 0 ? value : undefined;
}

function quoted(text: string): string {
  return JSON.stringify(text.slice(0, 40));
}
