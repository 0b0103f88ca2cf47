/**
 * What the options of an endpoint say to the server and the client alike, so that a line printed by one can be given
 * to the other: nothing for nonstick/1, `?speak=SERVICE` raw, `?speak=SERVICE&framing=SPEC` in frames.
 * @module
 */
import { type Framing, framing, FramingSpecError } from "../protocol/framing/mod.ts";
import {
  type DatagramEndpoint,
  type Endpoint,
  formatEndpoint,
  parseAnyEndpoint,
} from "../protocol/transport/mod.ts";
import { nearest } from "./nearest.ts";
import { UsageError } from "./options.ts";

/** Where the server listens and the client connects when nothing is said. */
export const DEFAULT_ENDPOINT = "tcp://127.0.0.1:7000";

/** What an endpoint speaks that says neither `speak` nor `framing`: nonstick/1. */
export const NATIVE = "native";

const OPTION_NAMES = ["speak", "framing"];

/** How a listener is spoken with. */
export interface Dialect {
  /** The service, undefined when the endpoint leaves it open. */
  readonly speak: string | undefined;
  /** The framing, null for raw bytes as they are read. */
  readonly framing: Framing | null;
  /** Over datagrams: whether messages are cut into fragments (`framing=fragment`), else each datagram is one. */
  readonly fragments: boolean;
}

/** What `framing=` calls messages that are cut into fragments, over datagrams. */
export const FRAGMENTS = { spec: "fragment" } as const;

/**
 * Reads the dialect from the options of `endpoint`; `overrides` win over them. Who names neither speaks nonstick/1; who names
 * a service alone means raw bytes. Datagrams have no framing but `fragment`.
 *
 * @throws {UsageError} if an option is not known or the framing cannot be used.
 */
export function dialectOf(
  endpoint: Endpoint | DatagramEndpoint,
  overrides: { readonly speak?: string | undefined; readonly framing?: string | undefined } = {},
): Dialect {
  for (const name of endpoint.options.keys()) {
    if (!OPTION_NAMES.includes(name)) throw unknownOption(endpoint, name);
  }
  const spec = overrides.framing ?? endpoint.options.get("framing");
  const said = overrides.speak ?? endpoint.options.get("speak");
  if (endpoint.scheme === "udp" || endpoint.scheme === "unixgram") {
    checkDatagrams(endpoint, said, spec);
    return { speak: said, framing: null, fragments: spec !== undefined };
  }
  const speak = said ?? (spec === undefined ? NATIVE : undefined);
  if (speak === NATIVE && spec !== undefined) {
    throw new UsageError(`${NATIVE} has a framing of its own; leave out framing=${spec}.`);
  }
  try {
    return { speak, framing: spec === undefined ? null : framing(spec), fragments: false };
  } catch (error) {
    if (error instanceof FramingSpecError) throw new UsageError(error.message);
    throw error;
  }
}

/** `place` with the dialect written behind it, ready to be pasted. */
export function withDialect(
  place: string,
  speak: string,
  framing: Pick<Framing, "spec"> | null,
): string {
  if (speak === NATIVE) return place;
  const options = new Map([["speak", speak]]);
  if (framing !== null) options.set("framing", framing.spec);
  return formatEndpoint({ ...parseAnyEndpoint(place), options }, { options: true });
}

function checkDatagrams(
  { scheme }: DatagramEndpoint,
  speak: string | undefined,
  spec: string | undefined,
): void {
  if (spec !== undefined && spec !== FRAGMENTS.spec) {
    throw new UsageError(
      `A datagram is a frame already; leave out framing=${spec} of ${scheme}, or say ${FRAGMENTS.spec}.`,
    );
  }
  if (speak === NATIVE) throw new UsageError(`${NATIVE} needs a stream, not ${scheme}.`);
}

function unknownOption(endpoint: Endpoint | DatagramEndpoint, name: string): UsageError {
  const text = formatEndpoint(endpoint, { options: true });
  const near = nearest(name, OPTION_NAMES);
  return new UsageError(
    `Cannot use ${text}: there is no option ${name}; ` +
      (near ? `did you mean ${near}?` : `its options are ${OPTION_NAMES.join(" and ")}.`),
  );
}
