import type { ServerPlan } from "./echo_server.ts";

/** Most payload bytes of a frame, unless a specimen says otherwise: as of the targets in `testdata/targets/`. */
export const MAX_FRAME = 65_536;

/** A server with exactly one planted bug, or with none. */
export interface SocketSpecimen {
  /** Name of the bug; of all of them, no two alike. */
  readonly name: string;
  /** Where the bug sits: in the decoder, or in the server around a right one. */
  readonly kind: "decoder" | "server" | "none";
  /** The real one it copies, where one is known: issue, pull request, CVE or library; otherwise the case it is for. */
  readonly copies: string;
  /** What is wrong, in one sentence. */
  readonly flaw: string;
  /** The framing that it speaks. */
  readonly spec: string;
  /** Its limit, in payload bytes. */
  readonly maxFrame: number;
  /** Whether it drops what is over its limit and goes on, instead of closing. */
  readonly skips: boolean;
  /** How the server is made. */
  readonly plan: ServerPlan;
}
