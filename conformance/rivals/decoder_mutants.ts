import type { Breed, Specimen } from "../zoo/family.ts";
import { BREEDS } from "../zoo/zoo.ts";
import { deferring } from "./held_answers.ts";
import type { ServerPlan } from "./echo_server.ts";
import { MAX_FRAME, type SocketSpecimen } from "./specimen.ts";

/** What a server around a decoder mutant needs so that its bug can show at all. */
interface Setting {
  /** Its limit, in payload bytes. */
  readonly maxFrame?: number;
  /** Whether frames over the limit are dropped instead of refused. */
  readonly skips?: boolean;
  /** Whether answers are written a moment later. */
  readonly defers?: boolean;
}

const MIB = 1024 * 1024;

/** Decoder mutants that are seen only in a server of this kind. */
const SETTINGS: Readonly<Record<string, Setting>> = {
  "aliased-output": { defers: true },
  "skip-forgets-across-cut": { skips: true },
  "cut-delimiter-dropped": { skips: true },
  "skip-eats-next-frame": { skips: true },
  // Its frame is 2 MiB long, the least with a length of four bytes.
  "netty-17549-varint-cut": { maxFrame: 4 * MIB },
  // What is copied too often has to be long before it shows in time.
  "concat-per-chunk": { maxFrame: 4 * MIB },
  "rescan-from-start": { maxFrame: 4 * MIB },
};

/** Decoder mutants that no peer can tell from right ones, whatever it sends, and why. They are not counted. */
export const UNSEEN: Readonly<Record<string, string>> = {
  "header-only-eof": "at the end inside a frame the connection is closed, with an error or without",
  "eof-in-header-silent": "as header-only-eof",
  "eof-silent": "as header-only-eof",
  "empty-chunk-is-end": "a read from a socket never gives an empty chunk",
  "error-forgotten":
    "the server closes at the first error; what the decoder would do next is never asked",
  "frames-again-after-error": "as error-forgotten",
  "signed-length": "a negative length is refused with another error, but refused",
  "alloc-on-claim":
    "the limit is looked at first, and what a claim within the limit costs is no more than the limit",
  "encoder-cuts-length": "an echo never sends a longer payload than it received",
  "delimiter-injection": "an echo never sends a payload that did not come between delimiters",
  "netty-17549-four-bytes":
    "a length of five bytes is 256 MiB or more, over the limit of the server: refused a byte early or late",
};

/** Servers around the decoder mutants of `zoo/`: exactly those bugs, over a socket. */
export const DECODER_MUTANTS: readonly SocketSpecimen[] = BREEDS.flatMap((breed) =>
  breed.specimens.filter(({ name }) => UNSEEN[name] === undefined).map((mutant) =>
    mutantServer(mutant)
  )
);

/** For each kind of server around the mutants: the same one around the right decoder. */
export const RIGHT_SERVERS: readonly SocketSpecimen[] = BREEDS.flatMap((breed) => {
  const kinds = new Map<string, Setting>();
  for (const { name } of breed.specimens) {
    const setting = SETTINGS[name] ?? {};
    kinds.set(JSON.stringify(setting), setting);
  }
  return [...kinds.values()].map((setting) => rightServer(breed, setting));
});

function mutantServer({ name, copies, flaw, spec, subject }: Specimen): SocketSpecimen {
  return { name, kind: "decoder", copies, flaw, ...serverOf(spec, subject, SETTINGS[name] ?? {}) };
}

function rightServer({ spec, reference }: Breed, setting: Setting): SocketSpecimen {
  const made = serverOf(spec, reference, setting);
  const { maxFrame = MAX_FRAME, skips, defers } = setting;
  const about = [
    spec,
    ...maxFrame === MAX_FRAME ? [] : [`up to ${maxFrame / MIB} MiB`],
    ...skips ? ["skipping"] : [],
    ...defers ? ["deferring"] : [],
  ];
  return { name: `right ${about.join(", ")}`, kind: "none", copies: "", flaw: "none", ...made };
}

function serverOf(
  spec: string,
  { create, encode }: Breed["reference"],
  { maxFrame = MAX_FRAME, skips = false, defers = false }: Setting,
): Pick<SocketSpecimen, "spec" | "maxFrame" | "skips" | "plan"> {
  const settings = { maxFrameLength: maxFrame, overLimit: skips ? "skip" : "close" } as const;
  const plan: ServerPlan = {
    decoder: () => create(settings),
    // What the decoder let through is sent back, however long it is.
    encode: (payload) => encode?.(payload, { ...settings, maxFrameLength: Infinity }) ?? payload,
    ...(defers ? { change: () => deferring } : {}),
  };
  return { spec, maxFrame, skips, plan };
}
