import { BREEDS } from "../zoo/zoo.ts";
import type { Change, ServerHabits } from "./echo_server.ts";
import { MAX_FRAME, type SocketSpecimen } from "./specimen.ts";

/** A planted bug of a server whose decoder is right. */
export interface ServerBug {
  /** Name of the bug. */
  readonly name: string;
  /** The real one it copies, or the case it is for. */
  readonly copies: string;
  /** What is wrong, in one sentence. */
  readonly flaw: string;
  /** The framing; by default `u32be`. */
  readonly spec?: string;
  /** The limit, in payload bytes. */
  readonly maxFrame?: number;
  /** What it does differently; called once a server. */
  readonly change?: () => Change;
  /** Its habits, where they differ from the right ones. */
  readonly habits?: Partial<ServerHabits>;
}

/** A server with this bug around the right decoder of its framing. */
export function serverBug(bug: ServerBug): SocketSpecimen {
  const { name, copies, flaw, spec = "u32be", maxFrame = MAX_FRAME, change, habits } = bug;
  const breed = BREEDS.find((breed) => breed.spec === spec);
  if (breed === undefined) throw new RangeError(`The zoo has no right decoder of ${spec}`);
  const settings = { maxFrameLength: maxFrame, overLimit: "close" } as const;
  const { create, encode } = breed.reference;
  return {
    name,
    kind: "server",
    copies,
    flaw,
    spec,
    maxFrame,
    skips: false,
    plan: {
      decoder: () => create(settings),
      // What the decoder let through is sent back, however long it is.
      encode: (payload) => encode?.(payload, { ...settings, maxFrameLength: Infinity }) ?? payload,
      ...(change === undefined ? {} : { change }),
      ...(habits === undefined ? {} : { habits }),
    },
  };
}
