/**
 * Every entry point that is fuzzed. A new one is one new file and one line here.
 * @module
 */
import { ANSWER_GUARD } from "./entries/answer_guard.ts";
import { CLIENT_READER_ENTRIES } from "./entries/client_readers.ts";
import { DOCUMENT_ENTRIES } from "./entries/documents.ts";
import { ENDPOINT } from "./entries/endpoint.ts";
import { ENVELOPE } from "./entries/envelope.ts";
import { FILE_NAME } from "./entries/file_name.ts";
import { FRAGMENTS } from "./entries/fragments.ts";
import { FRAMING_ENTRIES } from "./entries/framings.ts";
import { NATIVE_ENTRIES } from "./entries/native.ts";
import { SERVER_DIALECT_ENTRIES } from "./entries/server_dialects.ts";
import { SPEC } from "./entries/spec.ts";
import { TEXT_ENTRIES } from "./entries/texts.ts";
import type { Entry } from "./entry.ts";

/** All of them, in the order of a run. */
export const ENTRIES: readonly Entry[] = [
  ...FRAMING_ENTRIES,
  SPEC,
  ENVELOPE,
  FRAGMENTS,
  ENDPOINT,
  FILE_NAME,
  ...TEXT_ENTRIES,
  ...DOCUMENT_ENTRIES,
  ANSWER_GUARD,
  ...NATIVE_ENTRIES,
  ...SERVER_DIALECT_ENTRIES,
  ...CLIENT_READER_ENTRIES,
];
