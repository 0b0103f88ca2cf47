import { claimHeader, malformedHeader, oversizedFrame } from "../stimulus/claims.ts";
import { type Contract, payloadRange } from "../stimulus/contract.ts";
import { PayloadSource } from "../stimulus/payloads.ts";
import { RandomStream } from "../stimulus/random_stream.ts";
import { type Part, Stimulus } from "../stimulus/stimulus.ts";

/** Payload sizes around which lengths change their form, in bytes: those of Autobahn's section 1. */
const SIZES = [0, 1, 125, 126, 127, 128, 254, 255, 256, 1000];

/** Claims of the rivals, in bytes. */
const CLAIMS = [2n ** 24n, 2n ** 31n, 2n ** 32n - 1n];

/** What every rival is given to send: good streams, and streams with something that must be refused. */
export interface RivalStreams {
  /** Streams of good frames. */
  readonly good: readonly Stimulus[];
  /** Streams with bytes that must be refused. */
  readonly hostile: readonly Stimulus[];
}

/**
 * The streams of the rivals, of the same making as those of the case book: the stream of case 1.1, telling sizes, large
 * frames up to the limit; frames over the limit, huge claims and malformed headers between good frames. A target that
 * `skips` what is over its limit waits for the body of a claim, and rightly, so it gets none.
 */
export function rivalStreams(contract: Contract, seed: number, skips: boolean): RivalStreams {
  const source = new PayloadSource(contract, new RandomStream(seed, "1.1/payloads"), {
    letters: "binary",
    empty: true,
  });
  const { most } = payloadRange(contract, contract.maxFrame ?? Infinity);
  const large = [65_535, 65_536, 2 ** 21].filter((size) => size <= most);
  const good = [
    source.stream(300),
    source.frames(SIZES),
    source.stream(65_536 + 200, 1000),
    ...large.map((size) => source.frames([size])),
  ];
  const bad = [
    oversizedFrame(contract, source),
    ...(skips ? [] : CLAIMS.map((size) => claimPart(contract, size))),
    malformedHeader(contract),
  ].filter((part) => part !== undefined);
  const hostile = bad.map((part) =>
    new Stimulus(contract, [source.frame(5), part, ...isOpenEnded(part) ? [] : [source.frame(6)]])
  );
  return { good, hostile };
}

/** Whether the body that a header claims never comes: then nothing can stand behind it. */
function isOpenEnded(part: Part & { kind: "bad" }): boolean {
  return part.payload === undefined;
}

function claimPart(contract: Contract, size: bigint): Part & { kind: "bad" } | undefined {
  const wire = claimHeader(contract, size);
  if (wire === undefined || size <= BigInt(contract.maxFrame ?? 0)) return undefined;
  return { kind: "bad", wire, what: `a claim of ${size} bytes` };
}
