/**
 * Answers of an adapter, read strictly: whatever is not as the contract says is an error with the name of the field.
 * @module
 */
import { asBytes, asText, type Fields, RecordError } from "../history/fields.ts";
import { ADAPTER_VERSION } from "./request.ts";

/** What an adapter can do besides `open`, `push` and `close`. */
export const ADAPTER_FEATURES = ["end", "encode", "limit", "overLimit", "reports"] as const;

/** Something that an adapter can do. */
export type AdapterFeature = typeof ADAPTER_FEATURES[number];

/** What an adapter says of itself. */
export interface Hello {
  /** What it is called in reports. */
  readonly name: string;
  /** Names of its codecs. */
  readonly codecs: readonly string[];
  /** What it can do. */
  readonly features: ReadonlySet<AdapterFeature>;
}

/** What one step of a decoder gave. */
export interface Step {
  /** Payloads of the frames, in order. */
  readonly frames: readonly Uint8Array[];
  /** What was reported besides, such as frames that were dropped. */
  readonly reports: readonly string[];
  /** The error behind the frames: its code and offset, which must not depend on the chunks. */
  readonly error?: string;
}

/**
 * Reads the answer to `hello`.
 *
 * @throws {RecordError} if it is none, or of another version of the contract.
 */
export function readHello(answer: Fields): Hello {
  const version = answer.number("version");
  if (version !== ADAPTER_VERSION) {
    throw new RecordError(`version is ${version}; this harness speaks ${ADAPTER_VERSION}`);
  }
  const features = answer.list("features", asText);
  return {
    name: answer.text("name"),
    codecs: answer.list("codecs", asText),
    features: new Set(ADAPTER_FEATURES.filter((feature) => features.includes(feature))),
  };
}

/**
 * Reads the answer to `push` or `end`.
 *
 * @throws {RecordError} if it is none.
 */
export function readStep(answer: Fields): Step {
  const what = unsupportedIn(answer);
  if (what !== undefined) throw new RecordError(`it is unsupported (${what})`);
  return {
    frames: answer.list("frames", asBytes),
    reports: answer.has("reports") ? answer.list("reports", asText) : [],
    ...answer.maybe("error", (name) => readError(answer.fields(name))),
  };
}

/** The bytes that `encode` gave, or its error. */
export type Encoded =
  | { readonly bytes: Uint8Array }
  | { readonly error: string }
  | { readonly unsupported: string };

/**
 * Reads the answer to `encode`.
 *
 * @throws {RecordError} if it is none.
 */
export function readEncoded(answer: Fields): Encoded {
  const unsupported = unsupportedIn(answer);
  if (unsupported !== undefined) return { unsupported };
  if (answer.has("error")) return { error: readError(answer.fields("error")) };
  return { bytes: asBytes(answer.text("bytes"), "bytes") };
}

/** What an adapter says that it cannot do; undefined when it says nothing of the kind. */
export function unsupportedIn(answer: Fields): string | undefined {
  return answer.has("unsupported") ? answer.text("unsupported") : undefined;
}

function readError(error: Fields): string {
  const code = error.has("code") ? error.text("code") : "error";
  return error.has("offset") ? `${code} at byte ${error.number("offset")}` : code;
}
