import type { ConnectionState } from "../player/play.ts";

/** How a connection stood, in words. */
export function describeEnding(state: ConnectionState): string {
  return ENDINGS[state];
}

const ENDINGS: Readonly<Record<ConnectionState, string>> = {
  open: "the target leaves the connection open",
  ended: "the target closes it (FIN)",
  reset: "the target breaks it off (RST)",
  refused: "the target accepts no connection",
};
