import { asBytes, asText, type Fields } from "./fields.ts";

/** What a client of datagrams was given, and what it was to do with it; bytes in hex. */
export interface AskerGiven {
  /** The answer to whatever it asks. */
  readonly answer?: string;
  /** What it reads from its standard input. */
  readonly input?: string;
  /** The messages that it is to send, in order. */
  readonly sends?: readonly string[];
}

/**
 * Reads what a client of datagrams was given.
 *
 * @throws {RecordError} if that is no bytes in hex.
 */
export function readAskerGiven(fields: Fields): AskerGiven {
  const hex = (name: string) => asHex(fields.value(name), name);
  return {
    ...fields.maybe("answer", hex),
    ...fields.maybe("input", hex),
    ...fields.maybe("sends", (name) => fields.list(name, asHex)),
  };
}

function asHex(value: unknown, where: string): string {
  asBytes(value, where);
  return asText(value, where);
}
