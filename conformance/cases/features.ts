import { Spec } from "../../protocol/framing/mod.ts";
import { isIntegerType } from "../../protocol/framing/integer.ts";
import type { Scene } from "./case.ts";

/** Something that a case needs of the framing, the target, the transport or the harness. */
interface FeatureEntry {
  /** What it is, in a few words. */
  readonly about: string;
  /** Why this target does not have it; undefined when it has, or when only trying tells. */
  lacking?(scene: Scene): string | undefined;
}

const nameOf = ({ contract }: Scene) => new Spec(contract.framing.spec).name;
const isEnvelope = (name: string) => name.startsWith("json+");
const isAnnounced = (name: string) =>
  isIntegerType(name) || isEnvelope(name) ||
  ["varint", "netstring", "content-length"].includes(name);
const DELIMITED = ["line", "delim", "marked", "slip", "cobs"];

/** A feature that depends on the framing alone. */
function framed(about: string, fits: (name: string) => boolean): FeatureEntry {
  return {
    about,
    lacking: (scene) =>
      fits(nameOf(scene)) ? undefined : `${scene.contract.framing.spec} is not: ${about}`,
  };
}

/** Everything that a case can need, each with a word on it. */
export const FEATURES = {
  answers: {
    about: "the answers to frames are known (--expect is not none)",
    lacking: ({ contract }) => contract.expectation.answers ? undefined : "no answers are expected",
  },
  "any bytes": {
    about: "payloads may be any bytes",
    lacking: ({ contract: { expectation } }) =>
      expectation.letters === undefined ? undefined : `${expectation.name} takes names only`,
  },
  "empty frames": {
    about: "a payload may be empty",
    lacking({ contract: { framing, expectation } }) {
      const least = Math.max(framing.minPayload, expectation.minPayload);
      if (least === 0) return undefined;
      const whose = framing.minPayload > 0 ? framing.spec : expectation.name;
      return `a payload of ${whose} has at least ${least} ${least === 1 ? "byte" : "bytes"}`;
    },
  },
  limit: {
    about: "the target's own limit is known (--max-frame N) and the framing can exceed it",
    lacking({ contract: { framing, maxFrame } }) {
      if (maxFrame === undefined) return "give the target's own limit with --max-frame N";
      return framing.maxPayload <= maxFrame
        ? `${framing.spec} cannot carry more than ${maxFrame} bytes`
        : undefined;
    },
  },
  room: {
    about: "a limit of at least 64 bytes",
    lacking: ({ contract: { framing, maxFrame = Infinity } }) =>
      Math.min(framing.maxPayload, maxFrame) < 64
        ? "a limit of less than 64 bytes leaves no room for it"
        : undefined,
  },
  "length announced": framed("a framing that announces lengths", isAnnounced),
  "binary length": framed(
    "a framing with a binary length",
    (name) => isIntegerType(name) || name === "varint",
  ),
  "fixed-width length": framed("a framing with a length of fixed width", isIntegerType),
  varint: framed("a framing with LEB128 lengths", (name) => name === "varint"),
  "byte order": framed(
    "a framing with a length of several bytes in a fixed order",
    (name) => isIntegerType(name) && name !== "u8",
  ),
  "header and body": framed(
    "a framing with a text or JSON header in front of the body",
    (name) => name === "content-length" || isEnvelope(name),
  ),
  "header lines": framed(
    "a framing with `Name: value` lines",
    (name) => name === "content-length",
  ),
  "JSON header": framed("a framing with a JSON header", isEnvelope),
  delimiter: framed("a framing whose frames end with a mark", (name) => DELIMITED.includes(name)),
  lines: framed(
    "a framing of lines or delimited text",
    (name) => name === "line" || name === "delim",
  ),
  netstring: framed("netstrings", (name) => name === "netstring"),
  magic: framed(
    "a framing with bytes of known value around every frame",
    (name) => name === "marked" || name === "netstring",
  ),
  "half-close": {
    about: "the transport can end one direction alone",
    lacking: ({ scheme }) =>
      scheme === "tls" ? "TLS may end both directions at once (RFC 5246, 7.2.1)" : undefined,
  },
  reset: {
    about: "the transport can send RST",
    lacking: ({ scheme, noReset }) => scheme === "tcp" ? noReset : `RST is not sent over ${scheme}`,
  },
  "own process": { about: "the target is a process on this machine whose memory can be read" },
  pausing: { about: "the harness can stop reading" },
  "in process": { about: "a decoder, given chunks as they are: see `prove` and `decoder`" },
  adapter: { about: "a decoder behind an adapter" },
  proxy: { about: "live or recorded traffic through the proxy, see `proxy`" },
} as const satisfies Readonly<Record<string, FeatureEntry>>;

/** The name of something that a case can need. */
export type Feature = keyof typeof FEATURES;

/** Why the first of these needs is not met; undefined when all are. */
export function lacking(scene: Scene, needs: readonly Feature[]): string | undefined {
  for (const need of needs) {
    const { lacking }: FeatureEntry = FEATURES[need];
    const why = lacking?.(scene);
    if (why !== undefined) return why;
  }
  return undefined;
}
