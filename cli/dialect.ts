/**
 * What the options of an endpoint say to the server and the client alike, so that a line printed by one can be given
 * to the other: `?speak=SERVICE` raw, `?speak=SERVICE&framing=SPEC` in frames.
 * @module
 */
import { type Framing, framing, FramingSpecError } from "../protocol/framing/mod.ts";
import { type Endpoint, formatEndpoint, parseEndpoint } from "../protocol/transport/mod.ts";
import { nearest } from "./nearest.ts";
import { UsageError } from "./options.ts";

/** Where the server listens and the client connects when nothing is said: an answer for anyone with `nc`. */
export const DEFAULT_ENDPOINT = "tcp://127.0.0.1:7000?speak=echo&framing=line";

/** The framing of an endpoint that says neither `speak` nor `framing`. */
const DEFAULT_FRAMING = "line";

const OPTION_NAMES = ["speak", "framing"];

/** How a listener is spoken with. */
export interface Dialect {
  /** The service, undefined when the endpoint leaves it open. */
  readonly speak: string | undefined;
  /** The framing, null for raw bytes as they are read. */
  readonly framing: Framing | null;
}

/**
 * Reads the dialect from the options of `endpoint`; `overrides` win over them. Who names neither means the default
 * framing; who names a service alone means raw bytes.
 *
 * @throws {UsageError} if an option is not known or the framing cannot be used.
 */
export function dialectOf(
  endpoint: Endpoint,
  overrides: { readonly speak?: string | undefined; readonly framing?: string | undefined } = {},
): Dialect {
  for (const name of endpoint.options.keys()) {
    if (!OPTION_NAMES.includes(name)) throw unknownOption(endpoint, name);
  }
  const speak = overrides.speak ?? endpoint.options.get("speak");
  const spec = overrides.framing ?? endpoint.options.get("framing") ??
    (speak === undefined ? DEFAULT_FRAMING : undefined);
  try {
    return { speak, framing: spec === undefined ? null : framing(spec) };
  } catch (error) {
    if (error instanceof FramingSpecError) throw new UsageError(error.message);
    throw error;
  }
}

/** `place` with the dialect written behind it, ready to be pasted. */
export function withDialect(place: string, speak: string, framing: Framing | null): string {
  const options = new Map([["speak", speak]]);
  if (framing !== null) options.set("framing", framing.spec);
  return formatEndpoint({ ...parseEndpoint(place), options }, { options: true });
}

function unknownOption(endpoint: Endpoint, name: string): UsageError {
  const text = formatEndpoint(endpoint, { options: true });
  const near = nearest(name, OPTION_NAMES);
  return new UsageError(
    `Cannot use ${text}: there is no option ${name}; ` +
      (near ? `did you mean ${near}?` : `its options are ${OPTION_NAMES.join(" and ")}.`),
  );
}
