import { nearest } from "../../cli/nearest.ts";
import type { Framing } from "../../protocol/framing/mod.ts";
import { ConformanceUsageError } from "../run_options.ts";
import { RandomStream } from "../stimulus/random_stream.ts";
import type { Chunker, ChunkingKind } from "./chunker.ts";
import { CHUNKINGS } from "./chunkings.ts";
import { FRAMED_CHUNKINGS } from "./framed_chunkings.ts";
import { RANDOM } from "./random_cuts.ts";

/** Every rule there is, in the order of the help. */
export const CHUNKING_KINDS: readonly ChunkingKind[] = [...CHUNKINGS, RANDOM, ...FRAMED_CHUNKINGS];

/** Where bytes go: `up` from the client to the target, `down` back. */
export type Direction = "up" | "down";

/** How the traffic of a proxy is cut, as it was asked for. */
export interface Chunking {
  /** The rule of each direction, as it is written. */
  readonly text: Readonly<Record<Direction, string>>;
  /** The chunker of one direction of connection `connection`, for the run with this seed. */
  make(direction: Direction, seed: number, connection: number): Chunker;
}

/**
 * Reads a rule, such as `random` or `header:3`, or one for each direction, as in `up=header:3,down=drip`; a direction
 * that is not named is left alone.
 *
 * @throws {ConformanceUsageError} if there is no such rule, or it does not fit the framing.
 */
export function parseChunking(text: string, framing: Framing | undefined): Chunking {
  const texts = directionsOf(text);
  const makers = { up: makerOf(texts.up, framing), down: makerOf(texts.down, framing) };
  return {
    text: texts,
    make(direction, seed, connection) {
      const name = `proxy/${connection}/${direction}`;
      return makers[direction]((part) => new RandomStream(seed, `${name}/${part}`));
    },
  };
}

function directionsOf(text: string): Record<Direction, string> {
  const texts = { up: "none", down: "none" };
  if (!text.includes("=")) return { up: text, down: text };
  for (const part of text.split(",")) {
    const [, direction, rule] = /^(up|down)=(.+)$/.exec(part.trim()) ?? [];
    if ((direction !== "up" && direction !== "down") || rule === undefined) {
      throw new ConformanceUsageError(
        `Cannot use the chunking ${text}: write one rule, or up=RULE,down=RULE`,
      );
    }
    texts[direction] = rule;
  }
  return texts;
}

function makerOf(
  text: string,
  framing: Framing | undefined,
): (random: (name: string) => RandomStream) => Chunker {
  const colon = text.indexOf(":");
  const name = colon < 0 ? text : text.slice(0, colon);
  const argument = colon < 0 ? undefined : text.slice(colon + 1);
  const kind = CHUNKING_KINDS.find((kind) => kind.name === name);
  if (kind === undefined) {
    const names = CHUNKING_KINDS.map(({ name }) => name);
    const near = nearest(name, names);
    throw new ConformanceUsageError(
      `There is no chunking ${JSON.stringify(name)}; ${
        near === undefined ? `there are ${names.join(", ")}` : `did you mean ${near}?`
      }`,
    );
  }
  if (kind.framed && framing === undefined) {
    throw new ConformanceUsageError(
      `The chunking ${text} follows frames: say how they are marked, such as --framing u32be`,
    );
  }
  const make = (random: (name: string) => RandomStream) => kind.make({ argument, framing, random });
  try {
    make((name) => new RandomStream(0, name)); // so that a mistake is told before the first connection
  } catch (error) {
    if (!(error instanceof ConformanceUsageError)) throw error;
    throw new ConformanceUsageError(`Cannot use the chunking ${text}: ${error.message}`);
  }
  return make;
}
